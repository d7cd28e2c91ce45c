import { describe, expect, it } from 'vitest'
import { renderMetrics } from '../../../src/model/metrics.ts'
import { parseRepoName } from '../../../src/model/names.ts'
import { report, step } from '../../support/run-events.ts'

const docs = { name: parseRepoName('docs') }
const AT = '2026-11-20T02:30:04.000Z'
const SECONDS = Date.parse(AT) / 1000

describe('metrics', () => {
  it('have every line in the form that Prometheus reads', () => {
    const lastBackup = { archive: 'docs-1', at: AT, originalBytes: 2000, files: 3, deduplicatedBytes: 500 }
    const run = report('docs', { steps: [step('create archive'), step('prune', { outcome: 'failed' })] })

    const text = renderMetrics('2.0.0', [{ record: { ...docs, lastBackup, reclaimableBytes: 7 }, runs: [run] }])

    const lines = text.split('\n')
    expect(lines.at(-1)).toBe('')
    for (const line of lines.slice(0, -1)) {
      expect(line).toMatch(/^(# HELP borgboi_\w+ \S.*|# TYPE borgboi_\w+ gauge|borgboi_\w+\{\w+=".*"\} [\d.]+)$/)
    }
    expect(lines).toContain(`borgboi_repo_last_backup_timestamp_seconds{repo="docs"} ${SECONDS}`)
    expect(lines).toContain('borgboi_repo_change_unaccepted{repo="docs"} 0')
    expect(lines).toContain('borgboi_run_last_duration_seconds{repo="docs",workflow="backup daily"} 1.9')
    expect(lines).toContain('borgboi_step_last_failed{repo="docs",workflow="backup daily",step="prune"} 1')
  })

  it('keep the last success while the newest run failed, and pass over what was skipped', () => {
    const skipped = report('docs', { outcome: 'skipped', exitCode: 75, startedAt: '2026-11-22T02:30:04.000Z' })
    const failed = report('docs', { outcome: 'failed', exitCode: 1, startedAt: '2026-11-21T02:30:04.000Z' })
    const good = report('docs', { outcome: 'warnings', exitCode: 3, durationMs: 2000 })

    const lines = renderMetrics('2', [{ record: docs, runs: [skipped, failed, good] }]).split('\n')

    const labels = '{repo="docs",workflow="backup daily"}'
    expect(lines).toContain(`borgboi_run_last_success_timestamp_seconds${labels} ${SECONDS + 2}`)
    expect(lines).toContain(`borgboi_run_last_exit_code${labels} 1`)
  })

  it('leave out what there is no value for, and say each label once', () => {
    const hooks = [step('before hook', { durationMs: 1000 }), step('before hook', { durationMs: 2000 })]
    const text = renderMetrics('2', [{ record: docs, runs: [report('docs', { steps: hooks })] }])

    expect(text).not.toContain('repo_last_backup')
    expect(text.match(/step_last_duration_seconds\{/g)).toHaveLength(1)
    expect(renderMetrics('a"b\\c\n', [])).toContain('borgboi_info{version="a\\"b\\\\c\\n"} 1')
  })
})
