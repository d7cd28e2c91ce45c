import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import decodeQR from 'qr/decode.js'
import { describe, expect, it } from 'vitest'
import { fileKits } from '../../../src/kit/file-kits.ts'
import type { Kit } from '../../../src/model/kit.ts'
import { SecretText } from '../../../src/model/secret.ts'
import { sampleKit } from '../../support/kit-samples.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function readBack(text: string) {
  const path = join(await tempDir(), 'kit.txt')
  await writeFile(path, text)
  return await fileKits.read(path)
}

const textOf = async (changes: Partial<Kit> = {}) => (await fileKits.render(sampleKit(changes))).text
const pageOf = async (changes: Partial<Kit> = {}) => (await fileKits.render(sampleKit(changes))).page

describe('the text of a kit', () => {
  it.each<[string, Partial<Kit>]>([
    ['with a vault', {}],
    ['of a directory', { vault: { url: 'file:///mnt/nas/borg' } }],
    ['with an endpoint', { vault: { url: 's3://b/p', endpoint: 'http://nas:9000', region: 'x' } }],
    ['of a repository on another machine', { path: 'ssh://me@nas/./backup/docs' }],
    ['of a path with a space', { path: "/mnt/o'neill's disk/docs" }],
    ['without a source', { sources: [] }],
  ])('is read back: %s', async (_case, changes) => {
    expect(await readBack(await textOf(changes))).toEqual(sampleKit(changes))
  })

  it('is read back for a repository without encryption and without a vault', async () => {
    const { key: _key, vault: _vault, passphrasePlace: _place, ...plain } = sampleKit({ encryption: 'none' })
    const { text } = await fileKits.render(plain)

    expect(await readBack(text)).toEqual(plain)
    expect(text).not.toMatch(/passphrase|key import/)
  })

  it('has any passphrase as it is, and only where it was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[^\r\n\0]+$/), async (passphrase) => {
        const { passphrase: read } = await readBack(await textOf({ passphrase: new SecretText(passphrase) }))

        expect(read?.reveal()).toBe(passphrase)
      }),
      { numRuns: 50 },
    )
    expect((await readBack(await textOf())).passphrase).toBeUndefined()
  })

  it('is read back as another system saves it', async () => {
    const text = await textOf()

    expect(await readBack(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(sampleKit())
  })

  it.each<[string, (text: string) => string, RegExp]>([
    ['is something else', () => 'a letter', /does not begin as a recovery kit/],
    ['is the page', () => '<!doctype html><html>', /page to print/],
    ['is of a newer format', (text) => text.replace('FORMAT 1', 'FORMAT 2'), /format 2, this borgboi knows 1/],
    ['has lost its first lines', (text) => text.replace(/^id: .*$/m, ''), /a line is missing/],
    ['has lost its key', (text) => text.replace(/^BORG_KEY .*$/m, ''), /its key is missing/],
    ['has the key of another', (text) => text.replace(/^BORG_KEY 0/m, 'BORG_KEY f'), /of another repository/],
    ['has a damaged line on paper', (text) => text.replace(/^ 7: ./m, ' 7: x'), /its line 7 is damaged/],
    ['has lost a line on paper', (text) => text.replace(/^12: .*\n/m, ''), /its line 12 is damaged/],
    ['has a damaged first line on paper', (text) => text.replace(/^id: (\d)/m, 'id: 9'), /its line "id" is damaged/],
    ['has two keys', (text) => text.replace(/^(BORG_KEY .*\n)./m, '$1x'), /are not the same/],
  ])('is refused where it %s', async (_case, change, reason) => {
    await expect(readBack(change(await textOf()))).rejects.toMatchObject({
      code: 'file-unusable',
      reason: expect.stringMatching(reason),
    })
  })

  it('is refused where there is none, or no file', async () => {
    const directory = await tempDir()

    for (const path of [directory, join(directory, 'nowhere')]) {
      await expect(fileKits.read(path)).rejects.toMatchObject({ code: 'file-unusable' })
    }
  })

  it('tells of the shell that docs/recovery.md has, with what it needs filled in', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/recovery.md'), 'utf8')
    const [, block = ''] = /## Without borgboi.*?```sh\n(.*?)```/s.exec(page) ?? []
    const filled = block
      .replace('vault=/mnt/nas/borg id=64-hex-digits', `vault=/mnt/nas id=${sampleKit().borgId}`)
      .trim()
      .split('\n')

    const text = await textOf({ vault: { url: 'file:///mnt/nas' } })

    expect(filled).toHaveLength(12)
    expect(text.replace(/^ {7}/gm, '')).toContain(filled.join('\n'))
    expect(await textOf()).toContain('get() { aws s3 cp --quiet "$vault/$1" "$2"; }')
  })

  it('says first where the key of a keyfile repository goes', async () => {
    const text = await textOf({ encryption: 'keyfile-blake2' })

    expect(text.indexOf('borg key import /mnt/backup/docs docs.borgkey')).toBeLessThan(
      text.indexOf('borgboi repo import'),
    )
    expect(text).toContain('borgboi repo key import --name docs --from docs.borgkey')
  })
})

describe('the page of a kit', () => {
  it('fetches nothing and runs nothing', async () => {
    const page = await pageOf({ passphrase: new SecretText('secret words') })

    expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import/i)
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toContain('http:')
    expect(page).toContain("default-src 'none'")
  })

  it('has whatever stands in the kit as text', async () => {
    const page = await pageOf({ path: '/mnt/<b>&"x"', passphrase: new SecretText('<i>&') })

    expect(page).toContain('/mnt/&lt;b&gt;&amp;&quot;x&quot;')
    expect(page).toContain('&lt;i&gt;&amp;')
    expect(page).not.toMatch(/<b>&|<i>/)
  })

  it('has codes that are the key and the passphrase', async () => {
    const passphrase = 'pässphräse "with" 日本'
    const [first = '', second = ''] = codesOf(await pageOf({ passphrase: new SecretText(passphrase) }))

    expect(scan(first)).toBe(passphrase)
    expect(scan(second)).toBe(sampleKit().key?.file)
  })

  it('has lines to write the passphrase on, where it is not in the kit', async () => {
    const page = await pageOf()

    expect(page).toContain('class="line"')
    expect(codesOf(page)).toHaveLength(1)
  })
})

describe('the fingerprint of a key', () => {
  it('is that of the key, however it ends', async () => {
    const print = await fileKits.fingerprint('BORG_KEY a\nb\n')

    expect(print).toMatch(/^[0-9a-f]{64}$/)
    expect(await fileKits.fingerprint('BORG_KEY a\nb')).toBe(print)
    expect(await fileKits.fingerprint('BORG_KEY a\nc')).not.toBe(print)
  })
})

function codesOf(page: string): string[] {
  return [...page.matchAll(/<svg .*?<\/svg>/g)].map(([svg]) => svg)
}

/** What a camera would read of it: the runs of dark modules painted, four pixels a module. */
function scan(svg: string): string {
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
  const [scale, width] = [4, 4 * size]
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      const start = (row * width + Number(x) * scale) * 4
      for (let pixel = 0; pixel < Number(run) * scale; pixel++) data.fill(0, start + pixel * 4, start + pixel * 4 + 3)
    }
  }
  return decodeQR({ width, height: width, data })
}
