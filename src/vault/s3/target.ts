// Where requests go and who signs them, as the AWS SDK finds it out: endpoint, region, addressing style, credentials.

import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { VaultSettings } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { PROGRAM_VERSION } from '../../version.ts'
import type { VaultContext } from '../context.ts'
import type { S3Limits } from './limits.ts'
import type { S3Location } from './location.ts'
import { Sha256 } from './sha256.ts'

export interface Target {
  readonly client: S3Client
  /** Of the bucket, without a slash at its end. */
  readonly url: URL
  readonly region: string
  /** It is AWS itself: it verifies and keeps `x-amz-checksum-…`, which some other servers refuse. */
  readonly isAws: boolean
  /** The headers to send: those given and the signature. `path` and `query` are encoded already or plain, as in SigV4. */
  sign(request: Signable): Promise<Record<string, string>>
  request(options: RequestOptions): ClientRequest
  /** Signs from now on by the server's clock. */
  correctClock(serverTime: Date): void
  /** What no message may show. */
  secrets(): Promise<readonly string[]>
  close(): void
}

export interface Signable {
  readonly method: string
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
}

const DEFAULT_REGION = 'us-east-1'
const AWS_HOST = /\.amazonaws\.com(\.cn)?$/

/** @throws AppError `value-invalid`, and what the SDK throws where there is no region */
export async function openTarget(
  { bucket }: S3Location,
  settings: VaultSettings,
  { clock, env }: VaultContext,
  limits: S3Limits,
): Promise<Target> {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  const profile = settings.profile ?? env['AWS_PROFILE']
  const config: S3ClientConfig = {
    ...(profile === undefined ? credentialsIn(env) : { profile }),
    customUserAgent: [['borgboi', PROGRAM_VERSION]],
    // One try: ours is the only loop (retry.ts).
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    sha256: Sha256,
    requestHandler: {
      httpAgent: agents.http,
      httpsAgent: agents.https,
      connectionTimeout: limits.connectMs,
      socketTimeout: limits.idleMs,
    },
    logger: SILENT,
  }
  const given = settings.endpoint ?? endpointIn(env)
  const regionGiven = settings.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
  const scout = new S3Client({ ...config, ...(regionGiven === undefined ? {} : { region: regionGiven }) })
  const endpoint = checkedEndpoint(given ?? (await scout.config.serviceConfiguredEndpoint?.()))
  const isAws = endpoint === undefined || AWS_HOST.test(endpoint.hostname)
  const region = await scout.config.region().catch((error: unknown) => {
    if (isAws) throw error
    return DEFAULT_REGION
  })
  const client = new S3Client({
    ...config,
    region,
    forcePathStyle: settings.virtualStyle === undefined ? !isAws : !settings.virtualStyle,
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href }),
  })

  const resolved = client.config.endpointProvider({
    Bucket: bucket,
    Region: region,
    ForcePathStyle: settings.virtualStyle === undefined ? !isAws : !settings.virtualStyle,
    UseFIPS: await client.config.useFipsEndpoint(),
    UseDualStack: await client.config.useDualstackEndpoint(),
    ...(endpoint === undefined ? {} : { Endpoint: endpoint.href }),
  })
  const url = new URL(resolved.url.href.replace(/\/$/, ''))
  const signer = await client.config.signer()
  const [send, agent] = url.protocol === 'http:' ? [httpRequest, agents.http] : [httpsRequest, agents.https]
  return {
    client,
    url,
    region,
    isAws,
    async sign({ method, path, query, headers }) {
      const signed = await signer.sign(
        {
          method,
          protocol: url.protocol,
          hostname: url.hostname,
          path,
          query,
          headers: { ...headers, host: url.host, 'user-agent': `borgboi/${PROGRAM_VERSION}` },
        },
        { signingDate: new Date(clock.now().getTime() + client.config.systemClockOffset) },
      )
      return signed.headers
    },
    request: (options) =>
      send({ ...options, agent, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port || undefined }),
    correctClock(serverTime) {
      client.config.systemClockOffset = serverTime.getTime() - clock.now().getTime()
    },
    async secrets() {
      const found = await client.config.credentials().catch(() => undefined)
      return found === undefined ? [] : [found.secretAccessKey, found.accessKeyId, found.sessionToken ?? '']
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
      client.destroy()
      scout.destroy()
    },
  }
}

/** The SDK's own chain finds the rest; without these here, it would look into the environment of the process only. */
function credentialsIn(env: VaultContext['env']): Pick<S3ClientConfig, 'credentials'> {
  const [accessKeyId, secretAccessKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']]
  if (!accessKeyId || !secretAccessKey) return {}
  const sessionToken = env['AWS_SESSION_TOKEN']
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
}

function endpointIn(env: VaultContext['env']): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return undefined
  return env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined
}

function checkedEndpoint(endpoint: string | undefined): URL | undefined {
  if (endpoint === undefined) return undefined
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw new AppError('value-invalid', 'the endpoint of the vault is not an address', {
    reason: url?.username
      ? 'it holds credentials, which do not belong there'
      : `"${endpoint}" is not an http(s) address`,
    hint: 'write it as https://s3.example.com, without bucket and credentials',
  })
}

/** The SDK would print warnings for programmers to stderr. */
const SILENT = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
