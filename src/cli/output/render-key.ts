// Keys and passphrases in words.

import type { ChangedPassphrase } from '../../workflows/repo/change-passphrase.ts'
import type { ExportedKey } from '../../workflows/repo/export-key.ts'
import type { ImportedKey } from '../../workflows/repo/import-key.ts'
import type { SetPassphrase } from '../../workflows/repo/set-passphrase.ts'
import { sanitizeForTerminal } from './format.ts'

export function renderExportedKey({ name, file = '' }: ExportedKey): string {
  return [
    `✓ key of ${name} exported   ${sanitizeForTerminal(file)}  (only you can read it)`,
    '  It opens nothing without the passphrase: keep both away from this machine.',
  ].join('\n')
}

export function renderImportedKey({ name, from, replaced, stalePassphrase, dryRun }: ImportedKey): string {
  const done = dryRun ? '· key would be imported' : '✓ key imported'
  const kept = replaced === undefined ? [] : [`  the one it replaces: ${sanitizeForTerminal(replaced)}`]
  const stale =
    stalePassphrase === undefined
      ? []
      : [
          `! what ${sanitizeForTerminal(stalePassphrase)} has does not open it any more: the next backup would fail`,
          `  Keep the passphrase that does:  borgboi repo passphrase set --name ${name} --passphrase-file FILE`,
        ]
  return [`${done}   ${name}, from ${sanitizeForTerminal(from)}`, ...kept, ...stale].join('\n')
}

export function renderSetPassphrase({ name, file, former }: SetPassphrase): string {
  const before = former === undefined ? [] : [`  the one before: ${sanitizeForTerminal(former)}`]
  return [`✓ passphrase of ${name} kept   ${sanitizeForTerminal(file)}  (only you can read it)`, ...before].join('\n')
}

export function renderChangedPassphrase({ name, file, former, dryRun }: ChangedPassphrase): string {
  if (dryRun) return `· passphrase of ${name} would be changed   ${sanitizeForTerminal(file)}`
  const before = former === undefined ? [] : [`  the one before: ${sanitizeForTerminal(former)}`]
  return [
    `✓ passphrase of ${name} changed   ${sanitizeForTerminal(file)}  (only you can read it)`,
    ...before,
    `  Replace what you keep elsewhere: a copy of that file, and the recovery kit: borgboi repo kit create --name ${name}`,
  ].join('\n')
}
