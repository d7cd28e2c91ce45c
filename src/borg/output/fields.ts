// Fields of Borg's JSON documents, checked as they are read. Source: borg docs internals/frontends, "Standard output".

import { AppError } from '../../errors.ts'

type Document = Record<string, unknown>

/** A JSON object; undefined for anything else. */
export function parseObject(json: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Document) : undefined
  } catch {
    return undefined
  }
}

export function at(document: Document, key: string): Document {
  const value = document[key]
  if (typeof value === 'object' && value !== null) return value as Document
  throw unexpected(key)
}

export function items(document: Document, key: string): Document[] {
  const value = document[key]
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) return value
  throw unexpected(key)
}

export function text(document: Document, key: string): string {
  const value = document[key]
  if (typeof value === 'string') return value
  throw unexpected(key)
}

export function number(document: Document, key: string): number {
  const value = document[key]
  if (typeof value === 'number') return value
  throw unexpected(key)
}

/** Borg writes local times without a zone, which is how Date reads them. */
export function time(document: Document, key: string): Date {
  const value = new Date(text(document, key))
  if (Number.isNaN(value.getTime())) throw unexpected(key)
  return value
}

function unexpected(key: string): AppError {
  return new AppError('borg-failed', 'Borg gave an answer of an unknown form', {
    reason: `its field "${key}" is missing or of another kind`,
    hint: 'check which Borg is used with: borgboi version',
  })
}
