// Child processes: one way to run a program, with its output as lines, a hard cap on what is kept, and signals
// forwarded as Borg needs them. Nothing else in src starts a process.

import { Readable, type Writable } from 'node:stream'
import { systemCode } from './files.ts'

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string | undefined
  /** Written to file descriptor 3, which then closes. */
  readonly secret?: string | undefined
  /** Aborted with a signal's name as its reason: that signal is sent to the program, once. */
  readonly stop?: AbortSignal | undefined
  /** Aborted when the person insists: the program is killed. */
  readonly kill?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** Its stdin; absent: empty. */
  readonly input?: string | undefined
  /**
   * Stopping means all that the program started, not it alone; and what it leaves running in the background is not
   * waited for, although that may hold the pipes.
   */
  readonly asGroup?: boolean | undefined
  /** What the program shares with this process, untouched: its output, or all its streams. Absent: nothing. */
  readonly shares?: 'stdout' | 'all' | undefined
  onStderrLine?(line: string): void
}

/** How a program ended. Exactly one of `exitCode` and `signal` is set, unless it could not be started. */
export interface RunEnd {
  readonly exitCode?: number
  readonly signal?: string
  readonly timedOut: boolean
  /** `ENOENT`, `EACCES`: the program could not be started. */
  readonly startError?: string
}

/** A running program. Read `stdout` to its end (or destroy it), then await `end`. */
export interface RunningProgram {
  readonly stdout: AsyncIterable<string>
  readonly end: Promise<RunEnd>
  /**
   * The reader has seen enough: the pipe is closed, as `| head` closes it. No signal: Borg, caught in the middle of giving
   * its lock back, would leave a part of it in the repository.
   */
  cancel(): void
}

/** Longer lines are cut: no output may fill the memory. */
const LINE_MAX_CHARS = 1 << 20
/** What a program has said is read by then; from then on only what it left behind could hold its pipes. */
const PIPES_AFTER_END_MS = 1000

/**
 * Starts `file` with exactly the given environment, in a process group of its own: a Ctrl-C on the
 * terminal then reaches the program only through `stop`, once, which Borg needs to write a checkpoint.
 */
export async function runProgram(file: string, args: readonly string[], options: RunOptions): Promise<RunningProgram> {
  // Loaded on use: commands that start no program do without it.
  const { execa } = await import('execa')
  const { shares } = options
  const child = execa(file, args, {
    env: options.env,
    extendEnv: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: [
      shares === 'all' ? 'inherit' : options.input === undefined ? 'ignore' : 'pipe',
      shares === undefined ? 'pipe' : 'inherit',
      shares === 'all' ? 'inherit' : 'pipe',
      ...(options.secret === undefined ? [] : (['pipe'] as const)),
    ],
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  })

  feed(child.stdin, options.input)
  feed(child.stdio[3] as Writable | undefined, options.secret)

  const forward = () => {
    const signal = signalName(options.stop?.reason)
    // What a shell starts in the background ignores SIGINT.
    if (options.asGroup) signalGroup(child.pid, 'SIGTERM')
    else child.kill(signal)
  }
  const destroy = () => signalGroup(child.pid, 'SIGKILL')
  if (options.asGroup)
    child.nodeChildProcess.once('exit', () => setTimeout(() => closePipes(child), PIPES_AFTER_END_MS).unref())
  let timedOut = false
  const expire = () => {
    timedOut = true
    destroy()
  }
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(expire, options.timeoutMs)
  const unlisten = [listen(options.stop, forward), listen(options.kill, destroy)]
  const stderrDone = drain(child.stderr ?? Readable.from([]), options.onStderrLine?.bind(options))

  const end = (async (): Promise<RunEnd> => {
    const [result] = await Promise.all([child, stderrDone])
    clearTimeout(timer)
    for (const off of unlisten) off()
    return {
      timedOut,
      ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
      ...(result.signal === undefined ? {} : { signal: result.signal }),
      ...(result.exitCode === undefined && result.signal === undefined && result.code
        ? { startError: result.code }
        : {}),
    }
  })()
  // Whoever reads stdout may fail before awaiting `end`; that must not count as an unhandled rejection.
  end.catch(() => {})

  return {
    stdout: lines(child.stdout ?? Readable.from([])),
    end,
    cancel: () => void child.stdout?.destroy(),
  }
}

/** The lines of a byte stream, without their ends, as fast as they are taken: the pipe stalls when they are not. */
async function* lines(stream: Readable): AsyncGenerator<string, void, void> {
  let rest = ''
  try {
    for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
      const parts = chunk.split('\n')
      // A line without an end is never looked at again as a whole, nor kept beyond the cap.
      if (rest.length < LINE_MAX_CHARS) parts[0] = (rest + parts[0]).slice(0, LINE_MAX_CHARS)
      else parts[0] = rest
      rest = parts.pop() ?? ''
      yield* parts
    }
  } catch (error) {
    // We closed the pipe ourselves.
    if (systemCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  if (rest !== '') yield rest
}

async function drain(stream: Readable, onLine: ((line: string) => void) | undefined): Promise<void> {
  for await (const line of lines(stream)) onLine?.(line)
}

function feed(channel: Writable | null | undefined, text: string | undefined): void {
  // A program that ends without reading what it is given closes the pipe; that is not an error of ours.
  channel?.on('error', () => {})
  if (text !== undefined) channel?.end(text)
}

function closePipes({ stdout, stderr }: { readonly stdout: Readable | null; readonly stderr: Readable | null }): void {
  stdout?.destroy()
  stderr?.destroy()
}

/** The program and all it started: behind a wrapper script the real one would go on, holding our pipes. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It ended by itself in this moment.
  }
}

function listen(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act()
  else signal?.addEventListener('abort', act, { once: true })
  return () => signal?.removeEventListener('abort', act)
}

function signalName(reason: unknown): NodeJS.Signals {
  return reason === 'SIGTERM' || reason === 'SIGHUP' ? 'SIGTERM' : 'SIGINT'
}
