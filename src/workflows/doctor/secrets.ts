// Whether the passphrase of a repo is at hand. Whether it is the right one only Borg could tell.

import type { Check, RepoSubject } from './check.ts'

export interface PassphraseFacts {
  readonly name: string
  readonly isNeeded: boolean
  readonly file: string
  readonly isThere: boolean
  /** There is one for all in the configuration. */
  readonly isConfigured: boolean
}

export const passphrase: Check<PassphraseFacts, RepoSubject> = {
  name: 'passphrase',
  gather: async (deps, { record, config }) => {
    const file = record.passphraseFile ?? deps.passphrases.path(record.name)
    return {
      name: record.name,
      file,
      isNeeded: record.encryption !== 'none',
      isThere: (await deps.files.kind(file)) === 'file',
      isConfigured: config.borg.borg_passphrase !== undefined,
    }
  },
  judge: ({ name, isNeeded, isThere, isConfigured, file }) => {
    if (!isNeeded) return [{ level: 'ok', message: 'the repository is not encrypted' }]
    if (isThere) return [{ level: 'ok', message: file }]
    if (isConfigured) {
      const hint = `a file of its own is safer: borgboi repo passphrase migrate --name ${name}`
      return [{ level: 'ok', message: 'from the configuration', hint }]
    }
    const hint = 'put it there again, from your recovery kit or wherever you keep it: without it no backup can be read'
    return [{ level: 'error', message: `there is no passphrase in ${file}`, hint }]
  },
}
