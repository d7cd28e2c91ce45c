// `borgboi completion query`: what shells ask at every press of Tab. Reads the record of repos, the history and the
// configuration, and only where their names can stand; never Borg, never the network.

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { shortId } from '../output/render-run.ts'
import { type Candidate, nextWord } from './next-word.ts'

/** Those that `history` shows without being asked for more. */
const RUNS_SHOWN = 20

export class CompletionQueryCommand extends BaseCommand {
  static override paths = [['completion', 'query']]
  static override usage = usage({
    category: 'Information',
    description: 'say what could come next on a command line, for shells',
    details:
      'One candidate a line, with a tab and what it means; :file or :directory alone where the shell knows better. The ' +
      'last word is the one that is being written, and may be empty.',
    examples: [
      ['The commands about repos', "$0 completion query -- repo ''"],
      ['The names of repos that begin with d', '$0 completion query -- backup daily --name d'],
    ],
  })

  words = Option.Rest({ name: 'word' })

  async run(app: App, output: Output) {
    const candidates = await this.#candidates(app)
    const current = this.words.at(-1) ?? ''
    const fitting = candidates.filter(({ word }) => word.startsWith(current) || word.startsWith(':'))
    output.document(fitting, () =>
      fitting.map(({ word, text }) => (text === '' ? word : `${word}\t${text}`)).join('\n'),
    )
  }

  async #candidates(app: App): Promise<readonly Candidate[]> {
    const { COMMANDS } = await import('../commands.ts')
    const next = nextWord(COMMANDS, this.words)
    if ('words' in next) return next.words
    const { value, before, repo } = next
    const all = (words: readonly string[]) => words.map((word) => ({ word: `${before}${word}`, text: '' }))
    const meant = async () =>
      (await app.orchestrator.repo.list()).filter(({ name }) => repo === undefined || name === repo)
    switch (value) {
      case 'repo':
        return all((await app.orchestrator.repo.list()).map(({ name }) => name))
      case 'repo-path':
        return [...all((await app.orchestrator.repo.list()).map(({ path }) => path)), { word: ':directory', text: '' }]
      case 'archive':
        return all(['latest', ...(await meant()).flatMap(({ lastBackup }) => lastBackup?.archive ?? [])])
      case 'source':
        return all((await meant()).flatMap(({ sources }) => sources))
      case 'removed-archive':
        return all((await meant()).flatMap(({ removals }) => removals ?? []).flatMap(({ archives }) => archives))
      case 'vault':
        return all((await app.orchestrator.vault.list()).map(({ name }) => name))
      case 'notifier':
        return all((await app.orchestrator.notify.list()).map(({ name }) => name))
      case 'run': {
        const runs = await app.orchestrator.history.list({ limit: RUNS_SHOWN })
        return [...all(['latest']), ...runs.map((run) => ({ word: shortId(run), text: `${run.repo} ${run.workflow}` }))]
      }
      case 'file':
      case 'directory':
        return [{ word: `:${value}`, text: '' }]
      default:
        return all(value)
    }
  }
}
