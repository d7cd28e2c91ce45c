// A failure of S3 in plain words: which call about which key, why, and what to check. Nothing that was sent is in it.

import { AppError, type ErrorCode } from '../../errors.ts'
import { attemptOf, permissionsOf } from './attempt.ts'
import type { S3Failure } from './failure.ts'
import type { S3Location } from './location.ts'
import { PASSING_STATUS } from './retry.ts'

export interface ExplainedWith {
  readonly location: S3Location
  /** As requests were signed; undefined where none could be. */
  readonly region: string | undefined
  /** `https://s3.example.com`, or the bucket's own at AWS. */
  readonly endpoint: string | undefined
  readonly profile: string | undefined
  /** By this machine's clock. */
  readonly now: Date
  /** What must not be shown, whoever echoes it. */
  readonly secrets: readonly string[]
}

interface Explanation {
  readonly code: ErrorCode
  readonly reason: string
  readonly hint: string
}

type Explain = (failure: S3Failure, facts: ExplainedWith) => Explanation

export function explainError(failure: S3Failure, facts: ExplainedWith): AppError {
  const { code, reason, hint } = explanationOf(failure)(failure, facts)
  return new AppError(code, `cannot ${attemptOf(failure, facts.location)}`, {
    reason: withoutSecrets(reason, facts.secrets),
    hint,
    context: {
      call: failure.operation,
      answer: withoutSecrets(failure.code, facts.secrets),
      ...(failure.status === undefined ? {} : { status: failure.status }),
    },
  })
}

function explanationOf(failure: S3Failure): Explain {
  const { status, code } = failure
  if (failure.bucketRegion !== undefined && status !== undefined && status >= 300) return otherRegion
  const known = KNOWN.find(([codes]) => codes.test(code))?.[1]
  if (known !== undefined) return known
  if (status === undefined) return /^E|^ERR_|^HPE_|CERT/.test(code) ? unreachable : unexplained
  if (status === 401 || status === 403) return denied
  if (status === 507) return full
  if (PASSING_STATUS.includes(status)) return overloaded
  if (status >= 300 && status < 400) return redirected
  return unexplained
}

const denied: Explain = (failure) => ({
  code: 'vault-denied',
  reason: `${failure.operation} was refused: ${said(failure)}`,
  hint: `let the policy of these credentials allow ${permissionsOf(failure)}`,
})

const otherRegion: Explain = ({ bucketRegion }, { location, region }) => ({
  code: 'vault-failed',
  reason: `the bucket ${location.bucket} is in ${bucketRegion}, and the request was made for ${region}`,
  hint: `set the region of the vault to ${bucketRegion}`,
})

const wrongKey: Explain = (failure, { profile }) => ({
  code: 'vault-denied',
  reason: `the server does not accept the credentials${ofProfile(profile)}: ${said(failure)}`,
  hint: 'check access key and secret key, and that they belong to this endpoint and region',
})

const expired: Explain = (failure, { profile }) => ({
  code: 'vault-denied',
  reason: `the credentials${ofProfile(profile)} have expired: ${said(failure)}`,
  hint: 'get new ones (aws sso login, a new session), then run the same command again: it goes on where it stopped',
})

const noCredentials: Explain = (_, { profile }) => ({
  code: 'credentials-missing',
  reason:
    profile === undefined
      ? 'there are none in the environment, in a profile, or given to this machine by its cloud'
      : `the profile ${profile} is missing or gives none`,
  hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile that is in ~/.aws',
})

const noSession: Explain = (_, { profile }) => ({
  code: 'credentials-missing',
  reason: `the single sign-on session${ofProfile(profile)} has ended or was never begun`,
  hint: `run: aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`,
})

const noBucket: Explain = (_, { location, endpoint }) => ({
  code: 'vault-missing',
  reason: `there is no bucket ${location.bucket}${at(endpoint)}`,
  hint: 'check the name of the bucket and the endpoint, or make the bucket first',
})

const skewed: Explain = ({ serverTime }, { now }) => ({
  code: 'vault-denied',
  reason:
    serverTime === undefined ? 'the clocks of this machine and of the server differ too much' : skew(now, serverTime),
  hint: 'set the clock of this machine (timedatectl set-ntp true), then run the same command again',
})

const unreachable: Explain = ({ code }, { endpoint }) => ({
  code: 'vault-unreachable',
  reason: `${NETWORK[code] ?? `the connection failed (${code})`}${at(endpoint)}`,
  hint: /CERT|TLS|SSL|SELF_SIGNED/.test(code)
    ? 'check the certificate of the endpoint; an authority of your own is made known by NODE_EXTRA_CA_CERTS'
    : 'check the endpoint and the network, then run the same command again',
})

