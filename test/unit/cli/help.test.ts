import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerHelp } from '../../../src/cli/answer-help.ts'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { nameOf } from '../../../src/cli/find-command.ts'
import { TOPICS } from '../../../src/cli/topics.ts'
import { EXIT } from '../../../src/errors.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { Terminal } from '../../support/terminal.ts'

const root = join(import.meta.dirname, '../../..')

/** Help opens nothing: there need not be a home. */
const run = (...args: string[]) => borgboi({ root: '/nowhere' }, ...args)

const names = COMMANDS.map(nameOf)

describe.each(COMMANDS.map((command) => [nameOf(command), command.usage] as const))('borgboi %s', (name, usage) => {
  it('says what it does in one short line, and how it may end', () => {
    expect(usage?.description).toMatch(/^[a-z][^\n.]{10,80}$/)
    expect(usage?.details).toMatch(/Exit status: 0 fine, 1 failed, 2 wrong use or configuration/)
    expect(usage?.category).toMatch(/^[A-Z]/)
  })

  it('has two examples or more, each a command of that name', () => {
    expect(usage?.examples?.length).toBeGreaterThanOrEqual(2)
    for (const [what, line] of usage?.examples ?? []) {
      expect(what).toMatch(/^[A-Z].*[^.]$/)
      expect(line).toMatch(new RegExp(`\\$0 ${name}\\b`))
    }
  })

  it('prints the same help for --help, -h and help', async () => {
    const words = name.split(' ')
    const results = await Promise.all([run(...words, '--help'), run('help', ...words), run(...words, '-h', '--oops')])

    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1)
    expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(results.map(() => [EXIT.ok, '']))
    expect(results[0]?.stdout.split('\n')[0]).toMatch(new RegExp(`^borgboi ${name}( |$)`))
  })
})

describe('help', () => {
  it('of all commands stays as it was, unless it is meant to change', async () => {
    const texts = await Promise.all(names.map(async (name) => (await run(...name.split(' '), '--help')).stdout))

    await expect(texts.join(`\n${'─'.repeat(100)}\n\n`)).toMatchFileSnapshot('help.txt')
  })

  it('lists every command', async () => {
    const { stdout } = await run('--help')

    for (const name of names) expect(stdout).toContain(`borgboi ${name} `)
  })

  it('of a group lists its commands and the topics that belong to it', async () => {
    const [{ stdout }, nested] = await Promise.all([run('help', 'vault'), run('repo', 'key', '--help')])

    expect(stdout).toMatch(/^ {2}borgboi vault add .*\n {2}borgboi vault list /m)
    expect(stdout).toContain('borgboi help vaults')
    expect(stdout).not.toContain('borgboi repo')
    expect(nested.stdout.match(/^ {2}borgboi .*/gm)).toEqual([
      expect.stringContaining('borgboi repo key export'),
      expect.stringContaining('borgboi repo key import'),
      expect.stringContaining('borgboi help retention'),
      expect.stringContaining('borgboi help passphrases'),
    ])
  })

  it('of an unknown command in a group is the list of the group', async () => {
    expect((await run('vault', 'frobnicate', '--help')).stdout).toBe((await run('help', 'vault')).stdout)
  })

  it('of anything else names the nearest', async () => {
    const failures = [await run('help', 'retentoin'), await run('bakcup', 'daily', '--help')]

    expect(failures.map((failed) => expectFailure(failed, 'usage-invalid').reason)).toEqual([
      'the nearest there is is borgboi help retention',
      'the nearest there is is borgboi help backup',
    ])
  })

  it('behind options alone is the list of all', async () => {
    expect((await run('--json', '--help')).stdout).toBe((await run('--help')).stdout)
  })
})

describe('a topic', () => {
  it.each(TOPICS)('$name is a page of docs, or sections of one', async ({ name, also = [], page, sections }) => {
    const answers = await Promise.all([name, ...also].map((word) => run('help', word)))

    for (const { exitCode, stdout } of answers) {
      expect(exitCode).toBe(0)
      expect(stdout.split('\n').length).toBeGreaterThan(10)
      expect(stdout).not.toMatch(/```|\]\(|^#/m)
    }
    if (sections) expect(await readFile(join(root, page), 'utf8')).toContain(`## ${sections[0]}\n`)
  })

  it('has a name that is no command, and belongs to groups there are', () => {
    const groups = names.map((name) => name.split(' ')[0])

    expect(TOPICS.flatMap(({ name, also = [] }) => [name, ...also]).filter((word) => groups.includes(word))).toEqual([])
    for (const { groups: own = [] } of TOPICS) for (const group of own) expect(groups).toContain(group)
  })

  it('is in the list of topics, and in that of all commands', async () => {
    for (const list of [await run('help', 'topics'), await run('help')]) {
      for (const { name } of TOPICS) expect(list.stdout).toContain(`borgboi help ${name} `)
    }
  })

  it('is JSON where that is asked for', async () => {
    expect((await run('help', 'retention', '--json')).json()).toEqual([
      { about: 'retention', text: expect.stringContaining('Which archives stay') },
    ])
  })

  it('of an installation without its pages is an error', async () => {
    const context = { env: {}, stdout: new Terminal(), readPage: async () => undefined }

    await expect(answerHelp(COMMANDS, ['json'], context)).rejects.toMatchObject({ code: 'file-unusable' })
  })
})
