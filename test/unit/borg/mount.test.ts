// What Borg says where archives cannot be mounted; the real thing is in test/integration/mount.test.ts.

import { describe, expect, it } from 'vitest'
import { openScriptedBorg, scriptedBorg } from '../../support/scripted-borg.ts'
import { tempDir } from '../../support/temp-dir.ts'

const access = { path: '/srv/docs', lockWaitSeconds: 1 }

async function open(script: string) {
  const directory = await tempDir()
  return openScriptedBorg(directory, await scriptedBorg(directory, script))
}

describe('mounting', () => {
  it.each([
    'borg mount not available: no FUSE support, BORG_FUSE_IMPL=pyfuse3,llfuse.',
    "fuse: device not found, try 'modprobe fuse' first",
    'fusermount: failed to open /dev/fuse: Permission denied',
  ])('says what to install where Borg says “%s”', async (said) => {
    const borg = await open(`echo "${said}" >&2; exit 2`)

    await expect(borg.mount(access, { directory: '/mnt/x', foreground: false })).rejects.toMatchObject({
      code: 'fuse-missing',
      hint: expect.stringContaining('apt install python3-pyfuse3'),
    })
  })

  it('says what Borg said where it is something else', async () => {
    const borg = await open('echo "no such luck" >&2; exit 2')

    await expect(borg.mount(access, { directory: '/mnt/x', foreground: false })).rejects.toMatchObject({
      code: 'borg-failed',
    })
  })

  it.each([1, 2])('is not over where umount ends with %i', async (exitCode) => {
    const borg = await open(`echo "fusermount: entry not found" >&2; exit ${exitCode}`)

    await expect(borg.umount('/mnt/x')).rejects.toMatchObject({ code: 'file-unusable' })
  })
})
