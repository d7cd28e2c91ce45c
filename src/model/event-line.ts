// Events as flat records, the same for programs that read --json and in the event log. Fields: docs/formats.md.

import type { RunEvent } from './events.ts'

/** A record of one event; the time is put in by who writes it. */
export interface EventLine extends Readonly<Record<string, unknown>> {
  readonly message_type: string
  readonly repo: string
  readonly run: string
}

/** The end of a run that failed is two lines. */
export function toEventLines(event: RunEvent): readonly EventLine[] {
  const { runId: run, repo } = event
  const line = (messageType: string, fields: object): EventLine => ({ message_type: messageType, repo, run, ...fields })
  switch (event.type) {
    case 'run-started': {
      const { workflow, repositoryPath, vault } = event
      return [line('run_started', { workflow, repositoryPath, vault })]
    }
    case 'step-started':
      return [line('step_started', { step: event.step })]
    case 'progress':
      return [line('progress', { step: event.step, ...event.progress })]
    case 'warning':
      return [line('warning', { step: event.step, ...event.warning })]
    case 'step-finished': {
      const { name, ...rest } = event.step
      return [line('step_finished', { step: name, ...rest })]
    }
    case 'run-finished': {
      const { id: _id, repo: _repo, ...report } = event.report
      const summary = line('summary', report)
      return report.failure ? [summary, line('exit_error', report.failure)] : [summary]
    }
  }
}
