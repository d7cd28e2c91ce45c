// Archives that are held: never pruned, deleted or rewritten before they are released. Their name says it, so that every
// machine, every copy and Borg itself know of it, and a prune of one repo's own names does not even look at them.

const HELD = 'held:'

export function isHeld(archive: string): boolean {
  return archive.startsWith(HELD)
}

/** What an archive is called while it is held. No repo's name has a colon: no backup ever makes such a name. */
export function heldName(archive: string): string {
  return isHeld(archive) ? archive : `${HELD}${archive}`
}

/** What it is called when it is not. */
export function releasedName(archive: string): string {
  return isHeld(archive) ? archive.slice(HELD.length) : archive
}

/**
 * Whether a Borg `--glob-archives` pattern could match an archive that is held. Source: borg/shellpattern.py, the same in
 * 1.2 and 1.4. What it puts in for `{hostname}` and the like has no colon.
 */
export function mayMatchHeld(glob: string): boolean {
  const parts = glob.match(PART) ?? []
  for (const [place, letter] of [...HELD].entries()) {
    const part = parts[place]
    if (part === '*') return true
    if (part === undefined || !matchesLetter(part, letter)) return false
  }
  return true
}

/** A set of characters, which may begin with its own bracket, or a character. */
const PART = /\[!?.[^\]]*\]|./gsu

function matchesLetter(part: string, letter: string): boolean {
  const [, not, set] = /^\[(!?)(.+)\]$/su.exec(part) ?? []
  if (set === undefined) return part === '?' || part === letter
  return new RegExp(`^[${not ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]$`, 'u').test(letter)
}
