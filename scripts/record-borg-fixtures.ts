// Records what a real Borg prints and how it ends, as our adapter calls it, into test/fixtures/borg/<version>/<case>.json,
// so that its unit tests run on every recorded version without a Borg. Run it as root, which alone can give up the right
// to read everything: node scripts/record-borg-fixtures.ts [BORG]

import { execFileSync, spawn } from 'node:child_process'
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BorgClient, CreateOptions, RepositoryAccess } from '../src/borg/client.ts'
import { parseCompression } from '../src/model/compression.ts'
import { SecretText } from '../src/model/secret.ts'
import { openRealBorg } from '../test/support/real-borg.ts'

const borg = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', process.argv[2] ?? 'borg'], { encoding: 'utf8' }).trim()
const version = /\d+\.\d+\.\d+\S*/.exec(execFileSync(borg, ['--version'], { encoding: 'utf8' }))?.[0] ?? 'unknown'
const target = join(import.meta.dirname, '../test/fixtures/borg', version)
const root = await mkdtemp(join(tmpdir(), 'borg-fixtures-'))
const calls = join(root, 'calls')
const source = join(root, 'source')
const cases = new Map<string, string>()
const CREATE = { exclusions: [], compression: parseCompression('lz4'), checkpointSeconds: 1800 }

try {
  await mkdir(calls)
  await record(await openRecordedBorg())
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  for (const [name, text] of cases) await writeFile(join(target, `${name}.json`), text)
  console.log(`${cases.size} cases of Borg ${version}`)
} finally {
  await rm(root, { recursive: true, force: true })
}

/** A client whose Borg notes, per subcommand, what it was given and what it gave. It may not read what root may not. */
async function openRecordedBorg(): Promise<BorgClient> {
  const recorder = join(root, 'borg')
  const withoutRootRights = 'setpriv --bounding-set -dac_override,-dac_read_search'
  await writeFile(
    recorder,
    `#!/bin/sh
case "$1" in -*) name=option ;; *) name="$1" ;; esac
printf '%s\\0' "$@" > "${calls}/$name.args"
${withoutRootRights} "${borg}" "$@" > "${calls}/$name.stdout" 2> "${calls}/$name.stderr"
code=$?
echo $code > "${calls}/$name.code"
cat "${calls}/$name.stdout"
cat "${calls}/$name.stderr" >&2
exit $code
`,
  )
  await chmod(recorder, 0o755)
  return openRealBorg(root, { executable: recorder, timeoutMs: 60_000 })
}

async function record(client: BorgClient): Promise<void> {
  const access = at('repository')
  const empty = join(root, 'empty')
  const handlers = {}
  await mkdir(empty)
  await plantSource()
  const create = (archive: string, changes: Partial<CreateOptions> = {}) =>
    client.create(access, { ...CREATE, sources: [source], archive, ...changes }, handlers)
  const extract = (archive: string, paths: string[], from = access) =>
    client.extract(from, { archive, paths, destination: empty, stripComponents: 0, dryRun: true }, handlers)
  const prune = (dryRun: boolean) =>
    client.prune(access, { policy: { last: 1, yearly: 2 }, glob: 'docs*', dryRun }, handlers)
  const check = (from: RepositoryAccess) => client.check(from, { verifyData: true, scope: 'all' }, handlers)

  await keep('init', 'init', client.init(access, { encryption: 'repokey-blake2' }))
  await keep('init-exists', 'init', client.init(access, { encryption: 'repokey-blake2' }))
  await keep('create', 'create', create('docs (1 of 2) with spaces'))
  await keep('create-exists', 'create', create('docs (1 of 2) with spaces'))
  await chmod(join(source, 'secret.txt'), 0)
  await keep('create-unreadable', 'create', create('docs-unreadable', { sources: [source, join(root, 'gone')] }))
  await chmod(join(source, 'secret.txt'), 0o600)
  const touching = setInterval(() => void utimes(join(source, 'large.bin'), new Date(), new Date()), 1)
  await keep('create-changed', 'create', create('docs-changed'))
  clearInterval(touching)
  await keep('list', 'list', client.list(access))
  await keep('contents', 'list', drain(client, access, 'docs-changed'))
  await keep('contents-archive-missing', 'list', drain(client, access, 'nope'))
  await keep('info', 'info', client.info(access))
  await keep('extract', 'extract', extract('docs-changed', []))
  await keep('extract-unmatched', 'extract', extract('docs-changed', [`${source.slice(1)}/plain.txt`, 'no/such']))
  await keep('check', 'check', check(access))
  await keep('passphrase-wrong', 'list', client.list({ ...access, passphrase: new SecretText('not it') }))
  await keep('passphrase-missing', 'list', client.list({ path: access.path, lockWaitSeconds: 1 }))
  await keep('repository-missing', 'list', client.list(at('nowhere')))
  await keep('repository-invalid', 'list', client.list(at('source')))
  await whileLocked(access, () => keep('locked', 'compact', client.compact(access, handlers)))
  await cp(access.path, at('copy').path, { recursive: true })
  await keep('prune-dry', 'prune', prune(true))
  await keep('prune', 'prune', prune(false))
  await keep('compact', 'compact', client.compact(access, handlers))
  await create('docs-x')
  await keep('delete', 'delete', client.deleteArchives(access, { archives: ['docs-x'], dryRun: false }))
  await keep('usage', 'compact', client.compact({ ...access, path: '--no-such-option' }, handlers))
  await client.init(at('keyfile'), { encryption: 'keyfile-blake2' })
  await rm(join(root, '.config/borg/keys'), { recursive: true })
  await keep('key-missing', 'info', client.info(at('keyfile')))
  await client.init(at('small'), { encryption: 'repokey-blake2', quotaBytes: 10_000_000 })
  const full = client.create(at('small'), { ...CREATE, sources: [join(root, 'noise')], archive: 'a' }, handlers)
  await keep('repository-full', 'create', full)
  await keep('delete-repository', 'delete', client.deleteRepository(at('small')))
  await keep('repository-moved', 'info', client.info(at('copy')))
  const trusted = { ...at('copy'), trustLocation: true }
  await keep('repository-older', 'extract', extract('docs (1 of 2) with spaces', [], trusted))
  await breakSegment(trusted.path)
  await keep('check-damaged', 'check', check(trusted))
  for (const known of ['.config/borg/security', '.cache/borg']) await rm(join(root, known), { recursive: true })
  await keep('extract-damaged', 'extract', extract('docs (1 of 2) with spaces', [], trusted))
}

