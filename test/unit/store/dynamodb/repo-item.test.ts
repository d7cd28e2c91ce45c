// Items of the table of repos, as BorgBoi 1.x wrote them, as we do, and as nobody should have.

import { describe, expect, test } from 'vitest'
import { attributesGone, attributesOf, type Item, parseRepoItem } from '../../../../src/store/dynamodb/repo-item.ts'
import { sampleRecord } from '../../../support/store-samples.ts'

const AT = '2026-11-20T02:30:04.000Z'
const key: Item = { repo_path: { S: '/srv/borg/docs' }, hostname: { S: 'anna' } }
const record = sampleRecord('docs', { passphraseFile: '/root/docs.key', retention: { daily: 7, yearly: -1 } })

describe('an item of ours', () => {
  test('gives back the record it was made of', () => {
    const item = parseRepoItem({ ...key, ...attributesOf(record, 'R1', AT) })

    expect(item).toMatchObject({ record, revision: 'R1', changedAt: AT, holdsPassphrase: false })
  })

  test('names the attributes that a later state has no more', () => {
    const { passphraseFile: _, retention: __, ...bare } = record

    expect(attributesGone(record, bare)).toEqual([
      'passphrase_file_path',
      'retention_keep_daily',
      'retention_keep_yearly',
    ])
    expect(attributesGone(undefined, bare)).toEqual([])
  })

  test.each([
    ['{', 'its record is no JSON'],
    ['null', 'its record has format undefined'],
    ['{"format":2}', 'its record has format 2'],
    ['{"format":1,"name":"docs"}', 'its field "path" is missing or malformed'],
  ])('whose record is %s says what is wrong, and still names the repo', (text, problem) => {
    const item = parseRepoItem({ ...key, repo_name: { S: 'docs' }, borgboi_record: { S: text } })

    expect(item).toMatchObject({ problem, summary: { name: 'docs' } })
    expect(item).not.toHaveProperty('record')
  })
})

describe('an item of BorgBoi 1.x', () => {
  test('tells name, source and last backup, and that it has a passphrase, but not the passphrase', () => {
    const item = parseRepoItem({
      ...key,
      repo_name: { S: 'docs' },
      backup_target_path: { S: '/home/me' },
      last_backup: { S: '2025-01-02T03:04:05.678901+00:00' },
      passphrase: { S: 'sentinel' },
    })

    expect(item.summary).toEqual({
      name: 'docs',
      path: '/srv/borg/docs',
      hostname: 'anna',
      sources: ['/home/me'],
      lastBackupAt: '2025-01-02T03:04:05.678Z',
    })
    expect(item.holdsPassphrase).toBe(true)
    expect(JSON.stringify(item)).not.toContain('sentinel')
  })

  test('may call the name common_name, and have a last backup that is none', () => {
    const item = parseRepoItem({ ...key, common_name: { S: 'docs' }, last_backup: { S: 'soon' } })

    expect(item.summary).toEqual({ name: 'docs', path: '/srv/borg/docs', hostname: 'anna', sources: [] })
  })

  test('without a name is passed over', () => {
    expect(parseRepoItem(key)).not.toHaveProperty('summary')
  })
})
