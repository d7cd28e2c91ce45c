import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blankInJson } from '../../../src/migration/json-folder.ts'
import { SecretText } from '../../../src/model/secret.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function blank(text: string, secret: string) {
  const file = join(await tempDir(), 'docs.json')
  await writeFile(file, text)
  await chmod(file, 0o640)
  const blanked = await blankInJson({ file, name: 'docs' }, new SecretText(secret))
  return { blanked, text: await readFile(file, 'utf8'), mode: (await stat(file)).mode & 0o777 }
}

test('only the passphrase of the record itself goes; spaces, numbers and permissions stay', async () => {
  const text = '{ "metadata": {"passphrase": "x"},\n\t"size": 12345678901234567890, "passphrase" :"x" }\n'

  expect(await blank(text, 'x')).toEqual({
    blanked: true,
    text: '{ "metadata": {"passphrase": "x"},\n\t"size": 12345678901234567890, "passphrase" :null }\n',
    mode: 0o640,
  })
})

test.each(['"', '\\', '\\"', 'a"b\\', 'ünï\u{1f511}'])(
  'a passphrase with %j is found as JSON writes it',
  async (secret) => {
    const text = JSON.stringify({ name: 'docs', passphrase: secret, last: `"passphrase": ${JSON.stringify(secret)}` })

    const blanked = await blank(text, secret)

    expect(JSON.parse(blanked.text)).toEqual({ ...JSON.parse(text), passphrase: null })
  },
)

test('another passphrase than the one that was kept stays', async () => {
  const text = '{"passphrase":"other"}'

  expect(await blank(text, 'kept')).toMatchObject({ blanked: false, text })
})

test('one that is written in an unusual way is left to a person', async () => {
  await expect(blank('{"p\\u0061ssphrase":"x"}', 'x')).rejects.toMatchObject({
    code: 'file-unusable',
    hint: 'set its "passphrase" to null with an editor',
  })
})
