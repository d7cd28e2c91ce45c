// The real S3 server that contract and integration tests use: the one that BORGBOI_TEST_S3_ENV names by the `env` file of
// scripts/s3-server.sh. Where there is none the tests are skipped; scripts/test.sh says so, and fails in CI.

import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

export interface S3Server {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

/** It is shared by all tests of a run: each makes buckets of its own. */
export function s3Server(): S3Server | undefined {
  const path = process.env['BORGBOI_TEST_S3_ENV']
  if (!path) return undefined
  const variables = parseEnv(readFileSync(path, 'utf8'))
  const read = (name: string) => {
    const value = variables[name]
    if (!value) throw new Error(`${path} does not say ${name}: is it the env file of scripts/s3-server.sh?`)
    return value
  }
  return {
    endpoint: read('AWS_ENDPOINT_URL'),
    accessKeyId: read('AWS_ACCESS_KEY_ID'),
    secretAccessKey: read('AWS_SECRET_ACCESS_KEY'),
    region: read('AWS_REGION'),
  }
}
