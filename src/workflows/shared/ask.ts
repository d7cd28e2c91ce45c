// Asking for what was not said: the workflow knows what it needs, the caller knows how to ask.

export interface Question {
  /** `Which directory to back up?` */
  readonly text: string
  /** What holds where nothing is answered; absent: something has to be. */
  readonly fallback?: string
  /** One of these, each with a remark; by its number or by itself. */
  readonly choices?: readonly { readonly answer: string; readonly remark: string }[]
  /** How an answer that was begun may go on. */
  complete?(begun: string): Promise<readonly string[]>
  /** @throws AppError for an answer that will not do: it is told, and asked again */
  check?(answer: string): Promise<unknown> | unknown
}

/** @throws AppError `interrupted` where the person leaves instead of answering */
export type Ask = (question: Question) => Promise<string>
