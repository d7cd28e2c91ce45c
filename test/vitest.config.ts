// The four test projects. They differ in what they need: `unit` nothing, `contract` and `integration` a real Borg
// (where there is one), `cli` the built program.
import { defineConfig } from 'vitest/config'

const project = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
})

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Its ES modules are for bundlers: they import directories, which Node does not do.
    server: { deps: { inline: ['clipanion'] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/docs/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      project('contract', 120_000),
      project('integration', 300_000),
      project('cli', 120_000),
    ],
  },
})
