import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { nameOf } from '../../../src/cli/find-command.ts'
import { EXIT } from '../../../src/errors.ts'
import { borgboi } from '../../support/run-cli.ts'

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

  it('of an unknown command is the list of all', async () => {
    expect((await run('repo', 'frobnicate', '--help')).stdout).toBe((await run('--help')).stdout)
  })
})
