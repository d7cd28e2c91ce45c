// The vault over S3 as it was at a time, where the bucket keeps older versions: what was deleted or overwritten since is
// there again. It can only be read.

import type { VaultSettings } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { VaultContext } from '../context.ts'
import type { ObjectFacts, StoredObject, Vault } from '../vault.ts'
import { S3Connection } from './connection.ts'
import { readFacilities, requireVersions } from './facilities.ts'
import { S3_LIMITS, type S3Limits } from './limits.ts'
import { listPast, listPastDirectories } from './list-past.ts'
import { getObject, headObject } from './read-object.ts'

/** @throws AppError `value-invalid` for an address or an endpoint it cannot be */
export async function openPastVault(
  settings: VaultSettings,
  context: VaultContext,
  asOf: Date,
  limits: S3Limits = S3_LIMITS,
): Promise<Vault> {
  const connection = new S3Connection(settings, context, limits)
  const { stop } = context
  const { url } = connection.location
  const past = new Past(connection, asOf, stop)
  const refuse = async () => {
    throw new AppError('usage-invalid', `cannot change ${url} as it was at ${asOf.toISOString()}`, {
      reason: 'what was can only be read',
      hint: 'leave --vault-as-of out',
    })
  }
  return {
    url,
    concurrency: limits.concurrency,
    put: refuse,
    async get(key, options = {}) {
      const versionId = await connection.told(past.versionOf(key))
      if (versionId === undefined) return undefined
      const signal = options.signal ?? stop
      const found = await connection.told(getObject(connection, key, { ...options, versionId }, signal))
      if (found === undefined || found === 'unchanged') return found
      return { facts: found.facts, body: connection.toldEach(found.body) } satisfies StoredObject
    },
    async head(key) {
      const versionId = await connection.told(past.versionOf(key))
      return versionId === undefined ? undefined : await connection.told(headObject(connection, key, stop, versionId))
    },
    list: (prefix, options = {}) => connection.toldEach(past.list(prefix, options.after)),
    listDirectories: (prefix) => connection.told(past.listDirectories(prefix)),
    delete: refuse,
    sweepUnfinished: refuse,
    facilities: () => connection.told(readFacilities(connection, stop)),
    close: () => connection.close(),
  }
}

class Past {
  readonly #connection: S3Connection
  readonly #asOf: Date
  readonly #stop: AbortSignal
  /** By directory, the version of each key: a restore asks for thousands, and what was does not change. */
  readonly #versions = new Map<string, Promise<ReadonlyMap<string, string>>>()
  #checked: Promise<void> | undefined

  constructor(connection: S3Connection, asOf: Date, stop: AbortSignal) {
    this.#connection = connection
    this.#asOf = asOf
    this.#stop = stop
  }

  async versionOf(key: string): Promise<string | undefined> {
    const directory = key.slice(0, key.lastIndexOf('/') + 1)
    const versions = this.#versions.get(directory) ?? this.#versionsIn(directory)
    this.#versions.set(directory, versions)
    return (await versions).get(key)
  }

  async *list(prefix: string, after: string | undefined): AsyncGenerator<ObjectFacts> {
    await this.#requireVersions()
    const query = { prefix, after, asOf: this.#asOf }
    for await (const { facts } of listPast(this.#connection, query, this.#stop)) yield facts
  }

  async listDirectories(prefix: string): Promise<readonly string[]> {
    await this.#requireVersions()
    return await listPastDirectories(this.#connection, { prefix, asOf: this.#asOf }, this.#stop)
  }

  async #versionsIn(prefix: string): Promise<ReadonlyMap<string, string>> {
    await this.#requireVersions()
    const versions = new Map<string, string>()
    const query = { prefix, asOf: this.#asOf, flat: true }
    for await (const { facts, versionId } of listPast(this.#connection, query, this.#stop)) {
      versions.set(facts.key, versionId)
    }
    return versions
  }

  /** Without them all that was overwritten or deleted would seem never to have been there. */
  #requireVersions(): Promise<void> {
    this.#checked ??= requireVersions(this.#connection, this.#stop)
    return this.#checked
  }
}
