// Recovery kits to test with.

import type { Kit } from '../../src/model/kit.ts'
import { parseRepoName } from '../../src/model/names.ts'
import { paperKey } from './paper-key.ts'

const ID = '0123456789abcdef'.repeat(4)
const KEY = Buffer.from(Array.from({ length: 545 }, (_, index) => (index * 37) % 256))

/** As of a repository with Borg's usual encryption, copied to a bucket. */
export function sampleKit(changes: Partial<Kit> = {}): Kit {
  return {
    madeAt: '2026-11-20T02:30:04Z',
    madeBy: 'borgboi 2.0.0 on anna',
    name: parseRepoName('docs'),
    borgId: ID,
    encryption: 'repokey-blake2',
    path: '/mnt/backup/docs',
    sources: ['/home/anna/Documents', '/home/anna/Pictures'],
    vault: { url: 's3://acme-backups/borg', region: 'eu-central-1' },
    key: {
      file: `BORG_KEY ${ID}\n${KEY.toString('base64').replace(/.{70}/g, '$&\n')}\n`,
      paper: paperKey(ID, KEY),
    },
    passphrasePlace: '/home/anna/.borgboi/passphrases/docs.key',
    ...changes,
  }
}
