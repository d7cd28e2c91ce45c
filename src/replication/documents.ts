// The JSON documents of a vault, to bytes and back. What comes back is untrusted: whoever may write to the vault may
// have made it, so that size, form, paths and numbers are checked before anything is done with it.

import { hash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import * as z from 'zod/mini'
import { AppError } from '../errors.ts'
import {
  type GenerationRef,
  type Head,
  type Manifest,
  parseManifestKey,
  roleOf,
  segmentNumber,
  VAULT_FORMAT,
  type VaultFormat,
} from '../model/generation.ts'

/** The largest stored manifest and head that are read, and the largest manifest that is unpacked. */
export const MANIFEST_MAX_BYTES = 64 * 1024 * 1024
export const SMALL_MAX_BYTES = 64 * 1024
const UNPACKED_MAX_BYTES = 512 * 1024 * 1024

const count = z.int().check(z.nonnegative())
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const ulid = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/))
const instant = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/))
const line = z.string().check(z.maxLength(1024), z.regex(/^\P{Cc}*$/u))
const seq = z.int().check(z.positive(), z.lt(1e12))

const HEAD = z.object({
  format: z.literal(VAULT_FORMAT),
  seq,
  manifestKey: line,
  manifestSha256: sha256,
  epoch: count,
  writerId: line,
  pushId: ulid,
  updatedAt: instant,
})

const FORMAT = z.object({ format: z.literal(VAULT_FORMAT), repoId: sha256, name: line, createdAt: instant })

const MANIFEST = z.object({
  format: z.literal(VAULT_FORMAT),
  repoId: sha256,
  seq,
  ulid,
  parent: z.optional(z.object({ seq, ulid, sha256 })),
  createdAt: instant,
  writer: z.object({ installId: line, host: line, epoch: count }),
  tool: line,
  borg: z.object({
    transactionId: count,
    segmentsPerDir: z.int().check(z.positive()),
    nonce: z.optional(z.string().check(z.regex(/^[0-9a-f]{16}$/))),
  }),
  totals: z.object({ files: count, bytes: count }),
  added: z.array(line),
  removed: z.array(line),
  suspicious: z.optional(line),
  restoredFrom: z.optional(seq),
  files: z.array(
    z.object({
      path: line,
      size: count,
      sha256,
      role: z.enum(['segment', 'aux', 'config', 'nonce', 'readme', 'transactions']),
    }),
  ),
})

const gunzipAsync = promisify(gunzip)
const FILES_IN_A_PART = 500

/** The stored form of a manifest, and the hash that names it. */
export async function encodeManifest(manifest: Manifest): Promise<{ readonly bytes: Buffer; readonly sha256: string }> {
  const bytes = await pipeline(jsonParts(manifest), createGzip(), async (parts: AsyncIterable<Buffer>) =>
    Buffer.concat(await Array.fromAsync(parts)),
  )
  return { bytes, sha256: hash('sha256', bytes) }
}

/** Some files at a time: the whole text may be megabytes, and whoever has more fields of a file need not copy it. */
function* jsonParts({ files, ...rest }: Manifest): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"files":[`
  for (let start = 0; start < files.length; start += FILES_IN_A_PART) {
    const part = files.slice(start, start + FILES_IN_A_PART)
    const lines = part.map(({ path, size, sha256, role }) => JSON.stringify({ path, size, sha256, role }))
    yield `${start === 0 ? '' : ','}${lines.join()}`
  }
  yield ']}'
}

/** @throws AppError `vault-damaged`, `vault-newer` */
export async function decodeManifest(key: string, repoId: string, bytes: Uint8Array): Promise<Manifest> {
  const text = await gunzipAsync(bytes, { maxOutputLength: UNPACKED_MAX_BYTES }).catch((error: unknown) => {
    throw damaged(key, `it cannot be unpacked (${error instanceof Error ? error.message : String(error)})`)
  })
  const manifest = decode(key, MANIFEST, text) as Manifest
  const problem = problemOf(key, repoId, manifest)
  if (problem !== undefined) throw damaged(key, problem)
  return manifest
}

/** @throws AppError `vault-damaged`, `vault-newer` */
export function decodeHead(key: string, bytes: Uint8Array): Head {
  const head = decode(key, HEAD, bytes)
  const named = parseManifestKey(head.manifestKey)
  if (named?.seq === head.seq && named.ulid === head.pushId) return head
  throw damaged(key, 'it does not agree with itself about which generation it names')
}

/** @throws AppError `vault-damaged`, `vault-newer` */
export function decodeFormat(key: string, repoId: string, bytes: Uint8Array): VaultFormat {
  const format = decode(key, FORMAT, bytes)
  if (format.repoId === repoId) return format
  throw damaged(key, `it belongs to the repository ${format.repoId.slice(0, 12)}…`)
}

/** A short JSON document: head, format, verifications, plans of collections. */
export function encodeJson(document: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(document)}\n`)
}

export function refOf({ seq, ulid }: Manifest, sha256: string): GenerationRef {
  return { seq, ulid, sha256 }
}

/** @throws AppError `vault-damaged`, `vault-newer` */
export function decode<T>(key: string, schema: z.ZodMiniType<T>, bytes: Uint8Array): T {
  let raw: unknown
  try {
    raw = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw damaged(key, 'it is not JSON')
  }
  const format = typeof raw === 'object' && raw !== null && 'format' in raw ? raw.format : undefined
  if (typeof format === 'number' && format > VAULT_FORMAT) {
    throw new AppError('vault-newer', `cannot read ${key}`, {
      reason: `it has format ${format}, and this borgboi knows up to ${VAULT_FORMAT}`,
      hint: 'update borgboi on this machine',
    })
  }
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw damaged(key, `its field ${issue?.path.map(String).join('.') || '(whole)'} is missing or malformed`)
}

/** What no repository can be: a path that leads elsewhere, twice the same, totals that do not add up. */
function problemOf(key: string, repoId: string, manifest: Manifest): string | undefined {
  const { borg, files, totals } = manifest
  const named = parseManifestKey(key)
  if (manifest.repoId !== repoId) return `it belongs to the repository ${manifest.repoId.slice(0, 12)}…`
  if (named?.seq !== manifest.seq || named.ulid !== manifest.ulid) return 'its name does not agree with its content'
  if (manifest.parent !== undefined && manifest.parent.seq >= manifest.seq) return 'its parent is not older'
  let bytes = 0
  let before = ''
  for (const { path, size, role } of files) {
    if (roleOf(path) !== role) return `it names a file that no repository has: ${JSON.stringify(path)}`
    if (before >= path) return `its files are not sorted, or ${path} is in it twice`
    const number = segmentNumber(path)
    if (number !== undefined && Number(path.split('/')[1]) !== Math.floor(number / borg.segmentsPerDir)) {
      return `the segment ${path} is in the wrong directory`
    }
    if (number !== undefined && number > borg.transactionId) return `the segment ${path} is later than its transaction`
    bytes += size
    before = path
  }
  return files.length === totals.files && bytes === totals.bytes ? undefined : 'its totals do not add up'
}

export function damaged(key: string, reason: string): AppError {
  return new AppError('vault-damaged', `cannot use ${key} in the vault`, {
    reason,
    hint: 'see what is affected with: borgboi s3 verify',
    context: { key },
  })
}
