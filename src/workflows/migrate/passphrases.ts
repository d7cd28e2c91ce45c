// Passphrases of BorgBoi 1.x: from the old record into the repo's own file, and only then out of the old record. A file
// that is there already is believed before any record, as BorgBoi 1.x did.

import { AppError } from '../../errors.ts'
import type { EarlierRepo } from '../../model/earlier-repo.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import type { Secret } from '../../model/secret.ts'
import type { Migrating } from './migrating.ts'

/** `kept`: in a file, or in the configuration. */
export type MovedPassphrase = 'moved' | 'kept' | 'missing' | 'unneeded'

/** @throws AppError `disk-full`, `file-denied`, `file-unusable` where it could not be written. `kept`: what was read back. */
export async function movePassphrase(
  { passphrases, files, config, findings, dryRun }: Migrating,
  record: RepoRecord,
  { places }: EarlierRepo,
): Promise<{ readonly passphrase: MovedPassphrase; readonly kept?: Secret }> {
  if (record.encryption === 'none') return { passphrase: 'unneeded' }
  const tell = (message: string, hint: string | undefined) =>
    void findings.push({ level: 'warning', subject: record.name, message, ...optional('hint', hint) })
  const file = record.passphraseFile ?? passphrases.path(record.name)
  const hasFile = (await files.kind(file)) === 'file'
  const [held] = places.filter(({ passphrase }) => passphrase !== undefined)
  if (held?.passphrase === undefined) {
    if (hasFile || (await config.load()).borg.borg_passphrase !== undefined) return { passphrase: 'kept' }
    tell('its passphrase is not known', `put it, as one line, into ${file}, then: chmod 600 ${file}`)
    return { passphrase: 'missing' }
  }
  if (record.passphraseFile !== undefined) {
    tell(
      `${held.file} still has a passphrase, and the repo uses ${file}`,
      `try that: borgboi repo info --name ${record.name}`,
    )
    return { passphrase: 'kept' }
  }
  const passphrase = hasFile ? 'kept' : 'moved'
  if (dryRun) return { passphrase }
  try {
    await passphrases.store(record.name, held.passphrase)
    return { passphrase, kept: held.passphrase }
  } catch (error) {
    if (!hasFile || !(error instanceof AppError)) throw error
    tell(`${held.file} has a passphrase that stays there: ${error.message}: ${error.reason ?? error.code}`, error.hint)
    return { passphrase }
  }
}

/** The records that it was taken out of. What cannot be blanked now can be by another run. */
export async function blankPassphrases(
  { earlierHome, findings }: Migrating,
  { name, places }: EarlierRepo,
  kept: Secret,
): Promise<string[]> {
  const blanked: string[] = []
  for (const place of places.filter(({ passphrase }) => passphrase !== undefined)) {
    try {
      if (await earlierHome.blankPassphrase(place, kept)) blanked.push(place.file)
      else {
        const message = `${place.file} has another passphrase than the one that was kept; it stays there`
        findings.push({ level: 'warning', subject: name, message, hint: 'if it is an old one, take it out by hand' })
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const message = `its passphrase is still in ${place.file}: ${error.reason ?? error.message}`
      findings.push({ level: 'error', subject: name, message, hint: error.hint ?? 'run borgboi migrate again' })
    }
  }
  return blanked
}
