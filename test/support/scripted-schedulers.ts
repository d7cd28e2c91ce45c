// systemctl, launchctl, crontab and ps as shell scripts that keep what they are told in files, for machines that have one
// of them, or none. `calls` tells in which order they were asked for changes.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchedulerKind } from '../../src/model/schedule.ts'
import { MachineScheduler, type MachineSchedulerOptions } from '../../src/schedule/machine-scheduler.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { shellScript } from './programs.ts'

const CALL = 'echo "$(basename "$0") $*" >> "$state/calls"'

const SYSTEMCTL = `
[ "$1" != --user ] || shift
case "$1 $2" in
  "show --property=Version") exit 0 ;;
  "show --property=ActiveState,UnitFileState")
    [ -e "$state/active-$3" ] && echo ActiveState=active || echo ActiveState=inactive
    [ -e "$state/enabled-$3" ] && echo UnitFileState=enabled || echo UnitFileState=disabled ;;
  "show "*) echo ExecMainStatus=\${main_status:-0}; echo Result=success ;;
  "enable "*) touch "$state/enabled-$2"; ${CALL} ;;
  "restart "*) touch "$state/active-$2"; ${CALL} ;;
  "disable --now") rm -f "$state/enabled-$3" "$state/active-$3"; ${CALL} ;;
  *) ${CALL} ;;
esac`

const LAUNCHCTL = `
case "$1" in
  print) case "$2" in gui/*/* | system/*) [ -e "$state/loaded-\${2##*/}" ] ;; esac ;;
  bootout) ${CALL}; rm "$state/loaded-\${2##*/}" ;;
  bootstrap) ${CALL}; touch "$state/loaded-$(basename "$3" .plist)" ;;
esac`

const CRONTAB = `
case "$1" in
  -l) cat "$state/crontab" 2> /dev/null || { echo "no crontab for anna" >&2; exit 1; } ;;
  -r) rm "$state/crontab" ;;
  *) ${CALL.replace(' $*', '')}; cat "$1" > "$state/crontab" ;;
esac`

/** What each says where it is not what the machine has. */
const ABSENT: Record<SchedulerKind, string> = {
  systemd: 'echo "System has not been booted with systemd" >&2; exit 1',
  launchd: 'echo "launchctl: not found" >&2; exit 127',
  cron: 'echo "You (anna) are not allowed to use this program" >&2; exit 1',
}

export interface ScriptedMachine {
  readonly root: string
  /** The `.borgboi` directory. */
  readonly home: string
  readonly options: MachineSchedulerOptions
  readonly scheduler: MachineScheduler
  readonly clock: FakeClock
  /** The same machine and user, another home. */
  withHome(home: string): MachineScheduler
  calls(): Promise<string[]>
  crontab(text?: string): Promise<string>
}

/** `root`: an existing directory, which stands for the machine's. The user is anna, or root. */
export async function scriptedMachine(
  root: string,
  kinds: readonly SchedulerKind[],
  { asRoot = false, env = {} }: { readonly asRoot?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ScriptedMachine> {
  const [bin, state, userHome] = [join(root, 'bin'), join(root, 'state'), join(root, 'home/anna')]
  for (const directory of [bin, state, userHome, join(root, 'opt/borgboi')]) await mkdir(directory, { recursive: true })
  const script = async (name: string, kind: SchedulerKind, body: string) =>
    await shellScript(join(bin, name), `state='${state}'\n${kinds.includes(kind) ? body : ABSENT[kind]}`)
  await script('systemctl', 'systemd', SYSTEMCTL)
  await script('launchctl', 'launchd', LAUNCHCTL)
  await script('crontab', 'cron', CRONTAB)
  await shellScript(join(bin, 'ps'), `echo systemd; [ -e '${state}/no-cron' ] || echo /usr/sbin/cron`)
  await shellScript(join(bin, 'borg'), 'exit 0')
  await writeFile(join(root, 'opt/borgboi/bin.js'), '')
  const clock = new FakeClock()
  const options: MachineSchedulerOptions = {
    home: join(userHome, '.borgboi'),
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: userHome, ...env },
    user: { uid: asRoot ? 0 : 1000, name: 'anna', home: userHome },
    root,
    program: { interpreter: '/bin/sh', script: join(root, 'opt/borgboi/bin.js') },
    clock,
    settings: async () => ({ borg: 'borg' }),
  }
  const linger = join(root, 'var/lib/systemd/linger')
  await mkdir(linger, { recursive: true })
  await writeFile(join(linger, 'anna'), '')
  const read = async (name: string) => await readFile(join(state, name), 'utf8').catch(() => '')
  return {
    root,
    home: options.home,
    options,
    scheduler: new MachineScheduler(options),
    clock,
    withHome: (home) => new MachineScheduler({ ...options, home }),
    calls: async () => (await read('calls')).split('\n').filter((line) => line !== ''),
    crontab: async (text) => {
      if (text !== undefined) await writeFile(join(state, 'crontab'), text)
      return await read('crontab')
    },
  }
}
