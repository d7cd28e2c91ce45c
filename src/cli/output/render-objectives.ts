// Objectives in words.

import { objectivesText } from '../../model/objectives.ts'
import type { RepoObjectives } from '../../workflows/repo/objectives.ts'
import { renderTable } from './table.ts'

export function renderObjectives({ name, objectives, own, configured }: RepoObjectives): string {
  const isOwn = Object.keys(own).length > 0
  return renderTable([
    ['repo', name],
    ['promised', objectivesText(objectives)],
    ['of its own', isOwn ? objectivesText(own) : 'nothing: all from the configuration'],
    ...(isOwn ? [['configuration', objectivesText(configured)]] : []),
  ])
}
