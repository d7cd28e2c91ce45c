// The numbers of the S3 vault: sizes, numbers at once, patience.

const MIB = 1024 * 1024

export interface S3Limits {
  /** Requests at once, unless the server asks for fewer. */
  readonly concurrency: number
  /** Up to here a body is taken into memory and sent with its headers; larger ones are streamed. */
  readonly bufferedBytes: number
  /** Up to here an object is one request; larger ones go up in parts. */
  readonly singlePutBytes: number
  /** Of a part, unless there would be more than 10,000 (S3's own limit). */
  readonly partBytes: number
  /** Parts of one object at once. */
  readonly partsAtOnce: number
  /** Tries of one request without progress. */
  readonly attempts: number
  /** After that long of failures no further try is begun. */
  readonly budgetMs: number
  /** A connection that carries no byte for so long is given up. */
  readonly idleMs: number
  readonly connectMs: number
}

export const S3_LIMITS: S3Limits = {
  concurrency: 16,
  bufferedBytes: MIB,
  // Borg ends a segment of 100 MiB only after the chunk that goes beyond: with the largest, 20 MiB more.
  singlePutBytes: 128 * MIB,
  partBytes: 32 * MIB,
  partsAtOnce: 4,
  attempts: 8,
  budgetMs: 15 * 60_000,
  idleMs: 60_000,
  connectMs: 10_000,
}

const MAX_PARTS = 10_000

/** Of all parts of an object but its last: whole MiB where the usual size would make too many. */
export function partBytesFor(size: number, usual: number): number {
  return size <= usual * MAX_PARTS ? usual : Math.ceil(size / MAX_PARTS / MIB) * MIB
}