const silent: Explain = (_, { endpoint }) => ({
  code: 'vault-unreachable',
  reason: `the connection carried nothing for too long${at(endpoint)}`,
  hint: 'check the network, then run the same command again: it goes on with what is stored already',
})

const overloaded: Explain = (failure, { endpoint }) => ({
  code: 'vault-unreachable',
  reason: `the server did not do it after several tries${at(endpoint)}: ${said(failure)}`,
  hint: 'wait a little, then run the same command again: it goes on with what is stored already',
})

const full: Explain = (failure) => ({
  code: 'vault-full',
  reason: said(failure),
  hint: 'make room, or raise the quota of the bucket',
})

const damagedOnTheWay: Explain = (failure) => ({
  code: 'vault-failed',
  reason: `what arrived is not what was announced: ${said(failure)}`,
  hint: 'the file changed while it was sent, or something on the way damages data: run it again, and check this machine if it stays',
})

const contentChanged: Explain = () => ({
  code: 'vault-failed',
  reason: 'its content is no longer what it was when it was looked at first',
  hint: 'run the same command again; if it stays, something else writes to that file',
})

const replaced: Explain = () => ({
  code: 'vault-failed',
  reason: 'it was replaced while it was being read',
  hint: 'run the same command again',
})

const notS3: Explain = (_, { endpoint }) => ({
  code: 'vault-failed',
  reason: `the answer is not one of S3${at(endpoint)}`,
  hint: 'check the endpoint: it may be a web page, a console or a proxy',
})

const redirected: Explain = (failure, { endpoint }) => ({
  code: 'vault-failed',
  reason: `the server wants to be asked elsewhere${at(endpoint)}: ${said(failure)}`,
  hint: 'check the endpoint (http or https) and the region',
})

const noVersions: Explain = (_, { location }) => ({
  code: 'vault-failed',
  reason: `the bucket ${location.bucket} keeps no older versions`,
  hint: 'leave --vault-as-of out; an older generation that is still there is chosen with --generation or --as-of',
})

const noRegion: Explain = () => ({
  code: 'vault-failed',
  reason: 'no region is set',
  hint: 'set the region of the vault, or AWS_REGION',
})

const unexplained: Explain = (failure, { endpoint }) => ({
  code: 'vault-failed',
  reason: `${failure.operation} failed${at(endpoint)}: ${said(failure)}`,
  hint: 'try what the endpoint can do with: borgboi s3 probe',
})

const KNOWN: readonly (readonly [RegExp, Explain])[] = [
  [/^(NoSuchBucket)$/, noBucket],
  [/^(SignatureDoesNotMatch|InvalidAccessKeyId|InvalidToken|AuthFailure)$/, wrongKey],
  [/^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/, expired],
  [/^NoCredentials$/, noCredentials],
  [/^SsoSessionEnded$/, noSession],
  [/^(RequestTimeTooSkewed|RequestExpired)$/, skewed],
  [/^(BadDigest|XAmzContentSHA256Mismatch|InvalidDigest|IncompleteBody)$/, damagedOnTheWay],
  [/^(QuotaExceeded|InsufficientStorage|XMinioStorageFull|StorageFull|ServiceQuotaExceededException)$/, full],
  [/^(IdleTimeout|CutShort)$/, silent],
  [/^ContentChanged$/, contentChanged],
  [/^Replaced$/, replaced],
  [/^NotS3$/, notS3],
  [/^NoRegion$/, noRegion],
  [/^NoVersions$/, noVersions],
]

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens',
  ECONNRESET: 'the connection was broken off again and again',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'names cannot be looked up',
  EPIPE: 'the connection was broken off again and again',
  ETIMEDOUT: 'the host does not answer',
}

function said({ code, text, status }: S3Failure): string {
  const what = text === '' || text === code ? code : `${text} (${code})`
  return /^Http\d+$/.test(code) ? `it answered ${status} without saying why` : what
}

function at(endpoint: string | undefined): string {
  return endpoint === undefined ? '' : ` at ${endpoint}`
}

function ofProfile(profile: string | undefined): string {
  return profile === undefined ? '' : ` of the profile ${profile}`
}

function skew(now: Date, serverTime: Date): string {
  const seconds = Math.round((now.getTime() - serverTime.getTime()) / 1000)
  const size =
    Math.abs(seconds) < 7200
      ? `${Math.round(Math.abs(seconds) / 60)} minutes`
      : `${Math.round(Math.abs(seconds) / 3600)} hours`
  return `the clock of this machine is ${size} ${seconds < 0 ? 'behind' : 'ahead of'} that of the server`
}

/** Shorter ones are no secrets, and would be found in any word. */
const MIN_SECRET_CHARS = 8

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS)
  return long.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text)
}
