// Secrets as values: they show themselves only when asked, and are taken out of any text that is about to be shown.

/** What stands in place of a secret wherever it would be seen. */
export const SECRET_MASK = '[secret]'

/** A secret that shows itself only when asked. */
export interface Secret {
  /** The text itself. Call it only where the secret is handed to Borg or written to its file. */
  reveal(): string
}

/** Every secret that this process has met. */
const met = new Set<Secret>()

/** A text that others wrote, with every secret masked that this process has met. */
export function redactAll(text: string): string {
  return redact(text, met)
}

/** A passphrase in memory. Printing, logging, serialising or inspecting it gives `[secret]`. */
export class SecretText implements Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    met.add(this)
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return SECRET_MASK
  }

  toJSON(): string {
    return SECRET_MASK
  }

  /** Node's console and `util.inspect` ask for this. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SECRET_MASK
  }
}

/** The text with every secret masked, also where it stands inside a JSON string. */
export function redact(text: string, secrets: Iterable<Secret>): string {
  let redacted = text
  for (const secret of secrets) {
    const plain = secret.reveal()
    if (plain === '') continue
    // The escaped form first: replacing the plain one could leave parts of it behind.
    for (const form of [JSON.stringify(plain).slice(1, -1), plain]) redacted = redacted.replaceAll(form, SECRET_MASK)
  }
  return redacted
}

/** Variables with secrets, and those of a hook that started this borgboi. */
const NOT_FOR_OTHERS =
  /^(BORG_(NEW_)?PASSPHRASE|BORG_PASSPHRASE_FD|BORGBOI_BORG__BORG_(NEW_)?PASSPHRASE|BORGBOI_RUN_.*)$/

/** Our environment as programs of others get it. */
export function environmentForOthers(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || NOT_FOR_OTHERS.test(name) ? [] : [[name, value] as const],
  )
  return Object.fromEntries(given)
}
