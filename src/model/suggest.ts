// The nearest known word to a mistyped one.

import { distance } from 'fastest-levenshtein'

/** Undefined where nothing is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3))
  let best: { word: string; distance: number } | undefined
  for (const candidate of known) {
    const away = distance(word.toLowerCase(), candidate.toLowerCase())
    if (away <= limit && (best === undefined || away < best.distance)) best = { word: candidate, distance: away }
  }
  return best?.word
}
