// The command line as a process of its own, for what only processes can do: get signals, be killed, hold locks. And a
// look at the Borg processes it started. Linux only: it reads /proc.

import { spawn } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Stage } from './cli-stage.ts'
import type { CommandEnd } from './failure.ts'

/** The program, from its sources. */
export const BIN = new URL('../../src/bin.ts', import.meta.url).pathname
const POLL_MS = 5
const GIVE_UP_MS = 60_000

export interface Ended extends CommandEnd {
  readonly signal: NodeJS.Signals | null
}

export interface CliProcess {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** What it has printed so far. */
  stdout(): string
  kill(signal: NodeJS.Signals): void
}

/** As `run-cli.ts` has it for this process. */
export function processEnvironment({ root, cli }: Stage): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: root, BORGBOI_HOME: root, BORG_BASE_DIR: root, LANG: 'C.UTF-8', ...cli.env }
}

/** Starts it on a stage. It is killed when the test ends, and any Borg on the stage's repository with it. */
export function startBorgboi(stage: Stage, ...args: string[]): CliProcess {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: stage.root,
    env: processEnvironment(stage),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    for (const borg of await borgProcesses(stage.repository)) killIfAny(borg)
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }))
  })
  return { pid: child.pid ?? 0, ended, stdout: () => stdout, kill: (signal) => void child.kill(signal) }
}

function killIfAny(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** What `waiting` comes to, unless the process ends before: then it says what it said. */
export async function whileItRuns<T>(run: CliProcess, waiting: Promise<T>): Promise<T> {
  const ending = run.ended.then((ended) => Promise.reject(new Error(`it ended before: ${JSON.stringify(ended)}`)))
  return await Promise.race([waiting, ending])
}

/** The processes of a Borg that works on a repository. */
export async function borgProcesses(repository: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map(async (pid) => isBorgOn(repository, await argumentsOf(Number(pid)))))
  return pids.filter((_, place) => found[place]).map(Number)
}

/** Both a Borg started by a person and one started by borgboi have the repository as a word, alone or with `::`. */
function isBorgOn(repository: string, words: readonly string[]): boolean {
  const names = words.some((word) => word === repository || word.startsWith(`${repository}::`))
  return names && !words.some((word) => word.endsWith('/bin.ts'))
}

/** Empty for a process that has ended. */
export async function argumentsOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).split('\0')
}

/** Waits until Borg has this file open, and returns that Borg. */
export async function untilBorgReads(repository: string, file: string): Promise<number> {
  return await until(`Borg reads ${file}`, async () => {
    for (const pid of await borgProcesses(repository)) if (await hasOpen(pid, file)) return pid
    return undefined
  })
}

async function hasOpen(pid: number, file: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`
  const fds = await readdir(directory).catch(() => [])
  const targets = await Promise.all(fds.map((fd) => readlink(join(directory, fd)).catch(() => '')))
  return targets.includes(file)
}

/** The first answer that is not undefined or false. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + GIVE_UP_MS
  while (Date.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`waited in vain until ${what}`)
}
