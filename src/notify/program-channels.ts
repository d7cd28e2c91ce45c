// Notifiers that are programs of this machine: Apprise, and what shows messages on its desktop.

import { environmentForOthers } from '../model/secret.ts'
import { runProgram } from '../platform/process.ts'
import { findProgram } from '../platform/programs.ts'
import { effectiveUid } from '../platform/user.ts'
import { type Channel, type ChannelContext, shorten } from './channel.ts'
import type { Message } from './message.ts'

const APPRISE_TYPES: Record<Message['level'], string> = { info: 'info', warning: 'warning', error: 'failure' }

/** Its addresses are secrets: they stay in its configuration file, and only the name of that is on the command line. */
export function apprise({ settings, env }: ChannelContext): Channel {
  return {
    send: async ({ level, title, text }, signal) => {
      const program = await findProgram('apprise', env)
      if (program === undefined) return 'the program apprise is not installed'
      const args = ['--config', settings.url_file ?? '', '--notification-type', APPRISE_TYPES[level], '--title', title]
      return await outcomeOf(program.path, args, { env, input: text, signal })
    },
  }
}

const DESKTOP_MAX_BYTES = 500
/** The texts are arguments: in the script they could be taken for a part of it. */
const APPLE_SCRIPT = ['on run {what, about}', 'display notification about with title what', 'end run']

export function desktop({ env }: ChannelContext): Channel {
  return {
    send: async ({ level, title, text }, signal) => {
      const about = shorten(text, DESKTOP_MAX_BYTES)
      const linux = await findProgram('notify-send', env)
      if (linux) {
        const urgency = level === 'error' ? 'critical' : 'normal'
        const args = ['--app-name=borgboi', `--urgency=${urgency}`, '--', title, about]
        return await outcomeOf(linux.path, args, { env: withSessionBus(env), signal })
      }
      const mac = await findProgram('osascript', env)
      if (mac === undefined) return 'neither notify-send nor osascript is installed'
      return await outcomeOf(mac.path, [...APPLE_SCRIPT.flatMap((line) => ['-e', line]), title, about], { env, signal })
    },
  }
}

/** A timer's environment does not say where the session of the person is. */
function withSessionBus(env: ChannelContext['env']): ChannelContext['env'] {
  return { DBUS_SESSION_BUS_ADDRESS: `unix:path=/run/user/${effectiveUid()}/bus`, ...env }
}

interface Call {
  readonly env: ChannelContext['env']
  readonly input?: string
  readonly signal: AbortSignal
}

async function outcomeOf(
  path: string,
  args: readonly string[],
  { env, input, signal }: Call,
): Promise<string | undefined> {
  let last = ''
  const hear = (line: string) => {
    if (line.trim() !== '') last = line.trim().slice(0, 200)
  }
  const running = await runProgram(path, args, {
    env: environmentForOthers(env),
    input,
    asGroup: true,
    kill: signal,
    onStderrLine: hear,
  })
  for await (const line of running.stdout) hear(line)
  const { exitCode, startError } = await running.end
  if (exitCode === 0) return undefined
  if (signal.aborted) return 'it did not end in time'
  if (startError !== undefined) return `${path} cannot be run (${startError})`
  return `${path} failed${last === '' ? '' : `: ${last}`}`
}
