// What is read of schedules that are installed, from files as they may lie there.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCalendar } from '../../../src/model/calendar.ts'
import { MachineScheduler } from '../../../src/schedule/machine-scheduler.ts'
import { formatNote } from '../../../src/schedule/note.ts'
import { shellScript } from '../../support/programs.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A user without rights, whose systemctl says `answer`. */
async function setUp(answer: string) {
  const root = await tempDir()
  const bin = join(root, 'bin')
  const units = join(root, 'home/.config/systemd/user')
  await mkdir(bin)
  await mkdir(units, { recursive: true })
  await shellScript(join(bin, 'systemctl'), answer)
  const home = join(root, 'home/.borgboi')
  const user = { uid: 1000, name: 'anna', home: join(root, 'home') }
  const scheduler = new MachineScheduler({ home, env: { PATH: `${bin}:/usr/bin:/bin` }, user, root })
  const install = async (name: string, of = home, program = ['/bin/sh']) => {
    const conditions = { network: false, volume: false, mains: false, waitMs: 0 }
    const schedule = { at: parseCalendar('daily'), jitterMs: 0, conditions }
    await writeFile(join(units, name), `# ${formatNote({ home: of, schedule, program })}\n[Timer]\n`)
  }
  return { root, units, scheduler, install }
}

const ACTIVE = 'echo ActiveState=active; echo UnitFileState=enabled'

describe('listing schedules', () => {
  it('finds those of this home among other files, and that they end with the session', async () => {
    const { root, units, scheduler, install } = await setUp(ACTIVE)
    await install('borgboi.timer')
    await install('borgboi-other.timer', '/home/bert/.borgboi')
    await writeFile(join(units, 'borgboi-foreign.timer'), '[Timer]\nOnCalendar=daily\n')
    const session = await scheduler.list()
    await mkdir(join(root, 'var/lib/systemd/linger'), { recursive: true })
    await writeFile(join(root, 'var/lib/systemd/linger/anna'), '')

    expect(session).toMatchObject([
      {
        id: 'borgboi',
        scheduler: 'systemd',
        scope: 'user',
        active: true,
        files: [join(units, 'borgboi.timer'), join(units, 'borgboi.service')],
        problems: [{ message: 'the timer stops when anna logs out' }],
      },
    ])
    expect(await scheduler.list()).toMatchObject([{ problems: [] }])
  })

  it.each([
    ['echo ActiveState=inactive; echo UnitFileState=disabled', 'the timer borgboi.timer is not active'],
    ['echo Failed to connect to bus >&2; exit 1', 'systemd cannot be asked: Failed to connect to bus'],
  ])('says why nothing will start: %s', async (answer, message) => {
    const { scheduler, install } = await setUp(answer)
    await install('borgboi.timer')

    expect(await scheduler.list()).toMatchObject([{ active: false, problems: [{ message }] }])
  })

  it('says that the program is gone', async () => {
    const { scheduler, install } = await setUp(ACTIVE)
    await install('borgboi.timer', undefined, ['/bin/sh', '/no/such/borgboi'])

    expect(await scheduler.list()).toMatchObject([
      { active: false, problems: [{ message: 'it starts /no/such/borgboi, which is no longer there' }, {}] },
    ])
  })
})
