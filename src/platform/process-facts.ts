// Facts about other processes of this machine.

import { readFile } from 'node:fs/promises'

/** Of this process. */
export const ownProcessId = process.pid

/** The command line of a running process; undefined when there is none of that number. */
export async function commandOf(pid: number): Promise<string | undefined> {
  try {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return words.replaceAll('\0', ' ').trim() || undefined
  } catch {
    // No /proc here, or no such process: ps tells both apart.
    const { execa } = await import('execa')
    const { stdout, failed } = await execa('ps', ['-o', 'args=', '-p', String(pid)], { reject: false })
    return failed || stdout.trim() === '' ? undefined : stdout.trim()
  }
}
