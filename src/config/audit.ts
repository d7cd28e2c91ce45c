// What the configuration's own sources tell when they are looked at closely; see ConfigSource.audit.

import { AppError } from '../errors.ts'
import type { ConfigEntry } from '../model/config-entry.ts'
import type { Finding } from '../model/finding.ts'
import { requireWritable, statIfAny } from '../platform/files.ts'
import type { Resolved } from './layers.ts'
import { keyOf } from './schema.ts'

interface AuditedSources {
  readonly home: string
  readonly path: string
  resolved(): Promise<Resolved>
}

export async function auditConfig({ home, path, resolved }: AuditedSources): Promise<Finding[]> {
  const permissions = await auditHome(home)
  try {
    const { entries, problems } = await resolved()
    if (problems.length > 0) {
      const errors = problems.map(
        ({ where, message, hint }): Finding => ({ level: 'error', subject: where, message, hint }),
      )
      return [...errors, ...permissions]
    }
    return [await auditFile(path, entries), ...entries.flatMap(auditEntry), ...permissions]
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [{ level: 'error', subject: path, message: error.reason ?? error.message, ...hintOf(error) }, ...permissions]
  }
}

function hintOf({ hint }: AppError): { hint?: string } {
  return hint === undefined ? {} : { hint }
}

const OTHERS = 0o077

async function auditHome(home: string): Promise<Finding[]> {
  const facts = await statIfAny(home)
  if (facts === undefined) return [{ level: 'ok', subject: home, message: 'will be made when it is needed' }]
  if (!facts.isDirectory()) {
    return [
      { level: 'error', subject: home, message: 'is not a directory', hint: `move it away: mv ${home} ${home}.old` },
    ]
  }
  try {
    await requireWritable(home)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const message = `cannot be written, so that nothing can run: ${error.reason}`
    return [{ level: 'error', subject: home, message, ...hintOf(error) }]
  }
  if ((facts.mode & OTHERS) === 0) return [{ level: 'ok', subject: home, message: 'is private to its owner' }]
  return [
    { level: 'warning', subject: home, message: 'is open to other users', hint: `close it with: chmod 700 ${home}` },
  ]
}

async function auditFile(path: string, entries: readonly ConfigEntry[]): Promise<Finding> {
  const facts = await statIfAny(path)
  if (facts === undefined) return { level: 'ok', subject: path, message: 'is not there: every key has its default' }
  const secrets = entries.filter(({ key, origin }) => keyOf(key)?.secret && origin.kind === 'file')
  if (secrets.length > 0 && (facts.mode & OTHERS) !== 0) {
    return {
      level: 'warning',
      subject: path,
      message: `holds ${secrets.map(({ key }) => key).join(' and ')} and is open to other users`,
      hint: `close it with: chmod 600 ${path}`,
    }
  }
  return { level: 'ok', subject: path, message: 'can be read, and every key and value in it is known' }
}

function auditEntry({ key, origin }: ConfigEntry): Finding[] {
  if (keyOf(key)?.hasEffect || origin.kind === 'default') return []
  return [
    {
      level: 'warning',
      subject: key,
      message: 'has no effect in this version',
      hint: 'it is accepted because BorgBoi 1.x had it; leave it out',
    },
  ]
}
