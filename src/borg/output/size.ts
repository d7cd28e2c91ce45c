// Sizes in Borg's human-readable figures, where it offers no others: `3.15 kB`, `-764 B`.

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  EB: 1e18,
}

/** Bytes, to the two decimals Borg prints; undefined when it is no such figure. */
export function parseBorgSize(text: string): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?) ?([kMGTPE]?B)$/.exec(text.trim())
  const unit = UNITS[match?.[2] ?? '']
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : undefined
}

/** The bytes the deleted archives alone used, from the `--stats` line "Deleted data: original compressed deduplicated". */
export function parseDeletedBytes(text: string): number | undefined {
  const match = /^Deleted data:\s+\S+ \S+\s+\S+ \S+\s+(\S+ \S+)\s*$/.exec(text)
  const bytes = match?.[1] === undefined ? undefined : parseBorgSize(match[1])
  return bytes === undefined ? undefined : Math.abs(bytes)
}
