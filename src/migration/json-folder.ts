// Folders of BorgBoi 1.x with one JSON file per repo: `.borgboi_metadata` and, later, `data/repositories`.

import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../errors.ts'
import type { EarlierPlace, EarlierRepo } from '../model/earlier-repo.ts'
import type { Finding } from '../model/finding.ts'
import type { Secret } from '../model/secret.ts'
import { listIfAny, readTextIfAny, statIfAny, writeFileAtomic } from '../platform/files.ts'
import { parseJson, parseRecord } from './parse-record.ts'
import { readOrTell } from './unreadable.ts'

export async function readJsonFolder(directory: string, problems: Finding[]): Promise<EarlierRepo[]> {
  const names = (await readOrTell(directory, problems, () => listIfAny(directory))) ?? []
  const repos: EarlierRepo[] = []
  for (const name of names.filter((entry) => entry.endsWith('.json')).sort()) {
    const file = join(directory, name)
    const text = await readOrTell(file, problems, () => readTextIfAny(file))
    if (text === undefined) continue
    const value = parseJson(text)
    const hint = 'if it can be mended, do so and run borgboi migrate again; else: borgboi repo import'
    if (value === undefined) problems.push({ level: 'warning', subject: file, message: 'is no JSON', hint })
    else repos.push(...parseRecord(value, file, problems))
  }
  return repos
}

/** Only the value of the passphrase changes, to null; every other character of the file stays. */
export async function blankInJson({ file }: EarlierPlace, kept: Secret): Promise<boolean> {
  const text = (await readTextIfAny(file)) ?? ''
  const record = parseJson(text)
  if (!isRecord(record) || record['passphrase'] !== kept.reveal()) return false
  const blanked = withoutPassphrase(text, record)
  if (blanked === undefined) {
    throw new AppError('file-unusable', `cannot take the passphrase out of ${file}`, {
      reason: 'it is written in an unusual way',
      hint: 'set its "passphrase" to null with an editor',
    })
  }
  await writeFileAtomic(file, blanked, { mode: ((await statIfAny(file))?.mode ?? 0o600) & 0o7777 })
  return true
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Other objects in the record may have a key of that name: the right one is where nothing else changes. */
function withoutPassphrase(text: string, record: object): string | undefined {
  const wanted = { ...record, passphrase: null }
  for (const { index, 0: pair, 1: value = '' } of text.matchAll(/"passphrase"\s*:\s*("(?:[^"\\]|\\.)*")/g)) {
    const start = index + pair.length - value.length
    const blanked = `${text.slice(0, start)}null${text.slice(start + value.length)}`
    if (isDeepStrictEqual(parseJson(blanked), wanted)) return blanked
  }
  return undefined
}
