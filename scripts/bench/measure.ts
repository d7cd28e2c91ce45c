// How the benchmarks measure: programs run to their end, side by side and interleaved, medians compared in one run.

import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Runs programs one after another and returns what they print; any exit code but 0 ends the benchmark. */
export function run(...programs: readonly Program[]): string {
  let output = ''
  for (const { file, args, env } of programs) {
    const { status, stdout, stderr, error } = spawnSync(file, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
    if (status !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${status ?? error}\n${stderr}${stdout}`)
    output += stdout
  }
  return output
}

/** What is run for a round; a function prepares it first, which is not measured. */
export type Case = readonly Program[] | ((round: number) => readonly Program[])

export interface Figures {
  readonly ms: number
  /** Processor time of the programs; 0 where the system does not tell. */
  readonly cpuMs: number
}

/**
 * The median figures of each case. Every round runs every case once, in turns forwards and backwards, so that whatever
 * slows the machine down meets all of them; round 0 before them warms up, unless that is left out.
 */
export function figures<K extends string>(
  rounds: number,
  cases: Record<K, Case>,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Record<K, Figures> {
  const names = Object.keys(cases) as K[]
  const taken = new Map<K, Figures[]>(names.map((name) => [name, []]))
  for (let round = warmUp ? 0 : 1; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const measured: Case = cases[name]
      const programs = typeof measured === 'function' ? measured(round) : measured
      const [started, cpuBefore] = [performance.now(), childrenCpuMs()]
      run(...programs)
      const figure = { ms: performance.now() - started, cpuMs: childrenCpuMs() - cpuBefore }
      if (round > 0) taken.get(name)?.push(figure)
    }
  }
  const of = (name: K, key: keyof Figures) => median((taken.get(name) ?? []).map((figure) => figure[key]))
  return Object.fromEntries(names.map((name) => [name, { ms: of(name, 'ms'), cpuMs: of(name, 'cpuMs') }])) as Record<
    K,
    Figures
  >
}

/** As `figures`, the milliseconds only. */
export function medians<K extends string>(rounds: number, cases: Record<K, Case>): Record<K, number> {
  const entries = Object.entries<Figures>(figures(rounds, cases)).map(([name, { ms }]) => [name, ms])
  return Object.fromEntries(entries) as Record<K, number>
}

const TICK_MS = 10
/** Its place after the name of the program, from 0. */
const CUTIME = 13

/** Of all children that have ended. Linux only: elsewhere 0. Source: proc(5), `cutime` and `cstime`. */
function childrenCpuMs(): number {
  try {
    const fields = (readFileSync('/proc/self/stat', 'utf8').split(') ')[1] ?? '').split(' ')
    const [user, system] = fields.slice(CUTIME, CUTIME + 2)
    return (Number(user) + Number(system)) * TICK_MS
  } catch {
    return 0
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, two) => one - two)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

const POLL_MS = 20

/** The most memory a program had at any moment, in bytes, and the lines it printed, read as fast as it printed them. */
export async function peakMemory({ file, args, env }: Program): Promise<{ peakBytes: number; lines: number }> {
  const options: SpawnOptions = { env, stdio: ['ignore', 'pipe', 'inherit'] }
  const child = spawn(file, args, options)
  let peakBytes = 0
  // The kernel keeps the high-water mark itself, so that a look now and then misses nothing but the last moment.
  const poll = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterBytes(child.pid))
  }, POLL_MS)
  let lines = 0
  for await (const chunk of child.stdout ?? []) for (const byte of chunk as Buffer) if (byte === 0x0a) lines++
  clearInterval(poll)
  if (child.exitCode === null) await once(child, 'exit')
  if (child.exitCode !== 0)
    throw new Error(`${[file, ...args].join(' ')} ended with ${child.exitCode ?? child.signalCode}`)
  return { peakBytes, lines }
}

/** Linux only: elsewhere, and once the program is gone, 0. */
function highWaterBytes(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
