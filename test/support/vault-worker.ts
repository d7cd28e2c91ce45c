// A process that works on a vault in a directory: `ROOT create N`, `ROOT count N` or `ROOT stall`. It prints `ready`,
// waits for a line, and prints what came of it.

import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { contentOf, textOf } from './contents.ts'
import { vaultAt } from './directory-vault.ts'

const [root = '', order, count] = process.argv.slice(2)
const vault = vaultAt(root)

say('ready')
await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next()
if (order === 'create') await create(Number(count))
if (order === 'count') for (let done = 0; done < Number(count); done++) await increment()
if (order === 'stall') await stall()
process.exit(0)

/** Prints the numbers of the objects that it created. */
async function create(objects: number): Promise<void> {
  for (let number = 0; number < objects; number++) {
    const { stored } = await vault.put(`contest/${number}`, contentOf(String(process.pid)), 'absent')
    if (stored) say(String(number))
  }
}

async function increment(): Promise<void> {
  for (;;) {
    const object = await vault.get('count')
    if (object === undefined || object === 'unchanged') throw new Error('there is no count')
    const next = String(Number(await textOf(object)) + 1)
    if ((await vault.put('count', contentOf(next), { etag: object.facts.etag })).stored) return say(next)
  }
}

/** Never comes to the end of the content. */
async function stall(): Promise<void> {
  const content = contentOf('half of it and the other half')
  await vault.put(
    'repo/stalled',
    {
      ...content,
      async *read() {
        yield Buffer.from('half of it')
        say('writing')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      },
    },
    'absent',
  )
}

/** At once: the process may be killed a moment later. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}
