import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { redact, SecretText } from '../../../src/model/secret.ts'

const SENTINEL = 'sentinel "quoted" \\ passphrase'

it('a secret never shows itself when it is printed, serialised or inspected', () => {
  const secret = new SecretText(SENTINEL)

  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: { secret } }, { depth: 9, showHidden: true, getters: true }),
    Object.values(secret).join(),
  ].join('\n')

  expect(shown).not.toContain('sentinel')
  expect(secret.reveal()).toBe(SENTINEL)
})

it('redact masks every secret, as it is and inside JSON', () => {
  const text = `a ${SENTINEL} b ${JSON.stringify({ p: SENTINEL })} other`

  const redacted = redact(text, [new SecretText(SENTINEL), new SecretText('other'), new SecretText('')])

  expect(redacted).toBe('a [secret] b {"p":"[secret]"} [secret]')
})
