// The fake's calls about a whole bucket.

import type { FakeBucket } from './bucket.ts'
import { element, errorReply, type FakeReply, texts, xmlReply } from './reply.ts'
import type { FakeRequest } from './request.ts'

const PAGE = 1000

export function listObjects(bucket: FakeBucket, { bucket: name, query }: FakeRequest): FakeReply {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? '']
  const isEncoded = query.get('encoding-type') === 'url'
  const encode = isEncoded ? encodeURIComponent : (key: string) => key
  const encoding = isEncoded ? element('EncodingType', 'url') : ''
  const token = query.get('continuation-token') ?? ''
  const after = [query.get('start-after') ?? '', Buffer.from(token, 'base64url').toString()].sort().at(-1) ?? ''
  const rows: { readonly last: string; readonly xml: string }[] = []
  for (const key of bucket.keys(prefix, after)) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    if (cut === -1) {
      const { bytes, etag, modified } = bucket.objects.get(key) ?? { bytes: '', etag: '', modified: new Date(0) }
      const facts = [
        element('Key', encode(key)),
        element('Size', bytes.length),
        element('ETag', `"${etag}"`),
        element('LastModified', modified.toISOString()),
        element('StorageClass', 'STANDARD'),
      ]
      rows.push({ last: key, xml: `<Contents>${facts.join('')}</Contents>` })
      continue
    }
    const directory = key.slice(0, cut + 1)
    const xml = `<CommonPrefixes>${element('Prefix', encode(directory))}</CommonPrefixes>`
    const previous = rows.at(-1)
    if (previous?.xml === xml) rows[rows.length - 1] = { last: key, xml }
    else rows.push({ last: key, xml })
  }
  const isTruncated = rows.length > PAGE
  const page = rows.slice(0, PAGE)
  const next = isTruncated
    ? element('NextContinuationToken', Buffer.from(page.at(-1)?.last ?? '').toString('base64url'))
    : ''
  return xmlReply(
    'ListBucketResult',
    element('Name', name) + encoding + element('IsTruncated', isTruncated) + next + page.map(({ xml }) => xml).join(''),
  )
}

/** `kept`: keys that are locked. */
export function deleteObjects(bucket: FakeBucket, { body, now }: FakeRequest, kept: RegExp | undefined): FakeReply {
  const keys = texts(body.toString(), 'Key')
  if (keys.length > PAGE) return errorReply(400, 'MalformedXML')
  const errors = keys.flatMap((key) => {
    if (!kept?.test(key)) {
      bucket.remove(key, now)
      return []
    }
    return [
      `<Error>${element('Key', key)}${element('Code', 'AccessDenied')}${element('Message', 'Access Denied')}</Error>`,
    ]
  })
  return xmlReply('DeleteResult', errors.join(''))
}

export function listMultipartUploads(bucket: FakeBucket, { query }: FakeRequest): FakeReply {
  const prefix = query.get('prefix') ?? ''
  const uploads = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix))
  const rows = uploads.map(({ key, id, begun }) => {
    return `<Upload>${element('Key', key)}${element('UploadId', id)}${element('Initiated', begun.toISOString())}</Upload>`
  })
  return xmlReply('ListMultipartUploadsResult', element('IsTruncated', false) + rows.join(''))
}

export function listParts(bucket: FakeBucket, { query }: FakeRequest): FakeReply {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '')
  if (upload === undefined) return errorReply(404, 'NoSuchUpload')
  const rows = [...upload.parts].map(([number, { bytes, etag }]) => {
    return `<Part>${element('PartNumber', number)}${element('Size', bytes.length)}${element('ETag', `"${etag}"`)}</Part>`
  })
  return xmlReply('ListPartsResult', element('IsTruncated', false) + rows.join(''))
}

export function versioningOf(isVersioned: boolean): FakeReply {
  return xmlReply('VersioningConfiguration', isVersioned ? element('Status', 'Enabled') : '')
}

export function objectLockOf(lock: { readonly mode: string; readonly days: number } | undefined): FakeReply {
  if (lock === undefined) return errorReply(404, 'ObjectLockConfigurationNotFoundError')
  const retention = `<DefaultRetention>${element('Mode', lock.mode)}${element('Days', lock.days)}</DefaultRetention>`
  return xmlReply('ObjectLockConfiguration', `${element('ObjectLockEnabled', 'Enabled')}<Rule>${retention}</Rule>`)
}
