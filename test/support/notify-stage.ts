// Notifiers as the configuration makes them, sending for real, with secrets in files of a temporary directory.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileConfigSource } from '../../src/config/config-source.ts'
import type { AppEvent } from '../../src/model/events.ts'
import type { RunReport } from '../../src/model/run.ts'
import type { Notifications } from '../../src/notify/notifications.ts'
import { openNotifications } from '../../src/notify/open-notifications.ts'
import { readOtherSecret } from '../../src/passphrase/file.ts'
import type { RunHistory } from '../../src/store/records.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { tempDir } from './temp-dir.ts'

export interface NotifyStage {
  readonly root: string
  readonly clock: FakeClock
  /** What could not be told otherwise. */
  readonly notices: string[]
  /** The newest first. */
  readonly history: RunReport[]
  /** A file with a secret; its path. */
  secret(name: string, text: string): Promise<string>
  /** `notify` as the configuration has it. */
  open(notify: Record<string, Record<string, unknown>>, changes?: OpenChanges): Promise<Notifications>
}

interface OpenChanges {
  readonly env?: Readonly<Record<string, string>>
  readonly kill?: AbortSignal
  readonly offline?: boolean
}

/** Call it inside a test. */
export async function notifyStage(): Promise<NotifyStage> {
  const root = await tempDir()
  const clock = new FakeClock()
  const notices: string[] = []
  const history: RunReport[] = []
  const events = (event: AppEvent) => {
    if (event.type === 'notice') notices.push(event.message)
  }
  return {
    root,
    clock,
    notices,
    history,
    secret: async (name, text) => {
      await writeFile(join(root, name), `${text}\n`, { mode: 0o600 })
      return join(root, name)
    },
    open: async (notify, { env = {}, kill = new AbortController().signal, offline = false } = {}) => {
      const source = new FileConfigSource({ home: root, cwd: root, env: {}, flags: {} })
      // JSON is YAML, too.
      await writeFile(source.path, JSON.stringify({ offline, notify }))
      const repos = () => [...new Set(history.map(({ repo }) => repo))].map((name) => ({ name }))
      return openNotifications(await source.load(), {
        directory: root,
        env,
        clock,
        hostname: 'anna',
        kill,
        repos: { list: async () => repos() as never },
        runs: { list: async (repo) => history.filter((report) => report.repo === repo) } as Pick<RunHistory, 'list'>,
        events,
        readSecret: (path) =>
          readOtherSecret(path, { trustedUids: [process.geteuid?.() ?? 0], events, what: 'secret of a notifier' }),
      })
    },
  }
}
