// A look at the passphrase files that changes nothing: who owns them, who may read them.

import { join } from 'node:path'
import type { Finding } from '../model/finding.ts'
import { listIfAny, lstatIfAny, statIfAny } from '../platform/files.ts'
import { OTHERS_BITS } from '../platform/secret-file.ts'

export async function auditPassphrases(directory: string, trustedUids: readonly number[]): Promise<Finding[]> {
  const facts = await statIfAny(directory)
  if (facts === undefined) return [{ level: 'ok', subject: directory, message: 'will be made when it is needed' }]
  const findings: Finding[] = []
  if ((facts.mode & OTHERS_BITS) !== 0) {
    findings.push({
      level: 'warning',
      subject: directory,
      message: 'is open to other users',
      hint: `close it with: chmod 700 ${directory}`,
    })
  }
  const all = ((await listIfAny(directory)) ?? []).sort()
  const names = all.filter((name) => name.endsWith('.key'))
  for (const name of all.filter((file) => file.endsWith(NEXT))) findings.push(unfinished(directory, name))
  for (const name of names) findings.push(...(await auditFile(join(directory, name), trustedUids)))
  if (findings.length > 0) return findings
  const files = names.length === 1 ? '1 passphrase file is' : `${names.length} passphrase files are`
  return [{ level: 'ok', subject: directory, message: `${files} private to the owner` }]
}

const NEXT = '.key.new'

function unfinished(directory: string, name: string): Finding {
  const repo = name.slice(0, -NEXT.length)
  return {
    level: 'warning',
    subject: join(directory, name),
    message: 'is of a change of the passphrase that was not finished',
    hint: `finish it with: borgboi repo passphrase change --name ${repo}`,
  }
}

async function auditFile(path: string, trustedUids: readonly number[]): Promise<Finding[]> {
  const facts = await lstatIfAny(path)
  if (facts === undefined) return []
  if (!facts.isFile()) {
    return [
      { level: 'error', subject: path, message: 'is not a regular file', hint: `look at it with: ls -ld ${path}` },
    ]
  }
  if (!trustedUids.includes(facts.uid)) {
    const hint = `if it is yours: sudo chown "$(id -u)" ${path}`
    return [{ level: 'error', subject: path, message: `belongs to another user (uid ${facts.uid})`, hint }]
  }
  if ((facts.mode & OTHERS_BITS) === 0) return []
  return [
    { level: 'warning', subject: path, message: 'is open to other users', hint: `close it with: chmod 600 ${path}` },
  ]
}
