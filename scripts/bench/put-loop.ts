// The raw upload limit of an S3 server, to measure against: PUTs every file of a directory over kept-alive connections of
// Node's own client, signed by hand. Nothing is listed, compared, resumed or tried again.
// Run: node scripts/bench/put-loop.ts DIRECTORY BUCKET PREFIX, with the AWS_… variables that scripts/s3-server.sh writes.

import { createHmac, hash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join, relative } from 'node:path'

const CONNECTIONS = 16

const [directory = '', bucket = '', prefix = ''] = process.argv.slice(2)
const endpoint = new URL(variable('AWS_ENDPOINT_URL'))
const [id, secret] = [variable('AWS_ACCESS_KEY_ID'), variable('AWS_SECRET_ACCESS_KEY')]
const region = variable('AWS_REGION')
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

const files = readdirSync(directory, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
const queue = files.values()
await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    for (const file of queue) await put(`/${bucket}/${prefix}/${relative(directory, file)}`, await readFile(file))
  }),
)
agent.destroy()

/** AWS Signature Version 4, of paths that need no encoding. */
async function put(path: string, body: Buffer): Promise<void> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const headers = { host: endpoint.host, 'x-amz-content-sha256': hash('sha256', body), 'x-amz-date': time }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`)
  const canonical = ['PUT', path, '', ...lines, '', names, headers['x-amz-content-sha256']].join('\n')
  const key = scope.split('/').reduce<string | Buffer>((from, part) => hmac(from, part).digest(), `AWS4${secret}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical)].join('\n')).digest('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  await new Promise<void>((resolve, reject) => {
    request(endpoint, {
      method: 'PUT',
      path,
      agent,
      headers: { ...headers, authorization, 'content-length': body.length },
    })
      .on('response', (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`PUT ${path} was answered with ${answer.statusCode}`))
        answer.resume().on('end', resolve)
      })
      .on('error', reject)
      .end(body)
  })
}

function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text)
}

function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: see scripts/s3-server.sh`)
  return value
}
