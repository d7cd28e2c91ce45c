// What is answered without any command: the overview, the version, the list of commands. Loads nothing else.

import { PROGRAM_VERSION } from '../version.ts'
import { COMMAND_LIST } from './command-list.ts'

const OVERVIEW = `borgboi ${PROGRAM_VERSION} · backups with BorgBackup that prove they restore

  Start          borgboi repo create            set up a backup (asks what it needs)
  Every day      borgboi backup daily           back up, prune, compact, copy off-site
  Elsewhere too  borgboi vault add              a bucket or another disk to copy to
  Look           borgboi backup list            the archives there are
  Get back       borgboi backup restore         files from any archive
  On new ground  borgboi s3 restore             a repository from its copy
  By itself      borgboi schedule install       run it daily
  Be sure        borgboi status                 is everything as promised?

  borgboi help COMMAND · borgboi help for all commands and topics · borgboi doctor · docs: README
`

/** The answer to a command line of at most one word, undefined for all others. */
export function answerAtOnce(args: readonly string[]): string | undefined {
  if (args.length === 0) return OVERVIEW
  if (args.length > 1) return undefined
  switch (args[0]) {
    case '--version':
    case '-V':
      return `${PROGRAM_VERSION}\n`
    case '--help':
    case '-h':
    case 'help':
      return COMMAND_LIST
    default:
      return undefined
  }
}
