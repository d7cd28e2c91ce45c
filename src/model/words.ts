// Counts, sizes and times as people read them, in questions, errors and on the terminal alike.

/** `20,006` */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `20,006 files`, `1 file`, `0 files` */
export function numberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `2026-11-20 02:30` in local time. */
export function formatMinute(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ')
}

/** `3 minutes`, `26 hours`, `4 days` */
export function ageInWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 120) return numberOf(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? numberOf(hours, 'hour') : numberOf(Math.floor(hours / 24), 'day')
}

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const

/** Decimal units as Borg's, three figures: `813 B`, `11.2 MB`, `1.07 GB`. */
export function formatBytes(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (Math.abs(amount) >= 999.5 && unit < SIZE_UNITS.length - 1) {
    amount /= 1000
    unit++
  }
  const digits = unit === 0 || Math.abs(amount) >= 99.95 ? 0 : Math.abs(amount) >= 9.995 ? 1 : 2
  return `${amount.toFixed(digits)} ${SIZE_UNITS[unit]}`
}

/** `0.4 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h` */
export function formatDuration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
