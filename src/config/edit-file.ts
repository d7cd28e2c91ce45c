// The configuration file with one vault more or less. Everything else in it, comments above all, stays as it was written.

import { type Document, isMap, parseDocument, type Scalar } from 'yaml'

/** `settings` by key, as the file has them: `{ url: 's3://…', virtual_style: true }`. What the vault had is replaced. */
export function withVault(text: string, name: string, settings: Readonly<Record<string, unknown>>): string {
  const document = parseDocument(text, { stringKeys: true })
  const vaults = document.get('vaults', true)
  if (isMap(vaults)) vaults.set(name, document.createNode(settings))
  else {
    const section = document.createNode({ [name]: settings })
    // The examples of the template are a comment on a section that is empty.
    section.commentBefore = (vaults as Scalar | undefined)?.comment ?? null
    document.set('vaults', section)
  }
  return print(document, text)
}

/** Undefined where the file has no such vault. */
export function withoutVault(text: string, name: string): string | undefined {
  const document = parseDocument(text, { stringKeys: true })
  if (!document.deleteIn(['vaults', name])) return undefined
  const vaults = document.get('vaults', true)
  if (isMap(vaults) && vaults.items.length === 0) {
    const nothing = document.createNode(null)
    nothing.comment = vaults.commentBefore ?? vaults.comment ?? null
    document.set('vaults', nothing)
  }
  return print(document, text)
}

const INDENT = 2

function print(document: Document, before: string): string {
  const indent = /^( +)[^\s#]/m.exec(before)?.[1]?.length ?? INDENT
  return document.toString({ lineWidth: 0, indent, nullStr: '', flowCollectionPadding: before.includes('{ ') })
}
