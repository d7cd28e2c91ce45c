// The repository's own config file, where it is on this machine: what it tells costs no Borg process.
// Source: borg docs internals/data-structures, "Config file": INI, section [repository].

import { join } from 'node:path'
import { readTextIfAny } from '../platform/files.ts'
import type { RepositoryAccess, RepositoryLimits } from './client.ts'
import { isLocal } from './location.ts'

/** Undefined for a remote repository, or where there is none. @throws AppError `file-denied` */
export async function readRepositoryLimits(access: RepositoryAccess): Promise<RepositoryLimits | undefined> {
  const config = await readConfig(access)
  if (config === undefined) return undefined
  const bytes = (key: string) => parseBytes(new RegExp(`^${key}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(config)?.[1])
  return { quotaBytes: bytes('storage_quota'), additionalFreeBytes: bytes('additional_free_space') }
}

/** Borg writes quotas as plain numbers, and the free space as `borg config` was given it. */
function parseBytes(written: string | undefined): number {
  const [, amount = '0', unit = ''] = /^(\d+(?:\.\d+)?)([KMGTP]?)B?$/i.exec(written ?? '') ?? []
  return Math.round(Number(amount) * 1000 ** ' KMGTP'.indexOf(unit.toUpperCase() || ' '))
}

/** 64 hex digits; undefined for a remote repository, or where there is none. @throws AppError `file-denied` */
export async function readRepositoryId(access: RepositoryAccess): Promise<string | undefined> {
  const config = await readConfig(access)
  return /^id\s*=\s*([0-9a-f]{64})\s*$/m.exec(config ?? '')?.[1]
}

async function readConfig(access: RepositoryAccess): Promise<string | undefined> {
  return isLocal(access) ? await readTextIfAny(join(access.path, 'config')) : undefined
}
