// A process that restores, pulls or promotes and kills itself when a stage begins, or so many files into it. Its one
// argument is a `RestoreErrand` in JSON.

import { promote } from '../../src/replication/promote.ts'
import { pull } from '../../src/replication/pull.ts'
import { restore } from '../../src/replication/restore.ts'
import { vaultAt } from './directory-vault.ts'
import { replicationContext } from './generations.ts'
import type { RestoreErrand } from './restore-process.ts'

const errand: RestoreErrand = JSON.parse(process.argv[2] ?? '')
const context = replicationContext(errand.stateDirectory, { installId: errand.installId })
const vault = vaultAt(errand.vaultRoot)
const handlers = {
  onProgress: ({ stage, files = 0 }: { readonly stage?: string; readonly files?: number }) => {
    if (stage === errand.kill.stage && files >= (errand.kill.files ?? 0)) process.kill(process.pid, 'SIGKILL')
  },
}

if (errand.operation.name === 'restore') await restore(context, vault, errand.operation.input, handlers)
else if (errand.operation.name === 'pull') await pull(context, vault, errand.operation.input, handlers)
else await promote(context, vault, errand.operation.input, handlers)
