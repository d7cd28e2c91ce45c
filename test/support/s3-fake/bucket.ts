// A bucket in memory: objects, their older versions, and uploads in parts.

import { createHash, randomUUID } from 'node:crypto'

export interface FakeObject {
  readonly bytes: Buffer
  /** Without quotes. */
  readonly etag: string
  readonly modified: Date
  readonly metadata: Record<string, string>
}

/** Of a key; without an object it was deleted then. */
export interface FakeVersion {
  readonly key: string
  readonly id: string
  readonly object: FakeObject | undefined
  readonly modified: Date
}

export interface FakeUpload {
  readonly key: string
  readonly id: string
  readonly begun: Date
  readonly metadata: Record<string, string>
  readonly parts: Map<number, FakeObject>
}

/** Of every part but the last: S3's own minimum. */
const MIN_PART_BYTES = 5 * 1024 * 1024

export class FakeBucket {
  readonly objects = new Map<string, FakeObject>()
  readonly uploads = new Map<string, FakeUpload>()
  /** Of the newest version of a key. */
  readonly locks = new Map<string, { readonly mode: string; readonly until: Date }>()
  /** The newest first. */
  readonly versions: FakeVersion[] = []

  store(key: string, bytes: Buffer, metadata: Record<string, string>, modified: Date): FakeObject {
    return this.#keep(key, { bytes, etag: md5(bytes), modified, metadata })
  }

  remove(key: string, modified: Date): void {
    this.objects.delete(key)
    this.versions.unshift({ key, id: randomUUID(), object: undefined, modified })
  }

  begin(key: string, metadata: Record<string, string>, begun: Date): FakeUpload {
    const upload = { key, id: randomUUID(), begun, metadata, parts: new Map<number, FakeObject>() }
    this.uploads.set(upload.id, upload)
    return upload
  }

  /** Undefined: one of the parts is not there, another one, or too small. */
  complete(
    upload: FakeUpload,
    wanted: readonly { number: number; etag: string }[],
    modified: Date,
  ): FakeObject | undefined {
    const parts = wanted.map(({ number, etag }) => {
      const part = upload.parts.get(number)
      return part?.etag === etag ? part : undefined
    })
    if (parts.length === 0 || !parts.every((part) => part !== undefined)) return undefined
    if (parts.slice(0, -1).some(({ bytes }) => bytes.length < MIN_PART_BYTES)) return undefined
    const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')))
    const object = {
      bytes: Buffer.concat(parts.map(({ bytes }) => bytes)),
      etag: `${md5(digests)}-${parts.length}`,
      modified,
      metadata: upload.metadata,
    }
    this.uploads.delete(upload.id)
    return this.#keep(upload.key, object)
  }

  /** The object, or that version of it. */
  find(key: string, versionId: string | null): FakeObject | undefined {
    if (versionId === null) return this.objects.get(key)
    return this.versions.find((version) => version.key === key && version.id === versionId)?.object
  }

  #keep(key: string, object: FakeObject): FakeObject {
    this.objects.set(key, object)
    this.versions.unshift({ key, id: randomUUID(), object, modified: object.modified })
    return object
  }

  /** In the order of their bytes, as S3 lists. */
  keys(prefix: string, after: string): string[] {
    const isWanted = (key: string) => key.startsWith(prefix) && compare(key, after) > 0
    return [...this.objects.keys()].filter(isWanted).sort(compare)
  }
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}

export function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
