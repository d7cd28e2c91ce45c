// How the holder of a lock is described to a person who waits for it.

import type { LockHolder } from '../platform/lock-directory.ts'

/** `it is locked by borgboi backup daily (pid 4121 on this machine, since 02:30:05)`; times are local. */
export function describeHolder(holder: LockHolder | undefined, hostname: string, now: Date): string {
  if (holder === undefined) return 'it is locked by another process'
  const machine = holder.host === hostname ? 'this machine' : holder.host
  return `it is locked by borgboi ${holder.purpose} (pid ${holder.pid} on ${machine}, since ${sinceText(holder.since, now)})`
}

function sinceText(since: Date, now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const time = `${two(since.getHours())}:${two(since.getMinutes())}:${two(since.getSeconds())}`
  if (since.toDateString() === now.toDateString()) return time
  return `${since.getFullYear()}-${two(since.getMonth() + 1)}-${two(since.getDate())} ${time}`
}
