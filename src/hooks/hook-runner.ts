// The contract of hooks: what one is, and what is known when it has ended.

/** A script of the person's that runs around a backup. */
export interface Hook {
  /** For `/bin/sh -ec`. */
  readonly script: string
  /** Besides what borgboi itself was started with, secrets left out. */
  readonly env: Readonly<Record<string, string>>
  /** Its stdin. */
  readonly input: string
  readonly timeoutMs: number
  /** Whether it goes on when the person asks to stop: what tidies up has to. */
  readonly whenStopped: boolean
}

export interface HookEnd {
  readonly exitCode?: number
  readonly signal?: string
  readonly timedOut: boolean
  /** The last lines of what it said, no secrets in them. */
  readonly said: readonly string[]
}

export interface HookRunner {
  /** Ends with the hook; after `timeoutMs` it and all it started are killed. Never rejects for how it ends. */
  run(hook: Hook): Promise<HookEnd>
}
