// What a look at settings, files or permissions found: said to a person, never thrown.

export interface Finding {
  readonly level: 'ok' | 'warning' | 'error'
  /** What was looked at: a key, a file, a program. */
  readonly subject: string
  /** Lower case, no full stop. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}
