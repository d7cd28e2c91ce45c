// What DynamoDB and the SDK say, as errors of ours: which call on which table, why, and what to look at. The words are
// our own: messages about signatures quote the request, and with it the session token.

import { AppError, type AppErrorDetails, type ErrorCode } from '../../errors.ts'
import { systemCode } from '../../platform/files.ts'

type Verdict = readonly [ErrorCode, reason: string, hint: string]

/** The name of the exception that a condition of a write raises. */
const CONDITION_FAILED = 'ConditionalCheckFailedException'

export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === CONDITION_FAILED
}

/** `call`: the API's word, `GetItem`. What is an AppError already passes through. */
export function toTableError(error: unknown, call: string, table: string): AppError {
  if (error instanceof AppError) return error
  const [code, reason, hint] = verdictOf(error, call, table)
  const details: AppErrorDetails = { reason, hint, context: { call, table }, cause: error }
  return new AppError(code, `DynamoDB: ${call} on the table ${table} failed`, details)
}

function verdictOf(error: unknown, call: string, table: string): Verdict {
  if (!(error instanceof Error)) return ['table-failed', String(error), LOOK]
  const code = systemCode(error)
  if (code !== undefined && SYSTEM_CODE.test(code)) return unreachable(`the connection failed (${code})`)
  const known = VERDICTS.find(([names]) => names.test(error.name))
  if (known !== undefined) return known[1](call, table)
  if (/region is missing/i.test(error.message)) {
    return ['config-invalid', 'no AWS region is set', 'set aws.region, or the variable AWS_REGION']
  }
  return ['table-failed', `${error.name}: ${firstLine(error.message)}`, LOOK]
}

/** Of the network, and of certificates: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `SELF_SIGNED_CERT_IN_CHAIN`. */
const SYSTEM_CODE = /^E[A-Z]+$|CERT/
const LOOK = 'run the same command again; if it stays, look at the table in the AWS console'
const CREDENTIALS = 'aws.profile names the profile; AWS_PROFILE and AWS_ACCESS_KEY_ID work as they do everywhere'

const VERDICTS: readonly (readonly [RegExp, (call: string, table: string) => Verdict])[] = [
  [
    /^(CredentialsProvider|TokenProvider)Error$/,
    () => ['credentials-missing', 'no AWS credentials that work', CREDENTIALS],
  ],
  [/^ExpiredToken/, () => denied('the AWS credentials have expired', 'log in again, then run the same command again')],
  [
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken|IncompleteSignature)/,
    () => denied('AWS does not know these credentials', CREDENTIALS),
  ],
  [
    /^(InvalidSignature|SignatureDoesNotMatch|RequestTimeTooSkewed|RequestExpired)/,
    () => denied('the signature was refused', 'is the secret key right, and the clock of this machine?'),
  ],
  [
    /^AccessDenied/,
    (call, table) =>
      denied('these credentials may not do that', `allow dynamodb:${call} on the table ${table} in their policy`),
  ],
  [
    /^ResourceNotFound/,
    (_, table) => [
      'table-missing',
      'there is no such table in this account and region',
      `make the table ${table} as docs/formats.md says, or check aws.region and the credentials`,
    ],
  ],
  [
    /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|TooManyRequests|LimitExceeded)/,
    () => ['table-unreachable', 'DynamoDB asks to slow down', 'raise the read and write capacity of the table'],
  ],
  [
    /^(InternalServer|ServiceUnavailable|InternalFailure)/,
    () => ['table-unreachable', 'DynamoDB has a failure of its own', 'try again in a few minutes'],
  ],
  [/^(TimeoutError|AbortError|RequestTimeout)/, () => unreachable('DynamoDB did not answer in time')],
  [
    /^Validation/,
    (call, table) => [
      'table-failed',
      `DynamoDB refused the form of the request ${call}`,
      `does the table ${table} have the keys that docs/formats.md names?`,
    ],
  ],
]

function denied(reason: string, hint: string): Verdict {
  return ['table-denied', reason, hint]
}

function unreachable(reason: string): Verdict {
  return [
    'table-unreachable',
    reason,
    'check the network, aws.region, and AWS_ENDPOINT_URL where it is set; offline: true does without',
  ]
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
