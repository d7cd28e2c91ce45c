// How the client runs Borg, whatever Borg says: arguments, secrets, questions, signals, odd ends, endless output.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BorgClient, RepositoryAccess } from '../../../src/borg/client.ts'
import { parseCompression } from '../../../src/model/compression.ts'
import type { ExclusionPattern } from '../../../src/model/exclusions.ts'
import type { Warning } from '../../../src/model/run.ts'
import { SecretText } from '../../../src/model/secret.ts'
import type { RealBorgOptions } from '../../support/real-borg.ts'
import { openScriptedBorg, scriptedBorg } from '../../support/scripted-borg.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-Pa55 "phrase" ünï'
const access: RepositoryAccess = { path: '/srv/docs', passphrase: new SecretText(SENTINEL), lockWaitSeconds: 7 }
const DIFF = { before: 'a', after: 'b', paths: ['-p'], contentOnly: true }
const LIST = `echo '{"archives": []}'`

/** A client on a script that may use $DIR, and what that script left there. */
async function open(script: string, options: Omit<RealBorgOptions, 'executable'> = {}) {
  const directory = await tempDir()
  const borg = openScriptedBorg(directory, await scriptedBorg(directory, `DIR="${directory}"\n${script}`), options)
  const left = async (name: string) => await readFile(join(directory, name), 'utf8')
  return { borg, directory, left }
}

async function drain(borg: BorgClient, archive = 'a') {
  const paths: string[] = []
  for await (const entry of borg.contents(access, archive, [])) paths.push(entry.path)
  return paths
}

const entry = (path: string) =>
  JSON.stringify({ type: '-', mode: '-rw-r--r--', path, size: 1, mtime: '2026-01-02T03:04:05.000000' })

describe('the passphrase', () => {
  it('reaches Borg on a file descriptor, and nothing else of it anywhere', async () => {
    const script = `cat <&$BORG_PASSPHRASE_FD > $DIR/secret; env > $DIR/env; echo "$@" > $DIR/args; ${LIST}`
    const { borg, left } = await open(script, { env: { BORG_PASSPHRASE: 'another', BORG_PASSCOMMAND: 'false' } })

    await borg.list(access)

    expect(await left('secret')).toBe(SENTINEL)
    expect(await left('env')).not.toMatch(/sentinel|another|BORG_PASSCOMMAND/)
    expect(await left('args')).not.toContain('sentinel')
  })

  it('reaches a Borg that is run as it is told the same way, with the repository and Borg’s own exit codes', async () => {
    const { borg, left } = await open(
      'cat <&$BORG_PASSPHRASE_FD > $DIR/secret; env > $DIR/env; echo "$@" > $DIR/args; exit 31',
    )

    expect(await borg.passThrough(access, ['list', '--short', '::a'])).toBe(31)

    expect(await left('secret')).toBe(SENTINEL)
    expect(await left('args')).toBe('list --short ::a\n')
    const env = await left('env')
    expect(env).not.toContain('sentinel')
    expect(env).toMatch(/^BORG_REPO=\/srv\/docs$/m)
    expect(env).toMatch(/^BORG_EXIT_CODES=legacy$/m)
    expect(env).toMatch(/^BORG_RELOCATED_REPO_ACCESS_IS_OK=no$/m)
  })

  it('reaches the one Borg that changes it by its environment, and no other', async () => {
    const { borg, left } = await open(`env > $DIR/env-$1; echo "$@" > $DIR/args; ${LIST}`)

    await borg.changePassphrase(access, new SecretText('sentinel-next'))
    await borg.list(access)

    expect(await left('env-key')).toContain('BORG_NEW_PASSPHRASE=sentinel-next\n')
    expect(await left('env-key')).not.toContain(SENTINEL)
    expect(await left('env-list')).not.toContain('sentinel')
    expect(await left('args')).not.toContain('sentinel')
  })

  it('is not asked for where there is none', async () => {
    const { borg, left } = await open(`env > $DIR/env; ${LIST}`)

    await borg.list({ path: '/srv/docs', lockWaitSeconds: 1 })

    expect(await left('env')).not.toContain('BORG_PASSPHRASE_FD')
  })

  it('is in no failure, also where Borg says it', async () => {
    const { borg } = await open('echo "Traceback: $(cat <&$BORG_PASSPHRASE_FD)" >&2; exit 52')

    const failure = await borg.list(access).catch((error: unknown) => error)

    expect(failure).toMatchObject({ reason: 'Borg refused the passphrase', context: { log: ['Traceback: [secret]'] } })
    expect(JSON.stringify(failure)).not.toContain('sentinel')
  })
})

