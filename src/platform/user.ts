// Who runs this process, and where the homes of users are.

import { homedir, userInfo } from 'node:os'
import { readTextIfAny } from './files.ts'
import { runProgram } from './process.ts'

/** The user whose rights this process has. Systems without users count as root. */
export function effectiveUid(): number {
  return process.geteuid?.() ?? 0
}

/** The home of the user who runs this process. */
export function ownHome(): string {
  return homedir()
}

export interface Account {
  readonly uid: number
  readonly home: string
}

/** An account by its name: from /etc/passwd, or from wherever the system keeps its users. Undefined where there is none. */
export async function findAccount(name: string): Promise<Account | undefined> {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.@\\-]*$/u.test(name)) return undefined
  const lines = ((await readTextIfAny('/etc/passwd')) ?? '').split('\n')
  return accountOf(lines, name) ?? accountOf(await directoryLines(name), name)
}

/** macOS and networked accounts are not in /etc/passwd. `id -P` is macOS's way to print a line of it. */
async function directoryLines(name: string): Promise<string[]> {
  const [file, args] = process.platform === 'darwin' ? ['id', ['-P', name]] : ['getent', ['passwd', name]]
  const lines: string[] = []
  const running = await runProgram(file, args, { env: { PATH: '/usr/bin:/bin' }, timeoutMs: 5000 })
  for await (const line of running.stdout) lines.push(line)
  await running.end
  return lines
}

/** `name:x:uid:gid:…:home:shell`: macOS puts three fields more in the middle, so the home counts from the end. */
function accountOf(lines: readonly string[], name: string): Account | undefined {
  for (const line of lines) {
    const fields = line.split(':')
    const home = fields.at(-2)
    if (fields[0] === name && home?.startsWith('/') && /^\d+$/.test(fields[2] ?? '')) {
      return { uid: Number(fields[2]), home }
    }
  }
  return undefined
}

/** The name of the user who runs this process. */
export function ownName(): string {
  return userInfo().username
}
