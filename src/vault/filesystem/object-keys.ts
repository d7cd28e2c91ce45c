// Which keys name objects of a vault in a directory, and how they are ordered. Names that start with a dot are never
// objects: they are borgboi's own, those of file servers (`.nfs…`) and of desktops (`.DS_Store`).

import { refuse } from '../../model/validate.ts'
import { MARKER } from './marker.ts'

/** The names of a key, from the root down. @throws AppError `value-invalid` for what could lead elsewhere */
export function segmentsOf(key: string): string[] {
  const segments = key.split('/')
  const isSafe = segments.every((segment) => segment !== '' && !segment.startsWith('.'))
  if (isSafe && key !== MARKER && key.isWellFormed() && !key.includes('\0')) return segments
  refuse('object key', key, 'a vault in a directory has no such objects', 'please report this as a defect of borgboi')
}

export function isObjectName(name: string, isAtRoot: boolean): boolean {
  return !name.startsWith('.') && !(isAtRoot && name === MARKER)
}

/** The order of S3: that of UTF-8 bytes. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
