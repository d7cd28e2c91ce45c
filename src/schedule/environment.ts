// The environment of scheduled runs: a PATH that has Borg, and what tells borgboi, Borg and the AWS tools their places.
// An allow-list of paths and names: nothing in it is a secret, because anybody may read a unit.

import { dirname } from 'node:path'
import { findProgram } from '../platform/programs.ts'

type Environment = Readonly<Record<string, string | undefined>>

const USUAL_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

const PASSED_ON = [
  'BORGBOI_HOME',
  'BORG_BASE_DIR',
  'BORG_CACHE_DIR',
  'BORG_CONFIG_DIR',
  'BORG_SECURITY_DIR',
  'BORG_KEYS_DIR',
  'BORG_REMOTE_PATH',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'TZ',
] as const

export interface ScheduledEnvironment {
  readonly interpreter: string
  /** Borg, by name or path. */
  readonly borg: string
  /** The configuration file, where it is not the usual one. */
  readonly configFile: string | undefined
  readonly home: string
  /** Whether it runs as root: then the user who called sudo says whose home and files are meant. */
  readonly asRoot: boolean
}

/** By name, in order. */
export async function scheduledEnvironment(
  { interpreter, borg, configFile, home, asRoot }: ScheduledEnvironment,
  env: Environment,
): Promise<Readonly<Record<string, string>>> {
  const program = await findProgram(borg, env)
  const own = [dirname(interpreter), ...(program === undefined ? [] : [dirname(program.path)])]
  const passed = [...PASSED_ON, ...(asRoot ? (['SUDO_USER'] as const) : [])].filter((name) => env[name])
  const variables = {
    PATH: [...new Set([...own, ...USUAL_PATH])].join(':'),
    HOME: env['HOME'] || home,
    ...Object.fromEntries(passed.map((name) => [name, env[name] ?? ''])),
    ...(configFile === undefined ? {} : { BORGBOI_CONFIG: configFile }),
  }
  return Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Part of what decides how borgboi works, but not what it does. */
const HARMLESS = /^(BORGBOI_CONFIG|BORG_HOST_ID|BORG_(NEW_)?PASSPHRASE|BORG_PASSCOMMAND|AWS_PAGER|AWS_.*TELEMETRY.*)$/

/** Variables that mean something now and will not be there: names only, because some of them are secrets. */
export function leftBehind(env: Environment): readonly string[] {
  const kept: readonly string[] = PASSED_ON
  return Object.keys(env)
    .filter((name) => /^(BORGBOI|BORG|AWS)_/.test(name) && env[name] && !kept.includes(name) && !HARMLESS.test(name))
    .sort()
}
