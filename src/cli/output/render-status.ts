// How the repos of this machine stand to what was promised of them: one screen for people, fields for programs.

import type { ProofEvidence } from '../../model/evidence.ts'
import { type Objectives, spanText } from '../../model/objectives.ts'
import { newer, newestProof } from '../../model/standing.ts'
import { formatBytes } from '../../model/words.ts'
import type { RepoStatus } from '../../workflows/shared/standing.ts'
import type { ShownRepo, Status } from '../../workflows/status/show-status.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { nextProofs } from './render-proofs.ts'
import { type Judged, renderClosingVerdict, VERDICT_MARKS } from './render-verdicts.ts'
import { renderTable } from './table.ts'

/** The documented fields of `status --json`. */
export function statusJson({ repos, verdict }: Status) {
  return {
    verdict,
    repos: repos.map(
      ({ record, standing, evidence: { told: _, canary: __, ...evidence }, objectives, proofs, nextRunAt, vault }) => ({
        name: record.name,
        path: record.path,
        readOnly: record.readOnly ?? false,
        ...standing,
        promised: objectives,
        lastBackup: record.lastBackup ?? null,
        lastRun: record.lastRun ?? null,
        nextRunAt: nextRunAt?.toISOString() ?? null,
        proofs,
        evidence,
        vault: vault ?? null,
      }),
    ),
  }
}

export function judgedRepos({ repos }: Status): readonly Judged[] {
  return repos.map(({ record, standing: { verdict, objectives } }) => {
    const reasons = objectives.filter((objective) => objective.verdict === verdict)
    return { label: record.name, verdict, reasons: reasons.flatMap(({ reason }) => reason ?? []) }
  })
}

export function renderStatus(status: Status, now: Date): string {
  const rows = status.repos.map((repo) => rowOf(repo, now))
  const table = renderTable([['', 'last backup', 'off-site', 'verified', 'restore drill', 'promise'], ...rows])
  const [heading = '', ...lines] = table.split('\n')
  // Below each line: why, and what to do.
  const told = status.repos.flatMap((repo, index) => [lines[index] ?? '', ...belowLineOf(repo, now)])
  return [heading, ...told, renderClosingVerdict(judgedRepos(status))].join('\n')
}

function belowLineOf(repo: RepoStatus, now: Date): string[] {
  return [...reasonsOf(repo), ...guaranteeOf(repo), ...nextProofs(repo, now)]
}

function rowOf({ record, standing, evidence, objectives }: RepoStatus, now: Date): string[] {
  if (record.readOnly) return [`${VERDICT_MARKS.unknown} ${record.name}`, 'a copy', '', '', '', '']
  const when = (at: string | undefined) => (at === undefined ? 'never' : formatWhen(new Date(at), now))
  const { copy, verification, check } = evidence
  const isCopied = record.vault !== undefined || standing.objectives.some(({ objective }) => objective === 'offsite')
  const drill = newer(evidence.drill, evidence.offsiteDrill)
  const proof = record.vault === undefined ? newestProof(evidence) : (verification ?? check)
  return [
    `${VERDICT_MARKS[standing.verdict]} ${record.name}`,
    when(record.lastBackup?.at),
    isCopied ? `${when(copy?.archiveAt)}${copy === undefined ? '' : ` (#${copy.generation})`}` : '–',
    proof === undefined ? 'never' : `${depthOf(proof)}, ${when(proof.at)}`,
    drill === undefined ? 'never' : `${drill.result === 'damaged' ? 'damaged' : 'ok'}, ${when(drill.at)}`,
    promiseOf(objectives),
  ]
}

function depthOf({ result, level }: ProofEvidence): string {
  if (result === 'damaged') return 'damaged'
  return level === undefined ? 'check' : `V${level}`
}

/** `26 h · 30 d · off-site required` */
function promiseOf({
  rpo,
  verify_within: verify,
  drill_every: drill,
  offsite,
  min_free_space: space,
}: Objectives): string {
  const parts = [
    ...[rpo, verify, drill].filter((ms) => ms > 0).map((ms) => spanText(ms).replace(/(?<=\d)(?=[a-z])/, ' ')),
    ...(offsite === 'required' ? ['off-site required'] : []),
    ...(space > 0 ? [`${formatBytes(space)} free`] : []),
  ]
  return parts.length === 0 ? 'nothing' : parts.join(' · ')
}

function reasonsOf({ standing }: RepoStatus): string[] {
  return standing.objectives.flatMap(({ reason, hint }) =>
    reason === undefined
      ? []
      : [`    ${sanitizeForTerminal(reason)}${hint === undefined ? '' : `     ${sanitizeForTerminal(hint)}`}`],
  )
}

/** What a vault in degraded mode does not keep. */
function guaranteeOf({ record, vault }: ShownRepo): string[] {
  if (vault?.degraded !== true || record.readOnly) return []
  const { name, singleWriter } = vault
  const meaning = singleWriter ? 'only one machine may copy there' : 'nothing is copied there'
  return [`    ${name} is in degraded mode, it keeps no two writers apart: ${meaning}     borgboi vault probe ${name}`]
}
