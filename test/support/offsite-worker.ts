// A process that does one operation of replication, and may kill itself on the way. Argument: the errand in JSON; its
// outcome comes back on standard output.

import { type Errand, perform } from './offsite-operation.ts'

const errand: Errand = JSON.parse(process.argv[2] ?? '')
process.stdout.write(JSON.stringify(await perform(errand)))
