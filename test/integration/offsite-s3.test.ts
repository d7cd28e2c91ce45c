// A vault in a bucket, with the program as it is shipped: where its settings come from, what the endpoint has to keep,
// and what a person reads when it refuses.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, builtMachine, stepsOf } from '../support/built-machine.ts'
import { buildWhenStale } from '../support/built-program.ts'
import { expectFailure } from '../support/failure.ts'
import { type S3Fake, startS3Fake } from '../support/s3-fake/start-s3-fake.ts'
import { tempDir } from '../support/temp-dir.ts'

const credentials = (s3: S3Fake) => ({ AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey })

/** A machine that may use the bucket; its region stands in `aws.region` only. */
async function machineFor(s3: S3Fake, name = 'anna') {
  const machine = await builtMachine(join(await tempDir(), name), credentials(s3))
  await mkdir(join(machine.home, 'source'))
  await writeFile(join(machine.home, 'source', 'a.txt'), 'alpha')
  await mkdir(join(machine.home, '.borgboi'), { recursive: true })
  await writeFile(join(machine.home, '.borgboi', 'config.yaml'), `# mine\naws:\n  region: ${s3.region} # home\n`)
  return machine
}

const create = 'borgboi repo create -n docs -p repository --source source --passphrase-file kit.txt'

beforeAll(buildWhenStale)

describe.skipIf(testBorgVersion === undefined)('a vault in a bucket', () => {
  test('is added, copied to every day, and restored from by its address on a bare machine', async () => {
    await using s3 = await startS3Fake()
    s3.versioning = true
    const machine = await machineFor(s3)

    const added = await machine.do(`borgboi vault add offsite s3://${s3.bucket}/borg --endpoint ${s3.endpoint}`)
    await machine.do(`${create} --vault offsite`)
    const daily = await machine.do('borgboi backup daily --json')
    const bare = await builtMachine(join(await tempDir(), 'bare'), credentials(s3))
    const from = `--from s3://${s3.bucket}/borg --endpoint ${s3.endpoint} --region ${s3.region}`
    await bare.do(`borgboi s3 restore ${from} --to back --passphrase-file kit.txt`)
    const stats = await bare.ask(`borgboi s3 stats ${from}`)

    expect(added.stdout).toContain(`✓ vault checked             s3://${s3.bucket}/borg  conditional writes, versioning`)
    expect(stepsOf(daily).at(-1)).toMatchObject({ name: 'off-site', figures: { generation: 1 } })
    expect(await archivesOf(bare)).toEqual(await archivesOf(machine))
    expect(stats).toMatchObject({ name: 'docs', costPerMonth: expect.any(Number) })
    expect(added.stdout + daily.stdout + daily.stderr).not.toContain(s3.secretAccessKey)
  })

  test('that mixes up two writers is refused, unless there is one only', async () => {
    await using s3 = await startS3Fake()
    s3.fail({ operation: 'PutObject', with: { ignoreConditions: true } })
    const machine = await machineFor(s3)
    const add = `borgboi vault add offsite s3://${s3.bucket} --endpoint ${s3.endpoint}`

    const refused = await machine.run(add)
    const added = await machine.do(`${add} --single-writer`)
    await machine.do(`${create} --vault offsite`)
    const first = await machine.run('borgboi backup daily')
    const next = await machine.do('borgboi s3 sync')

    expectFailure(refused, 'vault-unsafe')
    expect(added.stdout).toContain('no conditional writes')
    expect(first).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('a second writer is noticed only after'),
    })
    expect(next.stdout).toContain('nothing new')
  })

  test('that refuses the key leaves a complete backup, exit 15, and no secret on the screen', async () => {
    await using s3 = await startS3Fake()
    const machine = await machineFor(s3)
    await machine.do(`borgboi vault add offsite s3://${s3.bucket} --endpoint ${s3.endpoint}`)
    await machine.do(`${create} --vault offsite`)
    s3.fail({ operation: 'PutObject', with: { status: 403, code: 'AccessDenied', message: 'Access Denied' } })

    const daily = await machine.run('borgboi backup daily --verbose')
    const [archive] = await archivesOf(machine)

    const failure = expectFailure({ ...daily, stderr: daily.stderr.split('\n    ')[0] ?? '' }, 'offsite-failed')
    expect(failure.reason).toContain(`archive ${archive} is in`)
    expect(failure.reason).toContain('AccessDenied')
    expect(daily.stdout + daily.stderr).not.toContain(s3.secretAccessKey)
  })
})
