// What is remembered of files, and what is not believed.

import { linkSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FileFacts, fileFactsIfAny } from '../../../src/platform/file-facts.ts'
import { HashCache } from '../../../src/replication/hashes.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SHA = 'ab'.repeat(32)
const OLD_SECONDS = 1_600_000_000
const LATER_MS = OLD_SECONDS * 1000 + 2000

async function world() {
  const directory = await tempDir()
  const file = join(directory, 'segment')
  writeFileSync(file, 'content')
  utimesSync(file, OLD_SECONDS, OLD_SECONDS)
  const cacheFile = join(directory, 'hashes')
  return { directory, file, cacheFile, hashes: HashCache.open(cacheFile) }
}

function factsOf(path: string): FileFacts {
  const facts = fileFactsIfAny(path)
  if (facts === undefined) throw new Error(`${path} is missing`)
  return facts
}

describe('a remembered hash', () => {
  test('is found for the same file by a later process', async () => {
    const { file, cacheFile, hashes } = await world()
    hashes.remember('data/0/1', factsOf(file), LATER_MS, SHA)
    await hashes.save(['data/0/1'])

    const reopened = HashCache.open(cacheFile)

    expect(reopened.find('data/0/1', factsOf(file))).toBe(SHA)
    expect(reopened.find('data/0/2', factsOf(file))).toBeUndefined()
  })

  test('is not found for a file that was written again with the same size and its times set back', async () => {
    const { file, hashes } = await world()
    hashes.remember('data/0/1', factsOf(file), LATER_MS, SHA)
    writeFileSync(file, 'CONTENT')
    utimesSync(file, OLD_SECONDS, OLD_SECONDS)

    expect(hashes.find('data/0/1', factsOf(file))).toBeUndefined()
  })

  test('is not kept of a file that was written within two seconds of being looked at', async () => {
    const { file, hashes } = await world()

    hashes.remember('data/0/1', factsOf(file), LATER_MS - 1, SHA)

    expect(hashes.find('data/0/1', factsOf(file))).toBeUndefined()
    expect(hashes.identities(['data/0/1'])).toBeUndefined()
  })

  test('is carried over a link of our own, and not over what somebody else did', async () => {
    const { directory, file, hashes } = await world()
    const before = factsOf(file)
    hashes.remember('data/0/1', before, LATER_MS, SHA)
    linkSync(file, join(directory, 'link'))

    hashes.carryOver('data/0/1', before, factsOf(file))
    const linked = hashes.find('data/0/1', factsOf(file))
    rmSync(join(directory, 'link'))
    const touched = factsOf(file)
    linkSync(file, join(directory, 'link'))
    hashes.carryOver('data/0/1', touched, factsOf(file))

    expect(linked).toBe(SHA)
    expect(hashes.find('data/0/1', factsOf(file))).toBeUndefined()
  })

  test.each([
    ['damaged', (text: string) => text.replace(SHA, SHA.replaceAll('a', 'c'))],
    ['cut short', (text: string) => text.slice(0, -3)],
    ['of another format', (text: string) => text.replace('borgboi-hashes 1', 'borgboi-hashes 2')],
    ['no text', () => '\0\xff'],
  ])('of a file that is %s is not believed', async (_, change) => {
    const { file, cacheFile, hashes } = await world()
    hashes.remember('data/0/1', factsOf(file), LATER_MS, SHA)
    await hashes.save(['data/0/1'])
    writeFileSync(cacheFile, change(readFileSync(cacheFile, 'utf8')))

    expect(HashCache.open(cacheFile).find('data/0/1', factsOf(file))).toBeUndefined()
  })

  test('is lost without a word where it cannot be written', async () => {
    const { directory, file } = await world()
    const hashes = HashCache.open(join(directory, 'cache', 'hashes'))
    hashes.remember('data/0/1', factsOf(file), LATER_MS, SHA)
    writeFileSync(join(directory, 'cache'), 'in the way')

    await hashes.save(['data/0/1'])
  })
})
