// The file that tells the directory of a vault from an empty mount point: without it nothing is stored there, and
// nothing that is absent there is believed to be absent. Specified in docs/formats.md, "In a vault".

import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { readTextIfAny, statIfAny, writeFileAtomic } from '../../platform/files.ts'
import { makeBelow } from '../../platform/object-files.ts'
import { failed, missingRoot, toVaultError } from './failure.ts'

export const MARKER = 'borgboi-vault.json'
/** Where objects are written before they are moved to their place. */
export const PARTIAL = '.partial'

const FORMAT = 1
const NOTE = 'A vault of borgboi. Keep this file: without it the directory is taken for a disk that is not mounted.'

/** @throws AppError `vault-missing`, `vault-newer`, `vault-failed` where it is not what borgboi wrote */
export async function requireMarker(root: string): Promise<void> {
  const text = await readMarker(root)
  if (text === undefined) throw unmarked(root, 'lost')
  checkFormat(root, text)
}

/**
 * What a directory without marker is: a vault that is to be made (`new`); one that nobody has said is to be a vault
 * (`unknown`); one that was a vault and has no marker now (`lost`). The last two may be where a disk is not mounted.
 */
export type Unmarked = 'new' | 'unknown' | 'lost'

/**
 * Makes a directory a vault, once; where it is one already nothing changes. Where it may not be made one, a person says
 * so by an empty file of that name. @throws AppError as `requireMarker`, and `vault-denied`, `vault-full`
 */
export async function markVault(root: string, unmarkedIs: Unmarked, now: Date): Promise<void> {
  const text = await readMarker(root)
  if (text !== undefined && text.trim() !== '') return checkFormat(root, text)
  if (text === undefined && unmarkedIs !== 'new') throw unmarked(root, unmarkedIs)
  try {
    const marker = { format: FORMAT, createdAt: now.toISOString(), note: NOTE }
    await writeFileAtomic(join(root, MARKER), `${JSON.stringify(marker)}\n`)
    await makeBelow(root, [PARTIAL])
  } catch (error) {
    throw toVaultError(error, `store ${MARKER}`, root)
  }
}

async function readMarker(root: string): Promise<string | undefined> {
  try {
    const facts = await statIfAny(root)
    if (facts === undefined) throw missingRoot(root)
    if (!facts.isDirectory()) throw failed(`read ${MARKER}`, root, 'it is not a directory', 'name a directory')
    return await readTextIfAny(join(root, MARKER))
  } catch (error) {
    throw toVaultError(error, `read ${MARKER}`, root)
  }
}

function checkFormat(root: string, text: string): void {
  const format = formatOf(text)
  if (format === FORMAT) return
  if (format !== undefined && format > FORMAT) {
    throw new AppError('vault-newer', `cannot use the vault ${root}`, {
      reason: `it has format ${format}, and this borgboi knows formats up to ${FORMAT}`,
      hint: 'update borgboi',
    })
  }
  throw failed(
    'be sure to write',
    root,
    `${MARKER} is damaged`,
    `when it is the right disk, empty that file with: : > ${join(root, MARKER)} and then: borgboi vault probe ${root}`,
  )
}

function formatOf(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { readonly format?: unknown }
    return typeof format === 'number' ? format : undefined
  } catch {
    return undefined
  }
}

function unmarked(root: string, is: Exclude<Unmarked, 'new'>): AppError {
  const probe = `borgboi vault probe ${root}`
  return new AppError('vault-missing', `the directory ${root} is not a vault`, {
    reason: `it has no ${MARKER}: its disk is not mounted, or it was never added as a vault`,
    hint: `mount its disk and run the same command again; ${
      is === 'lost'
        ? `if it is the right one: touch ${join(root, MARKER)} and then: ${probe}`
        : `if it is to become a vault, say so once with: ${probe}`
    }`,
  })
}
