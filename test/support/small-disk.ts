// Disks that fill up: small file systems in memory. Mounting takes root, and a container may be denied it.

import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Whether this process may mount; said aloud where it may not, since what needs it is not tested then. */
export const canMount = await tryMounting()

if (!canMount) console.warn('\n!!! SKIPPED: tests with full disks, which need root and the right to mount\n')

/** A new file system of that many bytes at `path`, gone when the test is over. */
export async function smallDisk(path: string, sizeBytes: number): Promise<string> {
  await mkdir(path, { recursive: true })
  mount(path, sizeBytes)
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  return path
}

/** Leaves no byte free on the disk of `directory`; undone by removing the file it returns. */
export async function fillDisk(directory: string): Promise<string> {
  const path = join(directory, 'filler')
  for (const sizeBytes of [1 << 20, 4096, 1]) {
    for (let full = false; !full; ) {
      full = await writeFile(path, Buffer.alloc(sizeBytes), { flag: 'a' }).then(
        () => false,
        () => true,
      )
    }
  }
  return path
}

/** Nobody may write to it any more, root neither. */
export function makeReadOnly(path: string): void {
  execFileSync('mount', ['-o', 'remount,ro', path], { stdio: 'pipe' })
}

function mount(path: string, sizeBytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=0700`, 'tmpfs', path], { stdio: 'pipe' })
}

async function tryMounting(): Promise<boolean> {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return false
  const path = await mkdtemp(join(tmpdir(), 'borgboi-mount-'))
  try {
    mount(path, 1 << 20)
    execFileSync('umount', [path])
    return true
  } catch {
    return false
  } finally {
    await rm(path, { recursive: true })
  }
}
