// `repo create` on a terminal: asks for what was not given, and checks each answer at once. Has no effect.

import { basename } from 'node:path'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseCalendar } from '../../model/calendar.ts'
import { isRemote, parseRepositoryPath } from '../../model/location.ts'
import { nearestRepoName, parseRepoName } from '../../model/names.ts'
import { parseRetentionText, retentionText } from '../../model/retention.ts'
import { usualSchedule } from '../../model/schedule.ts'
import type { Ask } from '../shared/ask.ts'
import { requireSource, requireSourceThere } from '../shared/require-source.ts'
import { type NewRepoSettings, requireFreePath, requireUnrecorded } from './settings.ts'

type AskDeps = Pick<Deps, 'config' | 'repos' | 'files' | 'sourceTrees' | 'borg' | 'scheduler'>

export interface AskSettingsInput extends Omit<NewRepoSettings, 'name' | 'path'> {
  readonly name?: string | undefined
  readonly path?: string | undefined
  /** What `~` stands for in an answer, as in a shell. */
  readonly homeDirectory: string | undefined
  readonly ask: Ask
}

const NONE = 'none'

/** @throws AppError `interrupted` where the person leaves or says no at the end */
export async function askSettings(deps: AskDeps, input: AskSettingsInput): Promise<NewRepoSettings> {
  const { homeDirectory: _home, ask, ...given } = input
  await checkGiven(deps, input)
  const sources = given.sources.length > 0 ? given.sources : await askSources(deps, input)
  const path = given.path ?? (await askPath(deps, input, sources))
  const name = given.name ?? (await askName(deps, ask, sources))
  const vault = given.vault ?? (isRemote(path) ? undefined : await askVault(deps, ask))
  const retention = given.retention ?? (await askRetention(deps, ask))
  const schedule = given.schedule ?? (await askSchedule(deps, ask))
  const answer = await ask({ text: `Back up ${sources.join(', ')} into ${path}: set it up?`, fallback: 'yes' })
  if (/^y(es)?$/i.test(answer)) return { ...given, name, path, sources, vault, retention, schedule }
  throw new AppError('interrupted', 'did not set up a backup', {
    reason: `the last answer was ${answer}`,
    hint: 'nothing was changed; run the same command again to answer anew',
  })
}

/** Nobody is asked anything where it would be for nothing. */
async function checkGiven(deps: AskDeps, { name, path, sources, workingDirectory }: AskSettingsInput): Promise<void> {
  await deps.borg.version()
  if (name !== undefined) await requireUnrecorded(deps, { name: parseRepoName(name) })
  if (path !== undefined) await requireFreePath(deps, parseRepositoryPath(path, workingDirectory))
  for (const source of sources) await requireSourceThere(deps, deps.files.resolve(workingDirectory, source))
}

async function askSources(deps: AskDeps, input: AskSettingsInput): Promise<string[]> {
  const sources: string[] = []
  for (;;) {
    const isFirst = sources.length === 0
    const answer = await input.ask({
      text: isFirst ? 'Which directory to back up?' : 'And which else? (nothing: that is all)',
      ...(isFirst ? {} : { fallback: '' }),
      complete: (begun) => directories(deps, input, begun),
      check: async (typed) => typed === '' || (await requireSourceThere(deps, absolute(deps, input, typed))),
    })
    if (answer === '') return sources
    sources.push(absolute(deps, input, answer))
  }
}

async function askPath(deps: AskDeps, input: AskSettingsInput, sources: readonly string[]): Promise<string> {
  const parse = (typed: string) => parseRepositoryPath(expand(typed, input), input.workingDirectory)
  const answer = await input.ask({
    text: 'Where to keep it? (a new directory, best on another disk)',
    complete: (begun) => directories(deps, input, begun),
    check: async (typed) => {
      const path = parse(typed)
      for (const source of sources) await requireSource(deps, deps.files.resolve(input.workingDirectory, source), path)
      await requireUnrecorded(deps, { path })
      await requireFreePath(deps, path)
    },
  })
  return parse(answer)
}

async function askName(deps: AskDeps, ask: Ask, [first = '']: readonly string[]): Promise<string> {
  const suggestion = nearestRepoName(basename(first))
  const taken = await deps.repos.get(suggestion)
  return await ask({
    text: 'What to call it?',
    ...(taken === undefined ? { fallback: suggestion } : {}),
    check: async (typed) => await requireUnrecorded(deps, { name: parseRepoName(typed) }),
  })
}

async function askVault(deps: AskDeps, ask: Ask): Promise<string | undefined> {
  const vaults = Object.entries((await deps.config.load()).vaults)
  const [first] = vaults
  if (first === undefined) return undefined
  const answer = await ask({
    text: 'Copy it off-site every day, to which vault?',
    fallback: first[0],
    choices: [
      ...vaults.map(([answer, { url }]) => ({ answer, remark: url })),
      { answer: NONE, remark: 'keep it here alone' },
    ],
  })
  return answer === NONE ? undefined : answer
}

/** Undefined for the configuration's, whatever it will be. */
async function askRetention(deps: AskDeps, ask: Ask): Promise<string | undefined> {
  const configured = retentionText((await deps.config.load()).borg.retention)
  const answer = await ask({ text: 'Which archives to keep?', fallback: configured, check: parseRetentionText })
  return answer === configured ? undefined : answer
}

/** Nobody is asked where all repos are backed up by themselves already, or nothing here could do it. */
async function askSchedule({ scheduler }: AskDeps, ask: Ask): Promise<string | undefined> {
  const installed = await scheduler.list()
  if (installed.some(({ schedule }) => schedule.repo === undefined) || !(await canSchedule(scheduler))) return undefined
  const answer = await ask({
    text: 'When to back it up by itself? (none: only when you say so)',
    fallback: 'daily',
    check: (typed) => typed === NONE || parseCalendar(typed),
  })
  return answer === NONE ? undefined : answer
}

async function canSchedule(scheduler: Deps['scheduler']): Promise<boolean> {
  const any = usualSchedule(parseRepoName('any'), parseCalendar('daily'))
  return await scheduler.install(any, { dryRun: true }).then(
    () => true,
    () => false,
  )
}

function absolute(deps: AskDeps, input: AskSettingsInput, typed: string): string {
  return deps.files.resolve(input.workingDirectory, expand(typed, input))
}

function expand(typed: string, { homeDirectory }: AskSettingsInput): string {
  return homeDirectory === undefined ? typed : typed.replace(/^~(?=$|\/)/, () => homeDirectory)
}

/** As typed so far, with every directory that it may become. */
async function directories(deps: AskDeps, input: AskSettingsInput, begun: string): Promise<string[]> {
  const parent = begun.slice(0, begun.lastIndexOf('/') + 1)
  const names = await deps.files.directoriesIn(absolute(deps, input, parent === '' ? '.' : parent))
  return names.map((name) => `${parent}${name}/`).filter((path) => path.startsWith(begun))
}
