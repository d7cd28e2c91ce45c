// The whole way of a copy on a real S3 server, with the program as it is shipped: to the bucket every day, killed on the
// way there, back on a bare machine, from two machines at once, and collected.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openS3Vault } from '../../src/vault/s3/open-s3-vault.ts'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, type BuiltMachine, builtMachine, stepsOf } from '../support/built-machine.ts'
import { buildWhenStale } from '../support/built-program.ts'
import { nextSecond } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { mirrorTo } from '../support/plain-mirror.ts'
import { makeBucket, s3Context, s3Settings } from '../support/s3-access.ts'
import { s3Server } from '../support/s3-server.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

const server = s3Server()
if (server === undefined)
  console.warn('\n!!! SKIPPED: no S3 server (BORGBOI_TEST_S3_ENV): copies to a real one are not tested\n')

beforeAll(buildWhenStale)

describe.skipIf(testBorgVersion === undefined || server === undefined)('a bucket of a real S3 server', () => {
  let anna: BuiltMachine
  let from: string

  const machineIn = async (home: string) =>
    await builtMachine(home, {
      AWS_ACCESS_KEY_ID: server?.accessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: server?.secretAccessKey ?? '',
    })
  const bareMachine = async () => await machineIn(join(await tempDir(), 'bare'))

  beforeAll(async () => {
    if (server === undefined) return
    const address = `s3://${await makeBucket(server)}/borg`
    const how = `--endpoint ${server.endpoint} --region ${server.region}`
    from = `--from ${address} ${how}`
    anna = await machineIn(join(await suiteDir(), 'anna'))
    await mkdir(join(anna.home, 'source'))
    await writeFile(join(anna.home, 'source', 'a.txt'), 'alpha')
    await writeFile(join(anna.home, 'source', 'stays.bin'), randomBytes(3_000_000))
    await anna.do(`borgboi vault add bucket ${address} ${how}`)
    await anna.do(
      'borgboi repo create -n docs -p repository --source source --passphrase-file kit.txt --retention last=1 --vault bucket',
    )
    await anna.do('borgboi backup daily')
    await nextSecond()
    await writeFile(join(anna.home, 'source', 'a.txt'), 'alpha, second edition')
    await anna.do('borgboi backup daily')
    await anna.do('borgboi backup compact')
    await anna.do('borgboi s3 sync')
  })

  test('turns a plain mirror into a first generation, and says what the mirror lacked', async () => {
    if (server === undefined) return
    const bucket = await makeBucket(server)
    const mirror = await openS3Vault(s3Settings(server, `s3://${bucket}/docs`), s3Context(server))
    await mirrorTo(mirror, join(anna.home, 'repository'))
    await mirror.delete(['nonce'])
    const how = `--endpoint ${server.endpoint} --region ${server.region}`
    await anna.do(`borgboi vault add second s3://${bucket}/borg ${how}`)

    const step = stepsOf(await anna.do(`borgboi s3 sync --vault second --mirror ${mirror.url} --json`)).at(-1)
    await anna.do('borgboi s3 verify --from second --level 3')
    await mirror.close()

    expect(step).toMatchObject({
      figures: { generation: 1, objects: 1, copiedBytes: expect.any(Number) },
      detail: 'the mirror was not whole: 1 file of this state came from here',
    })
    expect(step?.figures['copiedBytes']).toBeGreaterThan(3_000_000)
  })

  test('has every generation, proven down to a restore that Borg checks', async () => {
    const unchanged = await anna.do('borgboi s3 sync --json')
    for (const level of [1, 2, 3]) await anna.do(`borgboi s3 verify --level ${level}`)
    await anna.do('borgboi s3 verify --level 4 --verify-data')
    const list = await anna.ask('borgboi s3 generations')

    expect(stepsOf(unchanged)).toMatchObject([{ detail: 'nothing new', figures: { generation: 3 } }])
    expect(list).toMatchObject({
      problems: [],
      generations: [{ seq: 3, verified: { level: 4 } }, { seq: 2, verified: { level: 3 } }, { seq: 1 }],
    })
  })

  test('gives the pruned archive back, on a machine that knows its address only', async () => {
    const bare = await bareMachine()

    await bare.do(`borgboi s3 restore ${from} --to back --generation 1 --passphrase-file kit.txt`)
    const checked = await bare.do('borgboi backup check --verify-data')
    await bare.do('borgboi backup restore --destination out')

    expect(checked.stdout).toContain('all data read and verified')
    expect(await readFile(join(bare.home, 'out', anna.home.slice(1), 'source', 'a.txt'), 'utf8')).toBe('alpha')
  })

  test.each([0.2, 0.4, 0.6, 0.9])('loses nothing when a push is killed after %d s', async (seconds) => {
    await writeFile(join(anna.home, 'source', `new-${seconds}.bin`), randomBytes(400_000))
    await nextSecond()
    await anna.do('borgboi backup run')

    await anna.run(`timeout -s KILL ${seconds} borgboi s3 sync`)
    const bare = await bareMachine()
    await bare.do(`borgboi s3 restore ${from} --to back --passphrase-file kit.txt`)
    await bare.do('borgboi backup check')
    await anna.do('borgboi s3 sync')
    await anna.do('borgboi s3 verify --level 1')
    const list = await anna.ask('borgboi s3 generations')

    expect(list).toMatchObject({ problems: [] })
  })

  test('is written by one machine: who takes over goes on, and the other is told', async () => {
    const bea = await bareMachine()
    await mkdir(join(bea.home, 'source'))
    await writeFile(join(bea.home, 'source', 'b.txt'), 'beta')
    await bea.do(`borgboi vault add bucket ${from.replace('--from ', '')}`)
    await bea.do('borgboi s3 restore --from bucket --to back --writable --passphrase-file kit.txt --source source')
    const goesOn = await bea.do('borgboi backup daily --json')
    await anna.do('borgboi backup run')

    const fenced = await anna.run('borgboi s3 sync')

    expect(stepsOf(goesOn).at(-1)).toMatchObject({ name: 'off-site', outcome: 'ok' })
    expectFailure(fenced, 'writer-fenced')
    await bea.do('borgboi backup check --verify-data')
    await anna.do('borgboi backup check --verify-data')
  })

  test('is emptied of one repository by s3 delete, and of nothing else', async () => {
    const bare = await bareMachine()

    await bare.do(`borgboi s3 delete ${from} --name docs --yes`)
    const left = await bare.run(`borgboi s3 generations ${from}`)

    expectFailure(left, 'generation-unknown')
    expect(await archivesOf(anna)).not.toEqual([])
  })
})
