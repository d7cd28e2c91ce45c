import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ERROR_CODES, EXIT } from '../../src/errors.ts'

const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')

/** The cells of the table below a heading, without its two head lines. */
function table(heading: string): readonly string[][] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

it('every exit code is described, under its name', () => {
  const described = table('Exit codes').map(([exit, name]) => [name, Number(exit)])

  expect(described).toEqual(Object.entries(EXIT))
})

it('every error code is there with its exit code and meaning, and no other', () => {
  const described = table('Error codes').map(([code, exit, meaning]) => [code, Number(exit), meaning])

  expect(described).toEqual(
    Object.entries(ERROR_CODES).map(([code, [exit, meaning]]) => [`\`${code}\``, exit, meaning]),
  )
})

it('every row says something in every column', () => {
  for (const row of [...table('Exit codes'), ...table('Error codes')]) {
    expect(
      row.every((cell) => cell !== ''),
      row.join(' | '),
    ).toBe(true)
    expect(row.at(-1)).toMatch(/[.`]$/)
  }
})
