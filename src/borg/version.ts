// Which Borg this is and whether borgboi can drive it. Asking costs a fifth of a second, so the answer is kept in a
// file until the binary changes.

import { AppError } from '../errors.ts'
import type { EventSink } from '../model/events.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { runProgram } from '../platform/process.ts'
import { findProgram } from '../platform/programs.ts'
import type { BorgVersion } from './client.ts'
import { borgEnvironment } from './environment.ts'

const INSTALL_HINT =
  'install it with the package manager of this system (the package is borgbackup or borg), version 1.2.8 or newer'

/** `borg 1.2.4`, `borg 1.4.0b1`, `borg-linux 1.4.1`. */
export function parseBorgVersion(text: string): BorgVersion | undefined {
  const match = /^borg\S* (\d+)\.(\d+)\.(\d+)(\S*)\s*$/m.exec(text)
  if (!match) return undefined
  const [, major, minor, patch, suffix = ''] = match
  return {
    text: `${major}.${minor}.${patch}${suffix}`,
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
  }
}

/** @throws AppError `borg-unsupported` below 1.2.0 and from 2.0 on */
export function requireSupported(version: BorgVersion, path: string): void {
  const tooOld = version.major < 1 || (version.major === 1 && version.minor < 2)
  if (!tooOld && version.major < 2) return
  throw new AppError('borg-unsupported', `Borg ${version.text} at ${path} cannot be used`, {
    reason: tooOld ? 'it is older than 1.2.0' : 'repositories and commands of Borg 2 are of another kind',
    hint: 'install Borg 1.2 or 1.4, or name its binary in borg.executable_path',
  })
}

/** CVE-2023-36811, archive spoofing, is closed in 1.2.5 and its upgrade steps in 1.2.8. Source: Borg's change log. */
function isBelowCveFix({ major, minor, patch }: BorgVersion): boolean {
  return major === 1 && minor === 2 && patch < 8
}

/**
 * Before 1.2.6, whatever gives an archive another name signs it wrongly, and recreate does so at its end: from 1.2.5 on
 * Borg takes such an archive for forged, does not read it, and its check --repair removes it. Source: borg issue 7791.
 */
export function isSafeRewrite({ major, minor, patch }: BorgVersion): boolean {
  return major !== 1 || minor !== 2 || patch >= 6
}

/** @throws AppError `borg-unsupported` */
export function requireSafeRewrite(version: BorgVersion): void {
  if (isSafeRewrite(version)) return
  throw new AppError('borg-unsupported', 'did not change the archive', {
    reason: `Borg ${version.text} would sign it wrongly, and newer ones would refuse to read it`,
    hint: 'update Borg to 1.2.8 or newer, then run the same command again',
  })
}

export interface VersionOptions {
  /** A name on PATH or a path. */
  readonly executable: string
  readonly cacheFile: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly events: EventSink
  readonly timeoutMs: number
}

export interface FoundBorg {
  readonly path: string
  /** Path and modification time: another one, another binary. */
  readonly stamp: string
  readonly version: BorgVersion
}

/**
 * The Borg to use; its version is asked for only when the binary at that path is not the one asked before.
 * @throws AppError `borg-missing`, `borg-unresponsive`, `borg-unsupported`
 */
export async function findBorg(options: VersionOptions): Promise<FoundBorg> {
  const program = await findProgram(options.executable, options.env)
  if (program === undefined) {
    throw new AppError('borg-missing', `cannot find Borg: no executable "${options.executable}"`, {
      reason: options.executable.includes('/')
        ? 'there is no executable file at that path'
        : 'it is in no directory of PATH',
      hint: INSTALL_HINT,
    })
  }
  const stamp = `${program.path}@${program.mtimeMs}`
  const known = await readCache(options.cacheFile)
  if (known?.stamp === stamp) return checked({ path: program.path, stamp, version: known.version })

  const version = await askVersion(program.path, options)
  const found = checked({ path: program.path, stamp, version })
  if (isBelowCveFix(version)) {
    options.events({
      type: 'notice',
      level: 'warning',
      message: `Borg ${version.text} is older than 1.2.8: CVE-2023-36811 (forged archives) applies unless your distribution patched it`,
      hint: 'update Borg when you can; this is said once per Borg binary',
    })
  }
  await rememberVersion(options.cacheFile, `${JSON.stringify({ stamp, version })}\n`)
  return found
}

function checked(found: FoundBorg): FoundBorg {
  requireSupported(found.version, found.path)
  return found
}

async function askVersion(path: string, options: VersionOptions): Promise<BorgVersion> {
  const running = await runProgram(path, ['--version'], {
    env: borgEnvironment(options.env, ''),
    timeoutMs: options.timeoutMs,
  })
  let text = ''
  for await (const line of running.stdout) if (text.length < 4096) text += `${line}\n`
  const end = await running.end
  if (end.timedOut) {
    throw new AppError('borg-unresponsive', `${path} does not answer`, {
      reason: `"borg --version" was still running after ${options.timeoutMs / 1000} s`,
      hint: 'try it by hand; a binary on a network disk that hangs is the usual cause',
    })
  }
  const version = parseBorgVersion(text)
  if (version) return version
  if (end.startError) {
    throw new AppError('borg-missing', `cannot start ${path}`, {
      reason: `the system answered ${end.startError}`,
      hint: INSTALL_HINT,
    })
  }
  throw new AppError('borg-unresponsive', `${path} does not say which Borg it is`, {
    reason: `"borg --version" ended with exit code ${end.exitCode ?? end.signal} and no version`,
    hint: 'try it by hand; if it is not Borg, name the right binary in borg.executable_path',
  })
}

/** Where the home is full or read-only, listing and restoring still have to work: the next run asks again. */
async function rememberVersion(file: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(file, text)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

async function readCache(file: string): Promise<{ stamp: string; version: BorgVersion } | undefined> {
  try {
    const text = await readTextIfAny(file)
    return text === undefined ? undefined : (JSON.parse(text) as { stamp: string; version: BorgVersion })
  } catch {
    // A cache that cannot be read is asked for again.
    return undefined
  }
}
