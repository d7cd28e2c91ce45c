// Regular expressions as Python reads them, for Borg's `re:` patterns, made into ones of JavaScript that find the same.
// Source: the documentation of Python's `re`. What JavaScript cannot do the same way is said to be foreign, not guessed.

import { type ClassMember, inClass, literal, rangeOf } from './character-class.ts'

/** Broken: Python refuses it. Foreign: Python may take it, and what it finds cannot be told here. */
export type TranslatedRegex = { readonly regex: RegExp } | { readonly broken: string } | { readonly foreign: string }

export function translateRegex(source: string): TranslatedRegex {
  try {
    return { regex: new Translation(source).run() }
  } catch (error) {
    if (error instanceof Foreign) return { foreign: error.message }
    if (error instanceof SyntaxError) return { broken: error.message }
    throw error
  }
}

class Foreign extends Error {}

interface Flags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly ascii: boolean
}

const END = '(?![^])'
const FLAG_NAMES: Readonly<Record<string, keyof Flags>> = { i: 'ignoreCase', m: 'multiline', s: 'dotAll', a: 'ascii' }
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
/** What stands between the brackets of a class, for Unicode and for ASCII. */
const CATEGORIES: Readonly<Record<string, readonly [unicode: string, ascii: string]>> = {
  d: ['\\p{Nd}', '0-9'],
  w: ['\\p{L}\\p{N}_', 'a-zA-Z0-9_'],
  s: [
    '\\u{9}-\\u{d}\\u{1c}-\\u{20}\\u{85}\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}',
    '\\u{9}-\\u{d}\\u{20}',
  ],
}

class Translation {
  readonly #source: readonly string[]
  #at = 0
  #flags: Flags = { ignoreCase: false, multiline: false, dotAll: false, ascii: false }

  constructor(source: string) {
    this.#source = [...source]
  }

  run(): RegExp {
    this.#globalFlags()
    const { ignoreCase } = this.#flags
    const text = this.#alternatives()
    if (this.#at < this.#source.length) throw new SyntaxError('unbalanced )')
    return new RegExp(text, ignoreCase ? 'iv' : 'v')
  }

  #peek(text: string): boolean {
    return [...text].every((character, index) => this.#source[this.#at + index] === character)
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false
    this.#at += [...text].length
    return true
  }

  #next(missing: string): string {
    const character = this.#source[this.#at++]
    if (character === undefined) throw new SyntaxError(missing)
    return character
  }

  #while(isOne: RegExp, most = Number.POSITIVE_INFINITY): string {
    let text = ''
    while (text.length < most && isOne.test(this.#source[this.#at] ?? '')) text += this.#source[this.#at++]
    return text
  }

  /** `(?i)` at the very beginning holds for everything; older Pythons take it elsewhere too. */
  #globalFlags(): void {
    const [, letters] = /^\(\?([a-zA-Z]+)\)/.exec(this.#source.join('')) ?? []
    if (letters === undefined) return
    this.#at = letters.length + 3
    this.#flags = { ...this.#flags, ...this.#switched(letters, true) }
  }

  #switched(letters: string, on: boolean): Partial<Flags> {
    const named = [...letters].filter((letter) => letter !== 'u')
    const unknown = named.find((letter) => !Object.hasOwn(FLAG_NAMES, letter))
    if (unknown === 'x') throw new Foreign('the verbose flag (?x)')
    if (unknown !== undefined) throw new SyntaxError(`unknown flag ${unknown}`)
    return Object.fromEntries(named.map((letter) => [FLAG_NAMES[letter], on]))
  }

