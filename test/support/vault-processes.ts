// Processes that work on a vault in a directory, all set off at once; on request on a file system without hard links.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const WORKER = new URL('vault-worker.ts', import.meta.url).pathname
/** As exFAT answers. */
const NO_LINKS = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=link,linkat', '-e', 'inject=link,linkat:error=EPERM']

/** Whether system calls can be made to fail here; said aloud where they cannot. */
export const canInject = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0

if (!canInject)
  console.warn('\n!!! SKIPPED: file systems without hard links, which need strace and the right to use it\n')

export interface WorkerOptions {
  readonly root: string
  readonly order: readonly string[]
  readonly hardLinks?: boolean
}

/** Resolves to what each of them printed, when all have ended well. */
export async function runWorkers(processes: number, options: WorkerOptions): Promise<string[][]> {
  const workers = Array.from({ length: processes }, () => new VaultWorker(options))
  await Promise.all(workers.map((worker) => worker.said('ready')))
  for (const worker of workers) worker.go()
  return await Promise.all(workers.map((worker) => worker.end()))
}

export class VaultWorker {
  readonly lines: string[] = []
  readonly #process: ChildProcess
  readonly #exit: Promise<unknown[]>
  #heard = Promise.withResolvers<void>()
  #stderr = ''

  constructor({ root, order, hardLinks = true }: WorkerOptions) {
    const command = [process.execPath, WORKER, root, ...order]
    const [file = '', ...args] = hardLinks ? command : ['strace', ...NO_LINKS, ...command]
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process.stderr?.on('data', (chunk) => {
      this.#stderr += chunk
    })
    if (this.#process.stdout) {
      createInterface({ input: this.#process.stdout }).on('line', (line) => {
        this.lines.push(line)
        this.#wake()
      })
    }
    this.#exit = once(this.#process, 'close').finally(() => this.#wake())
  }

  async said(line: string): Promise<void> {
    while (!this.lines.includes(line)) {
      if (this.#process.exitCode !== null) throw new Error(`a worker ended by itself: ${this.#stderr}`)
      await this.#heard.promise
    }
  }

  go(): void {
    this.#process.stdin?.write('go\n')
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exit
  }

  /** What it printed after `ready`. */
  async end(): Promise<string[]> {
    const [code] = await this.#exit
    if (code !== 0) throw new Error(`a worker failed with ${code}: ${this.#stderr}`)
    return this.lines.slice(1)
  }

  #wake(): void {
    this.#heard.resolve()
    this.#heard = Promise.withResolvers()
  }
}
