// The keys of a notifier, each below `notify.NAME`. Secrets stand in files of their own, never here.

import { parseTemplate } from '../model/message-template.ts'
import {
  checkNotifier,
  isToldAlways,
  type NotifierType,
  parseAddress,
  parseNotifierType,
  parseRepoNames,
  parseRules,
  parseSecretPath,
  parseWatched,
  RULES,
  type RuleSettings,
  USUAL_RULES,
  WATCHED_WORKFLOWS,
} from '../model/notifier.ts'
import { amount, asIs, type Key, key, span, text, wait } from './key.ts'

const by =
  <Value>(parse: (value: string) => Value) =>
  (written: unknown) =>
    parse(String(written))

export const NOTIFIER_KEYS = {
  type: key(
    text,
    by(parseNotifierType),
    undefined,
    'What it is: ntfy, ping (Healthchecks and the like), email, slack, discord, webhook, apprise or desktop. Always needed.',
  ),
  url: key(
    text,
    by(parseAddress),
    undefined,
    'Its address: of the topic (ntfy), of the check (ping), of the mail server as smtp://host:587 or smtps://host:465 (email), to post to (webhook).',
  ),
  url_file: key(
    text,
    by(parseSecretPath),
    undefined,
    'A file with the address, where that is a secret: always with slack and discord; with apprise, its configuration file.',
  ),
  token_file: key(text, by(parseSecretPath), undefined, 'A file with the access token (ntfy, webhook).'),
  user: key(text, asIs<string>, undefined, 'Who logs in at the mail server (email); without it, who it is from.'),
  password_file: key(text, by(parseSecretPath), undefined, 'A file with the password of that user (email).'),
  from: key(text, asIs<string>, undefined, 'Who mail is from (email).'),
  to: key(text, asIs<string>, undefined, 'Who gets it, several with commas between them (email).'),
  body: key(
    text,
    by(parseTemplate),
    undefined,
    'What is posted, with places such as {{title}} (webhook); without it, everything as JSON.',
  ),
  content_type: key(text, asIs<string>, undefined, 'What kind of text that is (webhook); without it application/json.'),
  on: key(
    text,
    by(parseRules),
    undefined,
    `What it is told of, with commas: ${RULES.join(', ')}; without it ${USUAL_RULES.join(', ')}.`,
  ),
  repeat_after: key(
    amount,
    (written) => (written === 'never' ? written : span(written)),
    undefined,
    'How long it is not told the same again; never for changes only; without it 20h.',
  ),
  repos: key(text, by(parseRepoNames), undefined, 'Only these repos, with commas; without it all.'),
  workflows: key(
    text,
    by(parseWatched),
    undefined,
    'Only these commands, with commas, such as backup daily; without it all that run unattended.',
  ),
  timeout: key(amount, wait, '10s', 'How long it is waited for.'),
} as const satisfies Record<string, Key<unknown>>

const REPEAT_AFTER_MS = 20 * 3_600_000

/** @throws AppError `value-invalid` where something is missing, or is not for this type */
export function buildNotifier(values: Readonly<Record<string, unknown>>): unknown {
  const type = values['type'] as NotifierType
  checkNotifier(type, values)
  const usual = {
    on: isToldAlways(type) ? [] : USUAL_RULES,
    repeat_after: REPEAT_AFTER_MS,
    workflows: WATCHED_WORKFLOWS,
  }
  return { ...usual, ...values }
}

/** A notifier as the configuration has it; which of its keys are there depends on its type. `timeout` is milliseconds. */
export interface NotifierConfig extends RuleSettings {
  readonly type: NotifierType
  readonly url?: string
  readonly url_file?: string
  readonly token_file?: string
  readonly user?: string
  readonly password_file?: string
  readonly from?: string
  readonly to?: string
  readonly body?: string
  readonly content_type?: string
  readonly repos?: readonly string[]
  readonly workflows: readonly string[]
  readonly timeout: number
}
