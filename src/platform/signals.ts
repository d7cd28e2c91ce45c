// The signals a person or the system sends to borgboi: the first asks to stop in good order, a second to stop now.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `stop` is aborted by the first signal, `kill` by the second; the reason is the signal's name. */
export function watchSignals(process: NodeJS.Process): { readonly stop: AbortSignal; readonly kill: AbortSignal } {
  const stop = new AbortController()
  const kill = new AbortController()
  for (const signal of SIGNALS) {
    process.on(signal, () => (stop.signal.aborted ? kill : stop).abort(signal))
  }
  return { stop: stop.signal, kill: kill.signal }
}
