// A web server on this machine that keeps what is posted to it, answers as it is told to, or does not answer at all.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface HttpReceiver {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly received: Received[]
  /** What it answers from now on; `never` leaves who asks waiting. */
  answer: { readonly status: number; readonly body?: string; readonly location?: string } | 'never'
}

/** Call it inside a test. */
export async function httpReceiver(): Promise<HttpReceiver> {
  const receiver = { url: '', received: [] as Received[], answer: { status: 200 } as HttpReceiver['answer'] }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      receiver.received.push({ path: request.url ?? '', headers: request.headers, body })
      if (receiver.answer === 'never') return
      const { status, body: text = '', location } = receiver.answer
      response.writeHead(status, location === undefined ? {} : { location }).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

/** An address on this machine where nothing listens. */
export async function deadAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
