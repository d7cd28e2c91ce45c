// The configuration and the passphrase files, as they say of themselves; `config validate` tells more.

import type { Finding } from '../../model/finding.ts'
import type { Check, Verdict } from './check.ts'

export const configuration: Check<readonly Finding[]> = {
  name: 'configuration',
  gather: (deps) => deps.config.audit(),
  judge: (findings) => complaintsOr(findings, 'every key and value is known, and the home is private'),
}

export const passphraseFiles: Check<readonly Finding[]> = {
  name: 'passphrase files',
  gather: (deps) => deps.passphrases.audit(),
  judge: (findings) => complaintsOr(findings, 'only you can read them'),
}

function complaintsOr(findings: readonly Finding[], allWell: string): readonly Verdict[] {
  const complaints = findings.filter(({ level }) => level !== 'ok')
  if (complaints.length === 0) return [{ level: 'ok', message: allWell }]
  return complaints.map(({ level, subject, message, hint }) => ({
    level,
    message: `${subject} ${message}`,
    ...(hint === undefined ? {} : { hint }),
  }))
}
