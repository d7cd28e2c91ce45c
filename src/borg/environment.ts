// The environment Borg runs in, built from an allow-list: nothing of the person's shell reaches Borg by accident, and
// above all no passphrase. Source: borg help environment, Borg 1.4.

import { PLACE_VARIABLES } from './places.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Taken over as they are. Borg's own places and its ssh command are the user's to set. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'TZ',
  'SSH_AUTH_SOCK',
  ...PLACE_VARIABLES,
  'BORG_KEY_FILE',
  'BORG_REMOTE_PATH',
  'BORG_FUSE_IMPL',
  'BORG_FILES_CACHE_TTL',
  'BORG_FILES_CACHE_SUFFIX',
] as const

const UTF8_LOCALE = 'C.UTF-8'

/** Questions Borg may ask are answered no here; a single command says yes through `extra` after our own check. */
export function borgEnvironment(
  env: Environment,
  hostId: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  return {
    ...Object.fromEntries(passed),
    BORG_HOST_ID: env['BORG_HOST_ID'] ?? hostId,
    BORG_RSH: env['BORG_RSH'] ?? 'ssh -oBatchMode=yes -oServerAliveInterval=30 -oServerAliveCountMax=6',
    BORG_EXIT_CODES: 'modern',
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'no',
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'no',
    BORG_DISPLAY_PASSPHRASE: 'no',
    BORG_SHOW_SYSINFO: 'no',
    LANG: UTF8_LOCALE,
    LC_ALL: UTF8_LOCALE,
    ...extra,
  }
}
