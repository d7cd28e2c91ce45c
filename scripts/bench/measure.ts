// How the benchmarks measure: programs run to their end, side by side and interleaved, medians compared in one run.

import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
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

/**
 * The median milliseconds of each case. Every round runs every case once, in turns forwards and backwards, so that
 * whatever slows the machine down meets all of them; one round before them warms up.
 */
export function medians<K extends string>(rounds: number, cases: Record<K, readonly Program[]>): Record<K, number> {
  const names = Object.keys(cases) as K[]
  const times = new Map<K, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const started = performance.now()
      run(...cases[name])
      if (round > 0) times.get(name)?.push(performance.now() - started)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>
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
