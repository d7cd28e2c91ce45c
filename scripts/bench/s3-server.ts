// A real S3 server for the time of a measurement (scripts/s3-server.sh), and what its log tells of the requests it got.

import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'

const SCRIPT = join(import.meta.dirname, '../s3-server.sh')
/** So long after an answer its line is in the log. */
const LOG_DELAY_MS = 500

export interface Requests {
  readonly all: number
  readonly lists: number
}

export class S3Server {
  readonly bucket = 'bench'
  /** The AWS variables that lead there. */
  readonly env: Readonly<Record<string, string>>
  readonly #directory: string
  readonly #log: string

  private constructor(directory: string) {
    this.#directory = directory
    this.#log = join(directory, 'log/gateway.log')
    this.env = parseEnv(readFileSync(join(directory, 'env'), 'utf8')) as Record<string, string>
  }

  /** Resolves to the reason where there can be none on this machine. */
  static async start(directory: string): Promise<S3Server | string> {
    const { status, stderr, error } = spawnSync('bash', [SCRIPT, 'start', directory], { encoding: 'utf8' })
    if (status !== 0) return (error?.message ?? stderr).trim().split('\n')[0] ?? ''
    const server = new S3Server(directory)
    const client = new S3Client(clientSettings(server.env))
    await client.send(new CreateBucketCommand({ Bucket: server.bucket }))
    client.destroy()
    return server
  }

  stop(): void {
    spawnSync('bash', [SCRIPT, 'stop', this.#directory])
  }

  /** What the server is asked while `act` runs. */
  async requestsOf(act: () => void): Promise<Requests> {
    await setTimeout(LOG_DELAY_MS)
    const { size } = statSync(this.#log)
    act()
    await setTimeout(LOG_DELAY_MS)
    const lines = readFileSync(this.#log).subarray(size).toString().split('\n')
    const requests = lines.flatMap((line) => / beast: .*?"([A-Z]+ \S+)/.exec(line)?.[1] ?? [])
    return {
      all: requests.length,
      lists: requests.filter((request) => /^GET .*[?&](list-type|prefix)=/.test(request)).length,
    }
  }
}

function clientSettings(env: S3Server['env']) {
  const { AWS_ENDPOINT_URL = '', AWS_REGION = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = env
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  return { endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials, forcePathStyle: true }
}
