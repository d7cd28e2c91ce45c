import { describe, expect, it } from 'vitest'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const run = (...args: string[]) => borgboi({ root: '/nowhere' }, ...args)

describe('a command line that means nothing', () => {
  it.each([
    [['repo', 'lst'], 'there is no command "repo lst"', 'borgboi repo list'],
    [['bakcup', 'daily'], 'there is no command "bakcup daily"', 'borgboi backup daily'],
    [['versoin'], 'there is no command "versoin"', 'borgboi version'],
    [['repo'], 'there is no command "repo"', 'repo has create, import'],
    [['repo', 'quota'], 'there is no command "repo quota"', 'borgboi repo set-quota'],
    [['repo', 'frobnicate'], 'there is no command "repo frobnicate"', 'repo has create, import'],
    [['frobnicate'], 'there is no command "frobnicate"', 'nothing there is comes near it'],
    [['repo', 'list', '--jsno'], 'borgboi repo list has no option --jsno', '--json'],
    [['backup', 'daily', '--al'], 'borgboi backup daily has no option --al', '--all'],
    [['backup', 'daily', '--job=3'], 'borgboi backup daily has no option --job', '--jobs'],
    [['backup', 'restore', '-x'], 'borgboi backup restore has no option -x', 'none of its options'],
    [['backup', 'restore', '--elsewhere'], 'borgboi backup restore has no option --elsewhere', 'none of its options'],
  ])('%j names the nearest, or what there is', async (args, message, nearest) => {
    const failure = expectFailure(await run(...args), 'usage-invalid')

    expect(failure.message).toBe(message)
    expect(failure.reason).toContain(nearest)
    expect(failure.hint).toMatch(/^see borgboi .*--help/)
  })

  it.each([
    [['backup', 'delete'], 'borgboi backup delete'],
    [['repo', 'list', 'extra'], 'borgboi repo list'],
    [['repo', 'move', 'docs', '/elsewhere'], 'borgboi repo move'],
    [['backup', 'daily', '--name'], 'borgboi backup daily'],
    [['repo', 'list', '--', '--jsno'], 'borgboi repo list'],
  ])('%j says what is wrong with it', async (args, command) => {
    const failure = expectFailure(await run(...args), 'usage-invalid')

    expect(failure.message).toBe(`${command} cannot be run like that`)
    expect(failure.hint).toBe(`see ${command} --help`)
  })

  it('is no question for help behind --', async () => {
    const failure = expectFailure(await run('repo', 'list', '--', '--help'), 'usage-invalid')

    expect(failure.message).toBe('borgboi repo list cannot be run like that')
  })

  it('that begins with an option says where options go', async () => {
    const failure = expectFailure(await run('--json', 'repo', 'list'), 'usage-invalid')

    expect(failure).toMatchObject({
      message: 'options come after the command',
      hint: 'write it like borgboi repo list --json',
    })
  })

  it('is told in JSON where JSON is asked for', async () => {
    const result = await run('repo', 'lst', '--json')

    expect(result).toMatchObject({ exitCode: 2, stderr: '' })
    expect(result.json()).toEqual([
      expect.objectContaining({ message_type: 'exit_error', code: 'usage-invalid', exitCode: 2 }),
    ])
  })

  it('prints nothing on stdout', async () => {
    expect((await run('nope')).stdout).toBe('')
  })
})

describe('values of options', () => {
  it.each([
    [['backup', 'daily', '--all', '--jobs', '0'], 'usage-invalid'],
    [['backup', 'daily', '--all', '--jobs', 'many'], 'usage-invalid'],
    [['backup', 'check', '--only', 'half'], 'usage-invalid'],
    [['backup', 'restore', '--overwrite', 'sometimes'], 'value-invalid'],
    [['backup', 'restore', '--strip-components', '-1'], 'usage-invalid'],
    [['backup', 'list', '--last', '0.5'], 'usage-invalid'],
    [['repo', 'create', '--name', 'docs'], 'usage-invalid'],
    [['repo', 'info', '--passphrase-fd', 'three'], 'usage-invalid'],
  ] as const)('%j is refused', async (args, code) => {
    expectFailure(await borgboi({ root: await tempDir() }, ...args), code)
  })
})
