// A mail server on this machine: as much of SMTP as it takes to get a message, to be refused, or to be left waiting.

import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface MailServer {
  readonly port: number
  /** Messages with their envelopes, as they were sent. */
  readonly received: { readonly from: string; readonly to: readonly string[]; readonly text: string }[]
  /** `user:password` of whoever logged in. */
  readonly logins: string[]
}

type Mood = 'friendly' | 'wants a login' | 'refuses who it is for' | 'refuses logins' | 'says nothing'

/** Call it inside a test. */
export async function mailServer(mood: Mood = 'friendly', host = '127.0.0.1'): Promise<MailServer> {
  const mail = { port: 0, received: [] as MailServer['received'], logins: [] as string[] }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (mood !== 'says nothing') converse(socket, mood, mail)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  mail.port = (server.address() as AddressInfo).port
  return mail
}

function converse(socket: Socket, mood: Mood, { received, logins }: MailServer): void {
  let [from, to, data, rest] = ['', [] as string[], undefined as string[] | undefined, '']
  const say = (line: string) => socket.write(`${line}\r\n`)
  const hear = (line: string) => {
    if (data !== undefined) {
      if (line !== '.') return void data.push(line)
      received.push({ from, to, text: data.join('\n') })
      data = undefined
      return say('250 taken')
    }
    const [verb = ''] = line.toUpperCase().split(' ')
    if (verb === 'EHLO') return say(mood.includes('login') ? '250-test\r\n250 AUTH PLAIN' : '250 test')
    if (verb === 'AUTH') {
      const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString()
        .split('\0')
      if (mood === 'refuses logins') return say('535 5.7.8 not you')
      logins.push(`${user}:${password}`)
      return say('235 welcome')
    }
    if (verb === 'STARTTLS') return say('502 not here')
    if (verb === 'MAIL') from = line
    if (verb === 'RCPT') {
      if (mood === 'refuses who it is for') return say('550 5.1.1 nobody of that name')
      to.push(line)
    }
    if (verb === 'DATA') {
      data = []
      return say('354 go on')
    }
    if (verb === 'QUIT') {
      say('221 bye')
      return socket.end()
    }
    return say('250 fine')
  }
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) hear(line)
  })
  say('220 test')
}
