// What DynamoDB's answers become: a code, the call, the table, and what to look at; never what the SDK quotes.

import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterEach, expect, test } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { systemClock } from '../../../../src/platform/clock.ts'
import { thisHost } from '../../../../src/platform/host.ts'
import { openTables } from '../../../../src/store/dynamodb/open-tables.ts'

const client = mockClient(DynamoDBClient)
const { repos } = openTables({ repos: 'bb-repos', region: 'eu-west-1' }, { clock: systemClock, host: thisHost })

afterEach(() => client.reset())

function thrown(name: string, message = 'sentinel', code?: string): Error {
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code })
}

async function failureOf(error: Error): Promise<AppError> {
  client.on(GetItemCommand).rejects(error)
  const caught = await repos.get({ path: '/srv/borg/docs', hostname: 'anna' }).catch((found: unknown) => found)
  if (!(caught instanceof AppError)) throw new Error('it is no AppError')
  return caught
}

test.each([
  ['ProvisionedThroughputExceededException', 'table-unreachable', /slow down.*capacity/],
  ['ThrottlingException', 'table-unreachable', /slow down/],
  ['RequestLimitExceeded', 'table-unreachable', /slow down/],
  ['InternalServerError', 'table-unreachable', /failure of its own/],
  ['ServiceUnavailable', 'table-unreachable', /failure of its own/],
  ['TimeoutError', 'table-unreachable', /in time/],
  ['AccessDeniedException', 'table-denied', /allow dynamodb:GetItem on the table bb-repos/],
  ['ExpiredTokenException', 'table-denied', /expired/],
  ['UnrecognizedClientException', 'table-denied', /does not know/],
  ['InvalidSignatureException', 'table-denied', /clock of this machine/],
  ['ResourceNotFoundException', 'table-missing', /aws\.region/],
  ['CredentialsProviderError', 'credentials-missing', /aws\.profile/],
  ['ValidationException', 'table-failed', /have the keys/],
])('%s is %s', async (name, code, words) => {
  const failure = await failureOf(thrown(name))

  expect(failure).toMatchObject({ code, message: 'DynamoDB: GetItem on the table bb-repos failed' })
  expect(`${failure.reason}; ${failure.hint}`).toMatch(words)
  expect(`${failure.reason}${failure.hint}${JSON.stringify(failure.context)}`).not.toContain('sentinel')
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'ENETUNREACH', 'SELF_SIGNED_CERT_IN_CHAIN'])(
  'a network that fails with %s is unreachable',
  async (code) => {
    const failure = await failureOf(thrown('Error', 'no', code))

    expect(failure).toMatchObject({ code: 'table-unreachable', reason: `the connection failed (${code})` })
  },
)

test('a region that nobody set is a matter of configuration', async () => {
  expect(await failureOf(new Error('Region is missing'))).toMatchObject({ code: 'config-invalid', exitCode: 2 })
})

test('what is not known keeps its name and first line', async () => {
  const failure = await failureOf(thrown('NovelException', 'something new\nand more of it'))

  expect(failure).toMatchObject({ code: 'table-failed', reason: 'NovelException: something new' })
})

test('a condition that is not met is no failure', async () => {
  client.rejects(thrown('ConditionalCheckFailedException'))
  const key = { path: '/srv/borg/docs', hostname: 'anna' }

  const removed = await repos.remove({ key, revision: 'R', holdsPassphrase: false })

  expect(removed).toBe(false)
})

test('a table of many pages is read to its end', async () => {
  const item = (name: string) => ({ repo_path: { S: name }, hostname: { S: 'anna' }, repo_name: { S: name } })
  client
    .on(ScanCommand)
    .resolvesOnce({ Items: [item('a')], LastEvaluatedKey: { repo_path: { S: 'a' } } })
    .resolvesOnce({ Items: [], LastEvaluatedKey: { repo_path: { S: 'b' } } })
    .resolvesOnce({ Items: [item('c')] })

  const items = await repos.items()

  expect(items.map(({ summary }) => summary?.name)).toEqual(['a', 'c'])
})
