// A DynamoDB on loopback (dynalite) with tables as BorgBoi 1.x makes them, and servers that only answer with one fault.
// The SDK finds them as it finds any endpoint: in its own variables.

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { afterAll, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/platform/clock.ts'
import { openTables, type Tables } from '../../src/store/dynamodb/open-tables.ts'
import { host } from './synced-store.ts'

type Item = Record<string, AttributeValue>

export interface DynamoDbServer {
  readonly url: string
  /** Two new tables. */
  makeTables(): Promise<{ readonly repos: string; readonly archives: string }>
  items(table: string): Promise<Item[]>
  put(table: string, item: Item): Promise<void>
}

/** Call it in `beforeAll`: it runs as long as the test file does, and the variables lead to it. */
export async function startDynamoDb(): Promise<DynamoDbServer> {
  const server = dynalite({ createTableMs: 0 })
  const url = await listen(server)
  leadTo(url)
  const client = new DynamoDBClient({})
  servers.push(server)
  let made = 0
  return {
    url,
    makeTables: async () => {
      const [repos, archives] = [`bb-repos-${++made}`, `bb-archives-${made}`]
      await client.send(new CreateTableCommand(reposTable(repos)))
      await client.send(new CreateTableCommand(archivesTable(archives)))
      return { repos, archives }
    },
    items: async (TableName) => (await client.send(new ScanCommand({ TableName }))).Items ?? [],
    put: async (TableName, item) => void (await client.send(new PutItemCommand({ TableName, Item: item }))),
  }
}

const servers: Server[] = []

afterAll(() => {
  vi.unstubAllEnvs()
  for (const server of servers) server.close()
})

/** The tables without a home. */
export function openTable(settings: { readonly repos: string; readonly archives?: string }): Tables {
  return openTables(settings, { clock: systemClock, host })
}

/** A server that treats every request the same, for one test; the URL it is at. */
export async function faultyServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return await listen(server)
}

/** An answer as DynamoDB gives it for an exception of that name. */
export function exception(name: string, message = 'no'): RequestListener {
  return (_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message }))
  }
}

/** Sets the SDK's variables; undone when the test file is over. */
export function leadTo(url: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', url)
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sentinel-secret-key')
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null')
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function reposTable(TableName: string) {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: strings('repo_path', 'hostname', 'repo_name', 'backup_target_path'),
    KeySchema: keys('repo_path', 'hostname'),
    GlobalSecondaryIndexes: [
      index('name_gsi', keys('repo_name')),
      index('backup_target_path_gsi', keys('backup_target_path', 'hostname')),
    ],
  }
}

function archivesTable(TableName: string) {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: strings('repo_name', 'iso_timestamp', 'archive_id', 'hostname'),
    KeySchema: keys('repo_name', 'iso_timestamp'),
    GlobalSecondaryIndexes: [
      index('hostname_gsi', keys('hostname', 'archive_id')),
      index('archive_id_gsi', keys('archive_id')),
    ],
  }
}

function strings(...names: string[]) {
  return names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
}

function keys(hash: string, range?: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' as const },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
  ]
}

function index(IndexName: string, KeySchema: ReturnType<typeof keys>) {
  return { IndexName, KeySchema, Projection: { ProjectionType: 'ALL' as const } }
}
