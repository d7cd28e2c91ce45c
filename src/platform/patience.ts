// Waiting for something outside, but not for ever: real time, which no test holds still.

/** Whether `work` ended within that time; what it does later, nobody waits for. `work` must not reject. */
export async function endsWithin(work: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const { promise: tooLong, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, patienceMs, false)
  const inTime = await Promise.race([work.then(() => true), tooLong])
  clearTimeout(timer)
  return inTime
}
