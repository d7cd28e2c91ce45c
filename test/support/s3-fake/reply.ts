// Answers of the S3 fake, and the little XML they need.

export interface FakeReply {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: Buffer
}

export function xmlReply(root: string, content: string): FakeReply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) }
}

export function errorReply(status: number, code: string, message = code): FakeReply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) }
}

export function element(name: string, value: string | number | boolean): string {
  return `<${name}>${escaped(String(value))}</${name}>`
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** The text of every element of that name. */
export function texts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => unescaped(text))
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&amp;', '&')
}
