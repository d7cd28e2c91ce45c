// The commented configuration file that `config generate` writes: every key with what it does and its default.

import { CONFIG_KEYS, KEYS } from './schema.ts'
import { SECTION_NAMES, SECTIONS, type Section, type SectionName } from './sections.ts'

const HEADER = `# The configuration of borgboi. Every key is commented out and shows its default: take away the # right in front of
# a key to set it. A variable wins over this file (BORGBOI_BORG__COMPRESSION=lz4), an option over both.
# What holds, and where it comes from: borgboi config show --origin`

/** Keys without effect in this version are left out. */
export function renderTemplate(): string {
  const lines: string[] = [HEADER]
  let open: readonly string[] = []
  for (const name of CONFIG_KEYS) {
    const { fallback, description, hasEffect } = KEYS[name]
    if (!hasEffect) continue
    const path = name.split('.')
    const sections = path.slice(0, -1)
    lines.push('')
    for (const [depth, section] of sections.entries()) {
      if (open[depth] !== section) lines.push(`${'  '.repeat(depth)}${section}:`)
    }
    open = sections
    const indent = '  '.repeat(sections.length)
    lines.push(`${indent}# ${description}`, `${indent}#${path.at(-1)}:${fallback === undefined ? '' : ` ${fallback}`}`)
  }
  return `${lines.join('\n')}\n${SECTION_NAMES.map(sectionTemplate).join('')}`
}

/** Nothing that a person names is there by default: an example, which stays a comment. */
function sectionTemplate(name: SectionName): string {
  const { about, example, keys }: Section = SECTIONS[name]
  const lines: string[] = []
  let open: string | undefined
  for (const [leaf, { fallback, description }] of Object.entries(keys)) {
    const [last = leaf, section] = leaf.split('.').reverse()
    if (section !== undefined && section !== open) lines.push(`  #   ${section}:`)
    open = section
    const indent = section === undefined ? '' : '  '
    lines.push(
      `  #   ${indent}# ${description}`,
      `  #   ${indent}${last}:${fallback === undefined ? '' : ` ${fallback}`}`,
    )
  }
  return `\n# ${about}\n${name}:\n  # ${example}:\n${lines.join('\n')}\n`
}
