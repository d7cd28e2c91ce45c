// Counts as people read them, in questions, errors and on the terminal alike.

/** `20,006` */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `20,006 files`, `1 file`, `0 files` */
export function numberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
