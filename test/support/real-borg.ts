// A real Borg client with a home of its own.

import { join } from 'node:path'
import { createBorgClient } from '../../src/borg/borg-client.ts'
import type { BorgClient } from '../../src/borg/client.ts'
import type { EventSink } from '../../src/model/events.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { thisHost } from '../../src/platform/host.ts'

export interface RealBorgOptions {
  readonly executable: string
  readonly stop?: AbortSignal
  readonly kill?: AbortSignal
  readonly hostId?: string
  readonly env?: Readonly<Record<string, string>>
  readonly events?: EventSink
  readonly timeoutMs?: number
}

/** `home`: an existing directory; Borg keeps its caches and trust below it. */
export function openRealBorg(home: string, options: RealBorgOptions): BorgClient {
  const never = new AbortController().signal
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    BORG_BASE_DIR: home,
    BORG_HOST_ID: options.hostId ?? 'test-host@1',
    ...options.env,
  }
  return createBorgClient({
    env,
    stop: options.stop ?? never,
    kill: options.kill ?? never,
    clock: systemClock,
    host: thisHost,
    hostIdFile: join(home, 'host-id'),
    baseDirectories: join(home, 'apart'),
    selfTestFile: join(home, 'borg_selftest.json'),
    version: async () => ({
      executable: options.executable,
      cacheFile: join(home, 'borg_version.json'),
      env,
      events: options.events ?? (() => {}),
      timeoutMs: options.timeoutMs ?? 10_000,
    }),
  })
}
