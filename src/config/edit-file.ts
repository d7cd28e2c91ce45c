// The configuration file with one vault more or less, or another name for a repo. Everything else in it, comments above
// all, stays as it was written.

import { type Document, isMap, isScalar, type Node, parseDocument, type Scalar } from 'yaml'
import { AppError } from '../errors.ts'

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

/**
 * What is said of `from` is said of `to` as well. Undefined where there is nothing, or it is so already.
 * @throws AppError `file-unusable` where something else is said of `to`
 */
export function withRepoAlso(text: string, from: string, to: string): string | undefined {
  const document = parseDocument(text, { stringKeys: true })
  const repos = document.get('repos', true)
  const own = isMap(repos) ? (repos.get(from, true) as Node | undefined) : undefined
  const isNew = own !== undefined && isMap(repos) && !repos.has(to)
  if (isNew) repos.set(to, own.clone())
  else if (own !== undefined && isMap(repos) && jsonOf(own) !== jsonOf(repos.get(to, true))) throw saidOther(to)
  const lists = repoLists(document).filter((list) => namesIn(list).includes(from) && !namesIn(list).includes(to))
  for (const list of lists)
    list.value = namesIn(list)
      .flatMap((name) => (name === from ? [from, to] : name))
      .join(',')
  return isNew || lists.length > 0 ? print(document, text) : undefined
}

/** Nothing more is said of `from` where it is said of `to` too. Undefined where there is nothing. */
export function withoutRepo(text: string, from: string, to: string): string | undefined {
  const document = parseDocument(text, { stringKeys: true })
  const repos = document.get('repos', true)
  const isSame = isMap(repos) && repos.has(from) && jsonOf(repos.get(from, true)) === jsonOf(repos.get(to, true))
  if (isSame) repos.delete(from)
  const lists = repoLists(document).filter((list) => namesIn(list).includes(from) && namesIn(list).includes(to))
  for (const list of lists)
    list.value = namesIn(list)
      .filter((name) => name !== from)
      .join(',')
  return isSame || lists.length > 0 ? print(document, text) : undefined
}

/** `notify.NAME.repos` of every notifier that has it. */
function repoLists(document: Document): (Scalar & { value: string })[] {
  const notifiers = document.get('notify', true)
  const things = isMap(notifiers) ? notifiers.items.map(({ value }) => value) : []
  return things
    .map((thing) => (isMap(thing) ? thing.get('repos', true) : undefined))
    .filter((list): list is Scalar & { value: string } => isScalar(list) && typeof list.value === 'string')
}

function namesIn({ value }: { readonly value: string }): string[] {
  return value.split(',').map((name) => name.trim())
}

function jsonOf(node: unknown): string {
  return JSON.stringify((node as Node | undefined)?.toJSON() ?? null)
}

function saidOther(name: string): AppError {
  return new AppError('file-unusable', `the configuration has settings for a repo called ${name} already`, {
    reason: `below repos.${name} they are others than those of the repo that is to be called so`,
    hint: 'take them out, or take another name',
  })
}

const INDENT = 2

function print(document: Document, before: string): string {
  const indent = /^( +)[^\s#]/m.exec(before)?.[1]?.length ?? INDENT
  return document.toString({ lineWidth: 0, indent, nullStr: '', flowCollectionPadding: before.includes('{ ') })
}
