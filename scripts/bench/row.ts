// A row of the table, and the ways to make one of what was measured.

export interface Row {
  readonly what: string
  readonly ours: string
  readonly against: string
  /** Ours through the other. */
  readonly ratio?: number
  readonly budget: string
  /** Undefined where there is no budget, or nothing to compare with. */
  readonly met: boolean | undefined
}

export type Measure = (directory: string, rounds: number) => Promise<readonly Row[]> | readonly Row[]

/** Times in milliseconds. `budget`: of the ratio; undefined where there is none. */
export function ratioRow(what: string, ours: number, against: string, other: number, budget?: number): Row {
  const ratio = ours / other
  return {
    what,
    ours: milliseconds(ours),
    against: `${milliseconds(other)} ${against}`,
    ratio,
    budget: budget === undefined ? '' : `≤ ${budget}x`,
    met: budget === undefined ? undefined : ratio <= budget,
  }
}

const MEMORY_MAX_MIB = 150
const MIB = 1024 ** 2

/** 0 bytes stand for a machine where the peak cannot be told. */
export function memoryRow(what: string, peakBytes: number): Row {
  return {
    what: `peak memory, ${what}`,
    ours: peakBytes === 0 ? 'cannot be told here' : `${(peakBytes / MIB).toFixed(0)} MiB`,
    against: '',
    budget: `≤ ${MEMORY_MAX_MIB} MiB`,
    met: peakBytes === 0 ? undefined : peakBytes <= MEMORY_MAX_MIB * MIB,
  }
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(2)} s`
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}
