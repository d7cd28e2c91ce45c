// A change that waits for somebody to accept it, and keeps what it came with from being removed or copied.

import { DAILY } from '../../model/resume.ts'
import { type Upheaval, upheavalHint, upheavalInWords } from '../../model/upheaval.ts'
import { upheavalOf } from '../shared/upheaval.ts'
import type { Check, RepoSubject } from './check.ts'

export interface ChangeFacts {
  readonly name: string
  readonly upheaval?: Upheaval | undefined
}

export const change: Check<ChangeFacts, RepoSubject> = {
  name: 'change',
  gather: async (_deps, { record, config }) => ({ name: record.name, upheaval: upheavalOf(record, config) }),
  judge: ({ name, upheaval }) => {
    if (upheaval === undefined) return []
    const message = `${upheavalInWords(upheaval)}: nothing is pruned or copied before that is accepted`
    return [{ level: 'error', message, hint: upheavalHint(name, upheaval, DAILY) }]
  },
}
