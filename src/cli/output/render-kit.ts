// Recovery kits in words.

import type { KitState } from '../../model/kit.ts'
import { numberOf } from '../../model/words.ts'
import type { CreatedKit } from '../../workflows/repo/create-kit.ts'
import type { VerifiedKit } from '../../workflows/repo/verify-kit.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'

export function renderCreatedKit(kit: CreatedKit): string {
  const { name, page, text, encrypted, withPassphrase, passphrasePlace, dryRun } = kit
  if (dryRun) return [page, text].map((file) => `· would be written           ${sanitizeForTerminal(file)}`).join('\n')
  const advice = withPassphrase
    ? 'Whoever has them can read every backup. Print the page, put both in a safe place, then delete them here.'
    : `Print the page, keep it away from this machine, and the passphrase apart from it${
        passphrasePlace === undefined ? '' : `: it is in ${sanitizeForTerminal(passphrasePlace)}`
      }.`
  return [
    `✓ recovery kit to print     ${sanitizeForTerminal(page)}  (only you can read it)`,
    `✓ the same as text          ${sanitizeForTerminal(text)}`,
    '',
    `! ${encrypted ? advice : `${name} is not encrypted: this says only where it is and how to get it back.`}`,
    `  See that it opens:  borgboi repo kit verify ${sanitizeForTerminal(text)}`,
  ].join('\n')
}

const OPENED = {
  key: 'its key',
  'own-key': "the repository's own key",
  nothing: 'no key, it is not encrypted',
} as const
const PASSPHRASES = {
  kit: ' and its passphrase',
  given: ' and the passphrase that was given',
  none: '',
} as const

export function renderVerifiedKit(kit: VerifiedKit, now: Date): string {
  const { name, path, madeAt, openedWith, passphraseFrom, archives, newest, stale, vault } = kit
  const found =
    newest === undefined
      ? 'no archive yet'
      : `${numberOf(archives, 'archive')}, the newest ${sanitizeForTerminal(newest.name)}`
  return [
    `✓ the kit is whole          ${name}, made ${formatWhen(new Date(madeAt), now)}`,
    `✓ the repository opens      ${sanitizeForTerminal(path)}, with ${OPENED[openedWith]}${PASSPHRASES[passphraseFrom]}`,
    `✓ its archives are listed   ${found}`,
    ...(vault === undefined
      ? []
      : [`· not looked at             ${sanitizeForTerminal(vault)}: borgboi s3 verify --name ${name}`]),
    ...stale.map((reason) => `! ${sanitizeForTerminal(reason)}`),
    ...(stale.length === 0
      ? []
      : [`  This kit is stale. Make a new one, and destroy this one:  borgboi repo kit create --name ${name}`]),
  ].join('\n')
}

/** `made today 14:02` and whether it holds; of several the one to keep, and how many are to be thrown away. */
export function renderKitStates(kits: readonly KitState[], name: string, now: Date): string {
  const newest = kits.at(-1)
  if (newest === undefined) return `none: borgboi repo kit create --name ${name}`
  const old = kits.filter(({ stale }) => stale.length > 0).length
  const when = formatWhen(new Date(newest.madeAt), now)
  if (newest.stale.length > 0) return `stale (made ${when}): ${newest.stale.map(sanitizeForTerminal).join('; ')}`
  return `made ${when}${newest.withPassphrase ? ', with the passphrase' : ''}${old === 0 ? '' : `; ${numberOf(old, 'older one is', 'older ones are')} stale`}`
}
