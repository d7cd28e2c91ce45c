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
  if (text === undefined) throw unmarked(root)
  checkFormat(root, text)
}

/**
 * Makes a directory a vault, once; where it is one already nothing changes. `mayMark`: whether a directory without
 * marker can be a new vault; where it cannot, a person says so by an empty file of that name. @throws AppError as `requireMarker`, and `vault-denied`, `vault-full`
 */
export async function markVault(root: string, mayMark: boolean, now: Date): Promise<void> {
  const text = await readMarker(root)
  if (text !== undefined && text.trim() !== '') return checkFormat(root, text)
  if (text === undefined && !mayMark) throw unmarked(root)
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
    `when it is the right disk, empty that file with: : > ${join(root, MARKER)} and then: borgboi vault probe`,
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

function unmarked(root: string): AppError {
  return new AppError('vault-missing', `the directory ${root} is not a vault`, {
    reason: `it has no ${MARKER}: its disk is not mounted, or it was never added as a vault`,
    hint: `mount its disk and run the same command again; if it is the right one: touch ${join(root, MARKER)} and then: borgboi vault probe`,
  })
}