function at(name: string): RepositoryAccess {
  return { path: join(root, name), passphrase: new SecretText('fixture passphrase'), lockWaitSeconds: 1 }
}

async function plantSource(): Promise<void> {
  await mkdir(join(source, 'sub'), { recursive: true })
  await writeFile(join(source, 'plain.txt'), 'plain')
  await writeFile(join(source, 'secret.txt'), 'secret')
  await writeFile(join(source, 'sub', 'quote" back\\slash new\nline ünï.txt'), 'odd')
  await writeFile(Buffer.concat([Buffer.from(`${source}/sub/bytes-`), Buffer.from([0xff, 0xfe])]), 'odd bytes')
  await symlink('../plain.txt', join(source, 'sub', 'link'))
  await writeFile(join(source, 'large.bin'), noise(1_000_000))
  await writeFile(join(root, 'noise'), noise(12_000_000))
}

/** Bytes that hardly compress, the same in every recording. */
function noise(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  for (let i = 0, x = 1; i < bytes; i++) {
    x = (x * 48271) % 2147483647
    buffer[i] = x & 255
  }
  return buffer
}

async function drain(client: BorgClient, access: RepositoryAccess, archive: string): Promise<void> {
  for await (const _entry of client.contents(access, archive, []));
}

/** The newest call of `subcommand` as a case; whether it failed is part of the case. */
async function keep(name: string, subcommand: string, call: Promise<unknown>): Promise<void> {
  await call.catch(() => {})
  const read = (part: string) => readFile(join(calls, `${subcommand}.${part}`), 'utf8')
  const args = (await read('args')).split('\0').slice(0, -1)
  const recorded = {
    args,
    exitCode: Number(await read('code')),
    stdout: await read('stdout'),
    stderr: await read('stderr'),
  }
  cases.set(name, `${normalize(JSON.stringify(recorded, null, 2))}\n`)
}

/** Another Borg holds the lock meanwhile. */
async function whileLocked(access: RepositoryAccess, act: () => Promise<void>): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: root, BORG_BASE_DIR: root, BORG_HOST_ID: 'host@1' }
  const holder = spawn(borg, ['with-lock', access.path, 'sleep', '60'], { env, stdio: 'ignore', detached: true })
  const pid = holder.pid
  if (pid === undefined) throw new Error('borg with-lock did not start')
  try {
    while (!(await readdir(access.path)).includes('lock.exclusive')) await delay(50)
    await act()
  } finally {
    process.kill(-pid)
    while ((await readdir(access.path)).includes('lock.exclusive')) await delay(50)
  }
}

async function breakSegment(repository: string): Promise<void> {
  const directory = join(repository, 'data/0')
  const sizes = await Promise.all(
    (await readdir(directory)).map(async (name) => [(await readFile(join(directory, name))).length, name] as const),
  )
  const [size, name] = sizes.sort(([a], [b]) => b - a)[0] ?? [0, '']
  await truncate(join(directory, name), Math.floor(size / 2))
}

/** Places, hosts, users, ids and times that differ from one recording to the next. */
function normalize(text: string): string {
  const ids = new Map<string, string>()
  return text
    .replaceAll(root, '/tmp/root')
    .replaceAll(root.slice(1), 'tmp/root')
    .replaceAll(hostname(), 'host')
    .replace(/\\"\/[^"]*\/borg\\"/g, '\\"borg\\"')
    .replaceAll(`\\"${userInfo().username}\\"`, '\\"user\\"')
    .replace(/\b[0-9a-f]{64}\b/g, (id) => {
      const known = ids.get(id) ?? (ids.size + 1).toString(16).padStart(64, '0')
      ids.set(id, known)
      return known
    })
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}/g, '2026-01-02T03:04:05.000000')
    .replace(/[A-Z][a-z]{2}, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'Fri, 2026-01-02 03:04:05')
    .replace(/[^\s"]*\/(?=getpass\.py|borg\/\w+\.py)/g, '/usr/lib/python3/')
    .replace(/(\\"(?:time|duration)\\": )\d+\.\d+(?:e-\d+)?/g, '$11.5')
}
