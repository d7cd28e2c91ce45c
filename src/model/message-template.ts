// Texts with places in them, `{{title}}`, that a webhook sends.

import { refuse } from './validate.ts'

/** Every place there is. */
export const PLACES = [
  'title',
  'text',
  'rule',
  'level',
  'host',
  'time',
  'repo',
  'workflow',
  'outcome',
  'exit_code',
  'run',
  'archive',
  'error',
  'objectives',
] as const

export type Places = Readonly<Record<(typeof PLACES)[number], string>>

const PLACE = /\{\{\s*([\w-]*)\s*\}\}/g

/** @throws AppError `value-invalid` for a place that does not exist */
export function parseTemplate(text: string): string {
  for (const [, name = ''] of text.matchAll(PLACE)) {
    if (PLACES.includes(name as never)) continue
    refuse('template', `{{${name}}}`, 'there is no such place', `there are: ${PLACES.join(', ')}`)
  }
  return text
}

/** The text with its places filled in; inside JSON as it has to be written there. */
export function fillTemplate(template: string, places: Places, isJson: boolean): string {
  return template.replace(PLACE, (_, name: string) => {
    const value = places[name as keyof Places]
    return isJson ? JSON.stringify(value).slice(1, -1) : value
  })
}
