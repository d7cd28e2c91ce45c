// Classes of characters in regular expressions of JavaScript with the flag v, made of what other notations have in theirs.

export type ClassMember = { readonly character: string } | { readonly set: string }

export function inClass(member: ClassMember): string {
  return 'set' in member ? member.set : literal(member.character)
}

/** @throws SyntaxError where it would run backwards, or from or to what is no character */
export function rangeOf(low: ClassMember, high: ClassMember): string {
  if ('set' in low || 'set' in high || isBackwards(low.character, high.character)) {
    throw new SyntaxError('bad character range')
  }
  return `${literal(low.character)}-${literal(high.character)}`
}

export function isBackwards(low: string, high: string): boolean {
  return codeOf(low) > codeOf(high)
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

/** A character as it stands for itself, inside and outside of classes. */
export function literal(character: string): string {
  return /^[a-zA-Z0-9]$/.test(character) ? character : `\\u{${codeOf(character).toString(16)}}`
}
