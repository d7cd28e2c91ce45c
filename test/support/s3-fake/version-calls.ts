// The fake's listing of older versions, as AWS gives it: the newest of a key first, times in whole seconds, markers
// encoded like the keys.

import { compare, type FakeBucket, type FakeVersion } from './bucket.ts'
import { element, type FakeReply, xmlReply } from './reply.ts'
import type { FakeRequest } from './request.ts'

/** Smaller than S3's, so that the versions of a key often go on on the next page. */
const PAGE = 7

interface Row {
  readonly key: string
  readonly versionId: string
  readonly xml: string
}

export function listVersions(bucket: FakeBucket, { bucket: name, query }: FakeRequest): FakeReply {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? '']
  const [keyMarker, versionMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker')]
  const all = bucket.versions.filter(({ key }) => key.startsWith(prefix)).toSorted((a, b) => compare(a.key, b.key))
  const rows: Row[] = []
  for (const version of all) {
    const cut = delimiter === '' ? -1 : version.key.indexOf(delimiter, prefix.length)
    if (cut === -1) rows.push(rowOf(version, bucket.versions.find(({ key }) => key === version.key) === version))
    else if (rows.at(-1)?.key !== version.key.slice(0, cut + 1)) rows.push(directoryRow(version.key.slice(0, cut + 1)))
  }
  const seen = rows.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionMarker)
  const left = seen === -1 ? rows.filter(({ key }) => compare(key, keyMarker) > 0) : rows.slice(seen + 1)
  const page = left.slice(0, PAGE)
  const last = left.length > PAGE ? page.at(-1) : undefined
  const next = last
    ? [element('NextKeyMarker', encodeURIComponent(last.key)), element('NextVersionIdMarker', last.versionId)]
    : []
  return xmlReply(
    'ListVersionsResult',
    [
      element('Name', name),
      element('EncodingType', 'url'),
      element('IsTruncated', last !== undefined),
      ...next,
      ...page.map(({ xml }) => xml),
    ].join(''),
  )
}

function rowOf({ key, id, object, modified }: FakeVersion, isLatest: boolean): Row {
  const facts = [
    element('Key', encodeURIComponent(key)),
    element('VersionId', id),
    element('IsLatest', isLatest),
    element('LastModified', `${modified.toISOString().slice(0, 19)}.000Z`),
  ]
  if (object === undefined) return { key, versionId: id, xml: `<DeleteMarker>${facts.join('')}</DeleteMarker>` }
  facts.push(element('ETag', `"${object.etag}"`), element('Size', object.bytes.length))
  facts.push(element('StorageClass', 'STANDARD'))
  return { key, versionId: id, xml: `<Version>${facts.join('')}</Version>` }
}

function directoryRow(prefix: string): Row {
  const xml = `<CommonPrefixes>${element('Prefix', encodeURIComponent(prefix))}</CommonPrefixes>`
  return { key: prefix, versionId: '', xml }
}
