// SHA-256 and its HMAC for the AWS SDK's signer. The SDK's own hand the bytes of their key to Node for every request, which
// then looks in vain for a key object in them: that is a third of what signing costs. Here the key object is made once.

import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto'

type SourceData = string | ArrayBuffer | ArrayBufferView

export class Sha256 {
  readonly #key: string | KeyObject | undefined
  #hash: Hash | Hmac

  constructor(secret?: SourceData) {
    this.#key = secret === undefined ? undefined : keyOf(secret)
    this.#hash = this.#begin()
  }

  update(data: SourceData): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#begin()
  }

  #begin(): Hash | Hmac {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key)
  }
}

/** The signer uses the same bytes for every request of a day. */
const keys = new WeakMap<object, KeyObject>()

function keyOf(secret: SourceData): string | KeyObject {
  if (typeof secret === 'string') return secret
  const known = keys.get(secret)
  if (known !== undefined) return known
  const key = createSecretKey(bytesOf(secret))
  keys.set(secret, key)
  return key
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