describe('the command line of Borg', () => {
  const args = async (call: (borg: BorgClient) => Promise<unknown>) => {
    const { borg, left } = await open(`printf '%s\\n' "$@" > $DIR/args`)
    await call(borg).catch(() => {})
    return (await left('args')).split('\n').slice(0, -1)
  }

  it('starts with the subcommand, JSON logs and how long to wait for locks', async () => {
    expect(await args((borg) => borg.list(access))).toEqual([
      'list',
      '--log-json',
      '--lock-wait',
      '7',
      '--json',
      '/srv/docs',
    ])
  })

  it('gives names and patterns so that Borg reads neither options nor placeholders', async () => {
    const created = await args((borg) =>
      borg.create(
        access,
        {
          archive: 'a{now}',
          sources: ['/home/me/-rf'],
          exclusions: ['sh:-x' as ExclusionPattern],
          compression: parseCompression('lz4'),
          checkpointSeconds: 60,
        },
        {},
      ),
    )

    expect(created).toEqual(expect.arrayContaining(['--exclude=sh:-x', '/srv/docs::a{{now}}']))
  })

  it.each([
    ['delete', (borg: BorgClient) => borg.deleteArchives(access, { archives: ['a', '-b'], dryRun: false })],
    ['list', (borg: BorgClient) => drain(borg)],
    ['diff', (borg: BorgClient) => Array.fromAsync(borg.diff(access, DIFF, {}))],
    ['export-tar', (borg: BorgClient) => borg.exportTar(access, { archive: 'a', paths: ['-p'], file: '/x' }, {})],
    [
      'extract',
      (borg: BorgClient) =>
        borg.extract(access, { archive: 'a', paths: ['-p'], destination: '/', stripComponents: 0, dryRun: true }, {}),
    ],
  ])('ends the options of %s before names', async (_, call) => {
    const given = await args(call)

    expect(given[given.indexOf('--') + 1]).toBe('/srv/docs::a')
  })

  it('never says both --stats and --dry-run', async () => {
    const prune = (dryRun: boolean) => (borg: BorgClient) =>
      borg.prune(access, { policy: { daily: 7, within: '1d' }, glob: 'docs-*', dryRun }, {})

    expect(await args(prune(true))).not.toContain('--stats')
    expect(await args(prune(false))).not.toContain('--dry-run')
    expect(await args(prune(false))).toEqual(expect.arrayContaining(['--keep-within=1d', '--keep-daily=7', 'docs-*']))
  })

  it('sets what only borg config can after init', async () => {
    const { borg, left } = await open(`echo "$@" >> $DIR/args`)

    await borg.init(access, {
      encryption: 'repokey',
      maxSegmentBytes: 104_857_600,
      additionalFreeBytes: 5,
      quotaBytes: 9,
    })

    expect((await left('args')).split('\n').slice(0, -1)).toEqual([
      'init --log-json --lock-wait 7 --encryption repokey --make-parent-dirs --storage-quota 9 /srv/docs',
      'config --log-json --lock-wait 7 /srv/docs max_segment_size 104857600',
      'config --log-json --lock-wait 7 /srv/docs additional_free_space 5',
    ])
  })
})

describe('Borg’s questions', () => {
  const answers = async (call: (borg: BorgClient) => Promise<unknown>) => {
    const { borg, left } = await open(`env > $DIR/env; ${LIST}`)
    await call(borg)
    return await left('env')
  }

  it('are answered no', async () => {
    const env = await answers((borg) => borg.list(access))

    expect(env).toContain('BORG_RELOCATED_REPO_ACCESS_IS_OK=no')
    expect(env).not.toContain('I_KNOW_WHAT_I_AM_DOING')
  })

  it('are answered yes for one access that trusts the place', async () => {
    const env = await answers((borg) => borg.list({ ...access, trustLocation: true }))

    expect(env).toContain('BORG_RELOCATED_REPO_ACCESS_IS_OK=yes')
    expect(env).toContain('BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes')
  })

  it('are answered YES only where a repository is deleted or repaired', async () => {
    const check = (repair: boolean) => (borg: BorgClient) =>
      borg.check(access, { verifyData: false, scope: 'all', repair }, {})

    expect(await answers(check(false))).not.toContain('I_KNOW_WHAT_I_AM_DOING')
    expect(await answers(check(true))).toContain('BORG_CHECK_I_KNOW_WHAT_I_AM_DOING=YES')
    expect(await answers((borg) => borg.deleteRepository(access))).toContain('BORG_DELETE_I_KNOW_WHAT_I_AM_DOING=YES')
  })
})

