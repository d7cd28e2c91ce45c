// Daemons of the system that are ours alone: in a mount namespace, where the directories they look at can be others. Needs
// root and the right to make namespaces; without, what needs them is not tested, and that is said aloud.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { shellScript } from './programs.ts'

/** Why there are none here; undefined where there are. */
export const noNamespaces = whyNot()

if (noNamespaces !== undefined)
  console.warn(`\n!!! SKIPPED: ${noNamespaces}: no real systemd and no real cron is tried\n`)

export interface Daemon {
  /** What it has said so far. */
  said(): string
  /** Writes a script that runs a program in the daemon's world. */
  command(path: string, program: string): Promise<string>
}

/** Runs `prepare`, a script, and then the daemon in a namespace of its own until the test is over. */
export async function startDaemon(
  prepare: string,
  daemon: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Daemon> {
  const child = spawn('unshare', ['--mount', 'sh', '-ec', `${prepare}\necho ready\nexec ${daemon}`], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => end(child))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  // Before that, its world is that of this machine.
  await eventually(() => said.includes('ready\n') || undefined, 20)
  return {
    said: () => said,
    command: (path, program) => shellScript(path, `exec nsenter --mount --target ${child.pid} ${program} "$@"`),
  }
}

/** Asks once in a while until there is an answer. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined, seconds: number): Promise<T> {
  for (const until = Date.now() + seconds * 1000; ; ) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > until) throw new Error(`nothing came of it in ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await over
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return 'needs Linux and root'
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' })
    return undefined
  } catch {
    return 'this container may make no namespaces'
  }
}