  #alternatives(): string {
    const branches = [this.#sequence()]
    while (this.#take('|')) branches.push(this.#sequence())
    return branches.join('|')
  }

  #sequence(): string {
    let text = ''
    /** What a quantifier would stand behind; absent where nothing may be repeated. */
    let item: string | undefined
    while (this.#at < this.#source.length && !this.#peek('|') && !this.#peek(')')) {
      if (this.#comment()) continue
      const quantifier = this.#quantifier()
      if (quantifier !== undefined) {
        if (item === undefined) throw new SyntaxError('nothing to repeat')
        text += `(?:${item})${quantifier}`
        item = undefined
        continue
      }
      text += item ?? ''
      const { piece, isPlace } = this.#piece()
      text += isPlace ? piece : ''
      item = isPlace ? undefined : piece
    }
    return text + (item ?? '')
  }

  #comment(): boolean {
    if (!this.#take('(?#')) return false
    while (this.#next('unterminated comment') !== ')');
    return true
  }

  #quantifier(): string | undefined {
    const repeated = this.#repetition()
    if (repeated === undefined) return undefined
    if (this.#take('+')) throw new Foreign('a possessive quantifier')
    const lazy = this.#take('?') ? '?' : ''
    if (/^[*+?]$/.test(this.#source[this.#at] ?? '')) throw new SyntaxError('multiple repeat')
    return repeated + lazy
  }

  #repetition(): string | undefined {
    for (const sign of ['*', '+', '?']) if (this.#take(sign)) return sign
    const start = this.#at
    if (!this.#take('{')) return undefined
    const least = this.#while(/^\d$/)
    const isRange = this.#take(',')
    const most = isRange ? this.#while(/^\d$/) : least
    if (!this.#take('}') || (least === '' && !isRange)) {
      this.#at = start
      return undefined
    }
    if (most !== '' && Number(most) < Number(least)) throw new SyntaxError('min repeat greater than max repeat')
    return `{${least === '' ? 0 : least},${most}}`
  }

  /** `isPlace`: it matches a place, not text, and cannot be repeated. */
  #piece(): { readonly piece: string; readonly isPlace?: boolean } {
    const { multiline, dotAll } = this.#flags
    const character = this.#next('')
    switch (character) {
      case '.':
        return { piece: dotAll ? '[^]' : '[^\\n]' }
      case '^':
        return { piece: multiline ? '(?<![^\\n])' : '(?<![^])', isPlace: true }
      case '$':
        return { piece: multiline ? `(?=\\n|${END})` : `(?=\\n?${END})`, isPlace: true }
      case '[':
        return { piece: this.#class() }
      case '(':
        return { piece: this.#group() }
      case '\\':
        return this.#escape()
      default:
        return { piece: literal(character) }
    }
  }

  #group(): string {
    const before = this.#flags
    const opening = this.#opening()
    const text = this.#alternatives()
    if (!this.#take(')')) throw new SyntaxError('missing ), unterminated subpattern')
    this.#flags = before
    return `(?:${opening}${text}${opening === '' ? '' : ')'})`
  }

  #opening(): string {
    if (!this.#take('?')) return ''
    for (const look of ['=', '!', '<=', '<!']) if (this.#take(look)) return `(?${look}`
    if (this.#take(':')) return ''
    if (this.#take('>')) throw new Foreign('an atomic group')
    if (this.#peek('(')) throw new Foreign('a conditional group')
    if (this.#take('P=')) throw new Foreign('a back-reference')
    if (this.#take('P<')) {
      const name = this.#while(/^[^>)]$/u)
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || !this.#take('>')) throw new SyntaxError('bad group name')
      return ''
    }
    const [on, off] = [this.#while(/^[a-zA-Z]$/), this.#take('-') ? this.#while(/^[a-zA-Z]$/) : '']
    if (on + off !== '' && this.#peek(')')) throw new Foreign('flags that are not at the beginning')
    if (on + off === '' || !this.#take(':')) throw new SyntaxError('unknown extension')
    this.#flags = { ...this.#flags, ...this.#switched(on, true), ...this.#switched(off, false) }
    return this.#flags.ignoreCase ? '(?i:' : '(?-i:'
  }

  #escape(): { readonly piece: string; readonly isPlace?: boolean } {
    const digits = this.#octal(false)
    if (digits !== undefined) return { piece: literal(digits) }
    const character = this.#next('bad escape at the end')
    const word = `[${this.#category('w')}]`
    if (/^[1-9]$/.test(character)) throw new Foreign('a back-reference')
    if (character === 'A') return { piece: '(?<![^])', isPlace: true }
    if (character === 'Z') return { piece: END, isPlace: true }
    if (character === 'b') return { piece: `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`, isPlace: true }
    if (character === 'B') return { piece: `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`, isPlace: true }
    const category = this.#categoryOf(character)
    return { piece: category ?? literal(this.#character(character)) }
  }

  #category(letter: string): string {
    return CATEGORIES[letter]?.[this.#flags.ascii ? 1 : 0] ?? ''
  }

  #categoryOf(letter: string): string | undefined {
    if (!Object.hasOwn(CATEGORIES, letter.toLowerCase())) return undefined
    return `[${letter === letter.toLowerCase() ? '' : '^'}${this.#category(letter.toLowerCase())}]`
  }

  /** Behind a backslash: `\0`, `\07`, `\101`; in a class also `\7`. */
  #octal(inClass: boolean): string | undefined {
    const start = this.#at
    const digits = this.#while(/^[0-7]$/, 3)
    if (inClass ? digits !== '' : digits.startsWith('0') || digits.length === 3) {
      if (Number.parseInt(digits, 8) > 0o377) throw new SyntaxError(`octal escape \\${digits} is too large`)
      return String.fromCodePoint(Number.parseInt(digits, 8))
    }
    this.#at = start
    return undefined
  }

  /** The character that an escape stands for; `letter` is what follows the backslash. */
  #character(letter: string): string {
    const control = CONTROL[letter]
    if (control !== undefined) return String.fromCodePoint(control)
    if (letter === 'N') throw new Foreign('a character by its name')
    const length = HEX_DIGITS[letter]
    if (length === undefined) {
      if (/^[a-zA-Z0-9]$/.test(letter)) throw new SyntaxError(`the unknown escape \\${letter}`)
      return letter
    }
    const digits = this.#while(/^[\da-fA-F]$/, length)
    const code = Number.parseInt(digits, 16)
    if (digits.length < length || code > 0x10ffff) throw new SyntaxError(`incomplete escape \\${letter}${digits}`)
    return String.fromCodePoint(code)
  }

  #class(): string {
    const negated = this.#take('^')
    const parts: string[] = []
    for (;;) {
      if (parts.length > 0 && this.#take(']')) break
      const low = this.#classMember()
      if (this.#take('-')) {
        if (this.#take(']')) {
          parts.push(inClass(low), literal('-'))
          break
        }
        parts.push(rangeOf(low, this.#classMember()))
      } else parts.push(inClass(low))
    }
    return `[${negated ? '^' : ''}${parts.join('')}]`
  }

  /** A character, or a set of them. */
  #classMember(): ClassMember {
    const character = this.#next('unterminated character set')
    if (character !== '\\') return { character }
    const octal = this.#octal(true)
    if (octal !== undefined) return { character: octal }
    const escaped = this.#next('unterminated character set')
    if (escaped === 'b') return { character: '\b' }
    const set = this.#categoryOf(escaped)
    return set === undefined ? { character: this.#character(escaped) } : { set }
  }
}
