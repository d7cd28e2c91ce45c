// Configurations of borgmatic on disk: YAML with tags and placeholders of its own.

import { type Node, parseDocument, visit } from 'yaml'
import { AppError } from '../errors.ts'
import { type BorgmaticConfig, type BorgmaticFiles, parseBorgmatic } from '../model/borgmatic.ts'
import { readTextIfAny } from '../platform/files.ts'
import { ownHome } from '../platform/user.ts'

export const borgmaticFiles: BorgmaticFiles = { read }

async function read(path: string): Promise<BorgmaticConfig> {
  const text = await readTextIfAny(path)
  if (text === undefined) throw unusable(path, 'there is no such file', 'it is usually /etc/borgmatic/config.yaml')
  const document = parseDocument(text, { logLevel: 'silent' })
  const [error] = document.errors
  if (error) throw unusable(path, firstLine(error.message), 'check it with: borgmatic config validate')
  const tags: string[] = []
  visit(document, { Node: (_, { tag }: Node) => void (tag?.startsWith('!') && tags.push(tag)) })
  const value = withConstants(document.toJS({ maxAliasCount: 100 }))
  const elsewhere =
    tags.length > 0 ? `${tags[0]} in it` : hasVariable(value) ? 'a variable of the environment in it' : ''
  if (elsewhere !== '') {
    const hint = 'let borgmatic put it together: borgmatic config validate --show > all.yaml, and import that'
    throw unusable(path, `it is not complete by itself: there is ${elsewhere}`, hint)
  }
  return parseBorgmatic(mapTexts(value, atHome))
}

function unusable(path: string, reason: string, hint: string): AppError {
  return new AppError('file-unusable', `cannot use ${path}`, { reason, hint })
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]))
}

/** borgmatic's own placeholders; Borg's, such as `{now}`, stay. */
function withConstants(value: unknown): unknown {
  const constants = typeof value === 'object' && value !== null && 'constants' in value ? value.constants : undefined
  if (typeof constants !== 'object' || constants === null) return value
  const known = new Map(Object.entries(constants).map(([name, constant]) => [`{${name}}`, String(constant)]))
  return mapTexts(value, (text) => text.replace(/\{\w+\}/g, (placeholder) => known.get(placeholder) ?? placeholder))
}

function hasVariable(value: unknown): boolean {
  let found = false
  mapTexts(value, (text) => {
    found ||= /(?<!\\)\$\{\w+(:-[^}]*)?\}/.test(text)
    return text
  })
  return found
}

function atHome(text: string): string {
  return text === '~' || text.startsWith('~/') ? `${ownHome()}${text.slice(1)}` : text
}
