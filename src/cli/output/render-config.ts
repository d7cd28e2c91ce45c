// The configuration in words.

import type { Origin } from '../../model/config-entry.ts'
import type { ShownConfig } from '../../workflows/config/show-config.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

export function renderConfig({ entries }: ShownConfig, withOrigin: boolean): string {
  const rows = entries.map(({ key, value, origin }) => {
    const shown = value === undefined ? '–' : sanitizeForTerminal(String(value))
    return withOrigin ? [key, shown, originInWords(origin)] : [key, shown]
  })
  return renderTable(rows)
}

function originInWords(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default'
    case 'file':
      return origin.path
    case 'env':
      return `$${origin.variable}`
    case 'flag':
      return origin.flag
  }
}