describe('Borg’s self-test', () => {
  it('runs once per client, and again after a failure', async () => {
    const { borg, left } = await open(
      `echo "\${BORG_SELFTEST-on}" >> $DIR/tests; [ -e $DIR/bad ] || { touch $DIR/bad; exit 2; }; ${LIST}`,
    )

    await borg.list(access).catch(() => {})
    await borg.list(access)
    await borg.list(access)

    expect((await left('tests')).split('\n').slice(0, -1)).toEqual(['on', 'on', 'disabled'])
  })
})

describe('odd answers', () => {
  it.each([
    '',
    'no json',
    '[]',
    'null',
    '7',
    '{"archives": 7}',
    '{"archives": [{"name": "a"}]}',
    '{"archives": [null]}',
  ])('borg list printing %j is a failure with a reason', async (said) => {
    const { borg } = await open(`printf '%s' '${said}'`)

    await expect(borg.list(access)).rejects.toMatchObject({
      code: 'borg-failed',
      reason: expect.stringMatching(/./),
      hint: expect.stringMatching(/./),
    })
  })

  it('a listing cut off in the middle of a line fails as Borg failed', async () => {
    const { borg } = await open(
      `echo '${entry('a')}'; printf '{"type": "-", "pa'; echo '{"type": "log_message", "levelname": "ERROR", "message": "gone", "name": "b", "msgid": "ConnectionClosed"}' >&2; exit 80`,
    )

    await expect(drain(borg)).rejects.toMatchObject({ code: 'repository-unreachable' })
  })

  it('a listing with a line that is no entry is a failure, after the entries there are', async () => {
    const { borg } = await open(`echo '${entry('a')}'; echo 'what?'; echo '${entry('b')}'`)
    const paths: string[] = []
    const read = async () => {
      for await (const { path } of borg.contents(access, 'a', [])) paths.push(path)
    }

    await expect(read()).rejects.toMatchObject({ code: 'borg-failed' })
    expect(paths).toEqual(['a', 'b'])
  })

  it('a warning by exit code alone is a warning with Borg’s last words', async () => {
    const warnings: Warning[] = []
    const { borg } = await open(
      `echo '{"type": "log_message", "levelname": "WARNING", "message": "odd thing", "name": "b"}' >&2; exit 1`,
    )

    await borg.compact(access, { onWarning: (warning) => warnings.push(warning) })

    expect(warnings).toEqual([{ kind: 'borg', message: 'odd thing' }])
  })

  it('a warning without a word is still a warning', async () => {
    const warnings: Warning[] = []
    const { borg } = await open('exit 127')

    await borg.compact(access, { onWarning: (warning) => warnings.push(warning) })

    expect(warnings).toEqual([{ kind: 'borg', message: 'borg compact ended with warning code 127' }])
  })

  it('noise on stderr, binary, endless and without line ends, changes nothing', async () => {
    const { borg } = await open(`head -c 8000000 /dev/urandom >&2; head -c 8000000 /dev/zero >&2; ${LIST}`)

    expect(await borg.list(access)).toEqual([])
  })
})

describe('stopping', () => {
  it('passes the signal on and reports an interruption', async () => {
    const stop = new AbortController()
    const script = `trap 'echo int >> $DIR/signals; exit 2' INT; touch $DIR/started; while :; do sleep 0.05; done`
    const { borg, directory, left } = await open(script, { stop: stop.signal })

    const run = borg.compact(access, {})
    while (!(await readdir(directory)).includes('started')) await new Promise((resolve) => setTimeout(resolve, 10))
    stop.abort('SIGINT')

    await expect(run).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(await left('signals')).toBe('int\n')
  })

  it('ends Borg when a reader has seen enough', async () => {
    const { borg } = await open(`while :; do echo '${entry('a')}'; done`)

    for await (const { path } of borg.contents(access, 'a', [])) {
      expect(path).toBe('a')
      break
    }
  })
})

describe('a listing of a million entries', () => {
  it('is read in flat memory', async () => {
    const { borg } = await open(`yes '${entry('home/me/a-name-of-a-usual-length.txt')}' | head -n 1000000`)
    const before = process.memoryUsage().rss
    let entries = 0
    let most = 0

    for await (const _ of borg.contents(access, 'a', [])) {
      if (++entries % 50_000 === 0) most = Math.max(most, process.memoryUsage().rss)
    }

    expect(entries).toBe(1_000_000)
    expect(most - before).toBeLessThan(100_000_000)
  })
})
