// The answer to a question for help, whatever it is about: a command, a group of commands, a topic.

import { AppError } from '../errors.ts'
import { nearest } from '../model/suggest.ts'
import type { CliContext } from './context.ts'
import { type Commands, findCommand, nameOf, PROGRAM } from './find-command.ts'
import { renamed } from './legacy/translate.ts'
import { renderMarkdown } from './output/render-markdown.ts'
import { chooseStyle } from './output/style.ts'
import { renderCommands, renderHelp, renderTopics } from './render-help.ts'
import { findTopic, sectionsOf, TOPICS, type Topic } from './topics.ts'

/** @throws AppError `usage-invalid` where there is nothing of that name, `file-unusable` */
export async function answerHelp(
  commands: Commands,
  typed: readonly string[],
  context: Pick<CliContext, 'env' | 'stdout' | 'readPage'>,
): Promise<string> {
  const words = typed.filter((word) => !word.startsWith('-'))
  const [word] = words
  if (word === undefined) return renderCommands(commands)
  const command = findCommand(commands, renamed(words))
  if (command !== undefined) return renderHelp(command)
  const [group = []] = [membersOf(commands, words), membersOf(commands, [word])].filter(({ length }) => length > 0)
  if (group.length > 0)
    return renderCommands(
      group,
      TOPICS.filter(({ groups }) => groups?.includes(word)),
    )
  if (word === 'topics') return `${renderTopics(TOPICS)}\n`
  const topic = findTopic(word)
  if (topic === undefined) throw unknown(commands, word)
  return await renderTopic(topic, context)
}

/** The commands that begin with these words. */
function membersOf(commands: Commands, words: readonly string[]): Commands {
  return commands.filter(({ paths = [] }) => words.every((word, index) => paths[0]?.[index] === word))
}

async function renderTopic(
  topic: Topic,
  { env, stdout, readPage }: Pick<CliContext, 'env' | 'stdout' | 'readPage'>,
): Promise<string> {
  const text = sectionsOf(topic, (await readPage(topic.page)) ?? '')
  if (text) return `${renderMarkdown(text, chooseStyle(env, stdout))}\n`
  throw new AppError('file-unusable', `cannot show the topic ${topic.name}`, {
    reason: `${topic.page} of this installation is missing or another one`,
    hint: 'install borgboi anew',
  })
}

function unknown(commands: Commands, word: string): AppError {
  const groups = commands.map((command) => nameOf(command).split(' ')[0] ?? '')
  const meant = nearest(word, [...groups, ...TOPICS.map(({ name }) => name)])
  return new AppError('usage-invalid', `there is no help on "${word}"`, {
    reason: meant === undefined ? 'nothing there is comes near it' : `the nearest there is is ${PROGRAM} help ${meant}`,
    hint: `see ${PROGRAM} --help for all commands, ${PROGRAM} help topics for the rest`,
  })
}
