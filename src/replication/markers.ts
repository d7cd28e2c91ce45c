// What collections of garbage leave in the vault: which generations have expired, and which blobs nobody needed when.

import * as z from 'zod/mini'
import { VAULT_FORMAT } from '../model/generation.ts'
import type { Chain } from './chain.ts'
import { decode, MANIFEST_MAX_BYTES } from './documents.ts'

const seq = z.int().check(z.positive())

/** A generation is not offered any more; after the grace it is deleted. */
const EXPIRED = z.object({
  format: z.literal(VAULT_FORMAT),
  kind: z.literal('expired'),
  seq,
  ulid: z.string(),
  at: z.string(),
})
/** Hashes of the blobs that no manifest named at that time, sorted. */
const SWEEP = z.object({
  format: z.literal(VAULT_FORMAT),
  kind: z.literal('sweep'),
  at: z.string(),
  blobs: z.array(z.string()),
})
const MARKER = z.union([EXPIRED, SWEEP])

export type ExpiredMarker = z.infer<typeof EXPIRED>
export type SweepMarker = z.infer<typeof SWEEP>

export interface Marker<Document = ExpiredMarker | SweepMarker> {
  readonly key: string
  /** By the vault's clock. */
  readonly writtenAt: Date
  readonly document: Document
}

/** Oldest first. @throws AppError `vault-damaged`: what a marker says is deleted by, so that none is guessed */
export async function readMarkers(chain: Chain): Promise<Marker[]> {
  const markers: Marker[] = []
  for await (const { key, lastModified } of chain.vault.list(chain.keys.collections)) {
    if (!key.endsWith('.json')) continue
    const bytes = await chain.readBytes(key, MANIFEST_MAX_BYTES)
    // Gone since the listing: another collection has finished with it.
    if (bytes) markers.push({ key, writtenAt: lastModified, document: decode(key, MARKER, bytes) })
  }
  return markers.toSorted((a, b) => a.writtenAt.getTime() - b.writtenAt.getTime())
}

export function isExpired(marker: Marker): marker is Marker<ExpiredMarker> {
  return marker.document.kind === 'expired'
}

export function isSweep(marker: Marker): marker is Marker<SweepMarker> {
  return marker.document.kind === 'sweep'
}
