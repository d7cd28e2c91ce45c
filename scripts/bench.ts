// Measures borgboi against its budgets and prints a table of ratios; always ends well unless it could not measure.
// Run: npm run bench [-- --row NAME… --rounds N --write]; --write puts the whole table into docs/benchmarks.md.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from './bench/measure.ts'
import { COLD_ROUNDS } from './bench/offsite-rows.ts'
import type { Row } from './bench/row.ts'
import { ROWS } from './bench/rows.ts'
import { Stage } from './bench/stage.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = join(ROOT, 'docs/benchmarks.md')
const [BEGIN, END] = ['<!-- bench: begin -->', '<!-- bench: end -->']

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '7' },
    write: { type: 'boolean', default: false },
  },
})
if (values.write && values.row) throw new Error('--write needs every row: leave --row out')

const base = mkdtempSync(join(tmpdir(), 'borgboi-bench-'))
try {
  const stage = new Stage(base)
  run(stage.node(join(ROOT, 'scripts/build.ts'), '--quick'))
  const rows: Row[] = []
  for (const name of values.row ?? Object.keys(ROWS)) {
    const measure = ROWS[name]
    if (measure === undefined) throw new Error(`there is no row "${name}": take one of ${Object.keys(ROWS).join(', ')}`)
    console.error(`measuring ${name} …`)
    rows.push(...(await measure(join(base, name), Number(values.rounds))))
  }
  const conditions = `Node ${process.versions.node}, ${run(stage.borg('--version')).trim()}, ${availableParallelism()} cores, ${process.platform} ${process.arch}; medians of ${values.rounds} interleaved rounds (start-up of ${Number(values.rounds) * 3}, cold pushes and restores of ${Math.min(COLD_ROUNDS, Number(values.rounds))}).`
  const text = `${table(rows)}\n\n${conditions}`
  console.log(text)
  if (values.write) writeDocument(text)
} finally {
  rmSync(base, { recursive: true, force: true })
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, ours, against, ratio, budget, met }) => [
    what,
    ours,
    against,
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    budget,
    met === undefined ? '' : met ? 'met' : '**missed**',
  ])
  const lines = [['What', 'borgboi', 'Against', 'Ratio', 'Budget', 'Verdict'], Array(6).fill('---'), ...cells]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function writeDocument(text: string): void {
  const document = readFileSync(DOCUMENT, 'utf8')
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)]
  if (before < 0 || after < before) throw new Error(`${DOCUMENT} lacks the lines ${BEGIN} and ${END}`)
  writeFileSync(DOCUMENT, `${document.slice(0, before + BEGIN.length)}\n\n${text}\n\n${document.slice(after)}`)
}
