// Which Borg there is, and what is known to be wrong with it.

import type { BorgVersion } from '../../borg/client.ts'
import type { Check } from './check.ts'

interface Advisory {
  /** Versions of the same line below this have it. */
  readonly fixedIn: readonly [major: number, minor: number, patch: number]
  readonly message: string
  readonly hint: string
}

/** Source: Borg's change log. */
const ADVISORIES: readonly Advisory[] = [
  {
    fixedIn: [1, 2, 8],
    message: 'CVE-2023-36811 (forged archives), unless the distribution patched it',
    hint: 'update Borg to 1.2.8 or newer, and read its upgrade notes before any check --repair',
  },
  {
    fixedIn: [1, 2, 6],
    message:
      'it signs rewritten archives wrongly: renames go by a copy, comment and recreate are refused (borg issue 7791)',
    hint: 'update Borg to 1.2.8 or newer',
  },
]

export const borg: Check<BorgVersion> = {
  name: 'Borg',
  gather: (deps) => deps.borg.version(),
  judge: (version) => {
    const known = ADVISORIES.filter(({ fixedIn }) => isBefore(version, fixedIn))
    if (known.length === 0) return [{ level: 'ok', message: `version ${version.text}` }]
    return known.map(({ message, hint }) => ({ level: 'warning', message: `${version.text}: ${message}`, hint }))
  },
}

function isBefore({ major, minor, patch }: BorgVersion, [toMajor, toMinor, toPatch]: Advisory['fixedIn']): boolean {
  return major === toMajor && minor === toMinor && patch < toPatch
}
