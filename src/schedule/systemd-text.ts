// The text of a timer and of the service it starts. Source: systemd.timer(5), systemd.service(5), systemd.exec(5).

import { formatCalendar } from '../model/calendar.ts'
import { formatSpan } from '../model/quantities.ts'
import { scheduledWords } from './command-line.ts'
import { type Job, subjectOf } from './job.ts'
import type { Scope } from './machine.ts'
import { formatNote } from './note.ts'

/** A secret that systemd hands to the service and to nobody else. */
export interface Credential {
  readonly name: string
  readonly path: string
  /** Whether `systemd-creds` has encrypted it. */
  readonly encrypted: boolean
}

/** The name of the credentials file of the AWS tools. */
const AWS_CREDENTIAL = 'borgboi.aws'
const PASSPHRASE_CREDENTIAL = 'borgboi.passphrase.'

export function renderTimer(job: Job, scope: Scope): string {
  const { at, jitterMs } = job.note.schedule
  return unit(job, scope, 'timer', {
    Unit: [`Description=borgboi backs up ${escapeSpecifiers(subjectOf(job.note))}`],
    Timer: [
      `OnCalendar=${formatCalendar(at)}`,
      'Persistent=true',
      ...(jitterMs > 0 ? [`RandomizedDelaySec=${formatSpan(jitterMs)}`] : []),
    ],
    Install: ['WantedBy=timers.target'],
  })
}

export function renderService(job: Job, scope: Scope, credentials: readonly Credential[]): string {
  const words = [...job.note.program, ...scheduledWords(job.note, { jitter: false, catchUp: false, log: false })]
  const secrets = credentials.map(
    ({ name, path, encrypted }) =>
      `LoadCredential${encrypted ? 'Encrypted' : ''}=${escapeSpecifiers(`${name}:${path}`)}`,
  )
  const aws = credentials.some(({ name }) => name === AWS_CREDENTIAL)
  return unit(job, scope, 'service', {
    Unit: [
      `Description=borgboi backs up ${escapeSpecifiers(subjectOf(job.note))}`,
      ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    ],
    Service: [
      'Type=oneshot',
      `ExecStart=${words.map(quoteArgument).join(' ')}`,
      // Finished with warnings, and skipped on purpose, are no failures.
      'SuccessExitStatus=3 75',
      ...Object.entries(job.environment).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`),
      ...secrets,
      ...(aws ? [`Environment=AWS_SHARED_CREDENTIALS_FILE=%d/${AWS_CREDENTIAL}`] : []),
      // Borg is told to stop by borgboi, once: told twice it may leave its lock.
      'KillMode=mixed',
      'TimeoutStopSec=3min',
      'Nice=10',
      'CPUSchedulingPolicy=batch',
      'IOSchedulingClass=best-effort',
      'IOSchedulingPriority=7',
      'UMask=0077',
      ...HARDENING,
      ...(scope === 'system' ? SYSTEM_HARDENING : []),
    ],
  })
}

/** None of it changes what a backup can read, or where repositories and vaults can be. */
const HARDENING = [
  'NoNewPrivileges=true',
  'LockPersonality=true',
  'RestrictRealtime=true',
  'SystemCallArchitectures=native',
]

/** What only the manager of the machine can do. */
const SYSTEM_HARDENING = [
  'ProtectSystem=full',
  'ProtectControlGroups=true',
  'ProtectHostname=true',
  'ProtectKernelLogs=true',
  'ProtectKernelTunables=true',
  'SystemCallFilter=~@clock @cpu-emulation @debug @module @obsolete @reboot @swap',
  'SystemCallErrorNumber=EPERM',
]

function unit(
  { id, note }: Job,
  scope: Scope,
  kind: 'timer' | 'service',
  sections: Readonly<Record<string, readonly string[]>>,
): string {
  const edit = `systemctl ${scope === 'user' ? '--user ' : ''}edit ${id}.${kind}`
  const head = [
    '# Written by borgboi schedule install, and again by the next one. What you want otherwise goes into a drop-in:',
    `# ${edit}`,
    `# ${formatNote(note)}`,
  ]
  const blocks = Object.entries(sections).map(([name, lines]) => [`[${name}]`, ...lines].join('\n'))
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`
}

function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%')
}

/** One word of a setting. */
function quote(word: string): string {
  const escaped = escapeSpecifiers(word).replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  return /^[\w@:,./=+%-]+$/.test(escaped) ? escaped : `"${escaped}"`
}

/** One word of a command line, where `$` starts a variable. */
function quoteArgument(word: string): string {
  return quote(word.replaceAll('$', '$$$$'))
}

/** `borgboi.passphrase.docs` is for the runs of docs, and of every repo. */
export function isCredential(name: string, repo: string | undefined): boolean {
  if (name === AWS_CREDENTIAL) return true
  return repo === undefined ? name.startsWith(PASSPHRASE_CREDENTIAL) : name === `${PASSPHRASE_CREDENTIAL}${repo}`
}
