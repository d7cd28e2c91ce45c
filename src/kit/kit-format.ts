// The text of a recovery kit: to be read by people, and to be taken back by `repo kit verify`. Specified in
// docs/formats.md.

import type { Kit, KitKey } from '../model/kit.ts'
import { parseRepoName, type RepoName } from '../model/names.ts'
import { optional } from '../model/repo.ts'
import { SecretText } from '../model/secret.ts'
import { PAPER_KEY, parsePaperKey } from './paper-key.ts'
import { keyFile, waysBack } from './steps.ts'

export const KIT_FORMAT = 1

const HEAD = /^BORGBOI RECOVERY KIT, FORMAT (\d+)$/
const KEY_HEADING = 'THE KEY, AS A FILE'
const PAPER_HEADING = 'THE KEY, TO BE TYPED IN FROM PAPER'
/** Values begin in this column, whatever stands before them. */
const VALUE_COLUMN = 16
const WIDTH = 96

export function renderKitText(kit: Kit, fingerprint: string | undefined): string {
  const fields = fieldsOf(kit, fingerprint).map(([label, value]) => `${`${label}:`.padEnd(VALUE_COLUMN)}${value}`)
  const sections = [
    ...(kit.key === undefined
      ? []
      : [
          section(KEY_HEADING, [
            `Save the lines that follow as ${keyFile(kit)}.`,
            '',
            ...kit.key.file.trim().split('\n'),
          ]),
          section(PAPER_HEADING, kit.key.paper.trim().split('\n')),
        ]),
    ...waysBack(kit).map(({ title, steps }) =>
      section(
        title,
        steps.flatMap(({ text, commands }, index) => [
          ...wrapped(`${index + 1}. ${text}`),
          ...commands.map((line) => `       ${line}`),
        ]),
      ),
    ),
  ]
  return `${[`BORGBOI RECOVERY KIT, FORMAT ${KIT_FORMAT}`, '', ...wrapped(introduction(kit)), '', ...fields, ...sections].join('\n')}\n`
}

/** What the kit is, and what has to be done with it. */
export function introduction({ name, key, passphrase }: Kit): string {
  if (key === undefined)
    return `The backups of ${name} are not encrypted: this says where they are, and how to get them back.`
  return passphrase === undefined
    ? `With this and the passphrase the backups of ${name} open on any machine. Keep the two apart from each other, and both away from the machine that is backed up.`
    : `Whoever has this can read every backup of ${name}. Keep it like the deeds of a house, away from the machine that is backed up.`
}

/** Label and value, in the order people need them. */
export function fieldsOf(kit: Kit, fingerprint: string | undefined): readonly (readonly [string, string])[] {
  const { vault, passphrase, passphrasePlace } = kit
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['name', kit.name],
    ['repository', kit.path],
    ['id', kit.borgId],
    ['encryption', kit.encryption],
    ...kit.sources.map((source) => ['source', source.replace(/\p{Cc}/gu, '\ufffd')] as const),
    ['vault', vault?.url],
    ['endpoint', vault?.endpoint],
    ['region', vault?.region],
    ['made', kit.madeAt],
    ['made by', kit.madeBy],
    ['fingerprint', fingerprint],
    ['passphrase', passphrase?.reveal()],
    ['passphrase at', passphrasePlace],
  ]
  return fields.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]]))
}

export type ReadKit = Kit | { readonly problem: string; readonly hint: string }

/** A kit from its text, every part of its key looked at. */
export function parseKitText(text: string): ReadKit {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const format = HEAD.exec(lines[0] ?? '')?.[1]
  if (format === undefined) return notOne(text)
  if (Number(format) > KIT_FORMAT) {
    return { problem: `it has format ${format}, this borgboi knows ${KIT_FORMAT}`, hint: 'use a newer borgboi' }
  }
  const value = (label: string) => valuesOf(lines, label)[0]
  const [path, borgId = '', encryption, madeAt] = ['repository', 'id', 'encryption', 'made'].map(value)
  const name = nameFrom(value('name'))
  if (!name || !path || !encryption || !madeAt || !/^[0-9a-f]{64}$/.test(borgId)) {
    return damaged('a line is missing or damaged that says what it is the kit of')
  }
  const key = parseKey(lines, borgId)
  if (key !== undefined && 'problem' in key) return key
  const url = value('vault')
  const passphrase = value('passphrase')
  return {
    name,
    path,
    borgId,
    encryption,
    madeAt,
    madeBy: value('made by') ?? '',
    sources: valuesOf(lines, 'source'),
    ...optional('key', key),
    ...optional('passphrase', passphrase === undefined ? undefined : new SecretText(passphrase)),
    ...optional('passphrasePlace', value('passphrase at')),
    ...(url === undefined
      ? {}
      : { vault: { url, ...optional('endpoint', value('endpoint')), ...optional('region', value('region')) } }),
  }
}

function notOne(text: string): ReadKit {
  return /^\s*<!doctype html/i.test(text)
    ? { problem: 'it is the page to print', hint: 'name the text that was made with it: its name ends in .txt' }
    : {
        problem: 'it does not begin as a recovery kit does',
        hint: 'name the .txt file that borgboi repo kit create made',
      }
}

function nameFrom(text = ''): RepoName | undefined {
  try {
    return parseRepoName(text)
  } catch {
    // Why it is no name does not matter: nobody has typed it.
    return undefined
  }
}

function valuesOf(lines: readonly string[], label: string): string[] {
  const start = `${label}:`.padEnd(VALUE_COLUMN)
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(VALUE_COLUMN))
}

/** Undefined where there is none. */
function parseKey(lines: readonly string[], borgId: string): KitKey | ReturnType<typeof damaged> | undefined {
  const inSection = (heading: string) => {
    const start = lines.indexOf(`== ${heading} ==`)
    if (start < 0) return undefined
    const end = lines.findIndex((line, index) => index > start && line.startsWith('== '))
    return lines.slice(start + 1, end < 0 ? undefined : end)
  }
  const file = inSection(KEY_HEADING)
  const paper = inSection(PAPER_HEADING)
  if (file === undefined && paper === undefined) return undefined
  const head = file?.findIndex((line) => line.startsWith('BORG_KEY ')) ?? -1
  if (file === undefined || head < 0) return damaged('its key is missing')
  if (file[head] !== `BORG_KEY ${borgId}`) return damaged('its key is that of another repository')
  const body = file.slice(head + 1).filter((line) => line !== '')
  const typed = parsePaperKey((paper ?? []).slice((paper ?? []).indexOf(PAPER_KEY) + 1))
  if ('problem' in typed) return damaged(`of the key for paper, ${typed.problem}`)
  if (!borgId.startsWith(typed.idStart) || !typed.bytes.equals(Buffer.from(body.join(''), 'base64'))) {
    return damaged('the key as a file and the key for paper are not the same')
  }
  return { file: `${[file[head], ...body].join('\n')}\n`, paper: `${(paper ?? []).join('\n').trim()}\n` }
}

function damaged(problem: string) {
  return { problem, hint: 'make a new kit with: borgboi repo kit create' }
}

function section(heading: string, lines: readonly string[]): string {
  return ['', `== ${heading} ==`, '', ...lines].join('\n')
}

/** In lines of readable length; the following ones below the first word of a numbered one. */
function wrapped(text: string): string[] {
  const indent = /^\d+\. /.test(text) ? '   ' : ''
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
