// E-mail over SMTP. A password never goes over a connection that is not encrypted, but to this machine itself.

import { networkProblem } from '../platform/http.ts'
import type { Channel, ChannelContext } from './channel.ts'

const PORTS = { 'smtp:': 587, 'smtps:': 465 } as const
const THIS_MACHINE = ['localhost', '127.0.0.1', '::1', '[::1]']

export function email({ settings, readSecret }: ChannelContext): Channel {
  const { url = '', from = '', to = '', user, password_file: file, timeout } = settings
  return {
    send: async ({ title, text }, signal) => {
      const { protocol, hostname, port } = new URL(url)
      const password = file === undefined ? undefined : (await readSecret(file)).reveal()
      // Loaded on use: most never send mail.
      const { createTransport } = (await import('nodemailer')).default
      const transport = createTransport({
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port === '' ? PORTS[protocol === 'smtps:' ? 'smtps:' : 'smtp:'] : Number(port),
        secure: protocol === 'smtps:',
        ...(password === undefined
          ? {}
          : { auth: { user: user ?? from, pass: password }, requireTLS: !THIS_MACHINE.includes(hostname) }),
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const giveUp = () => transport.close()
      signal.addEventListener('abort', giveUp, { once: true })
      try {
        await transport.sendMail({ from, to, subject: title, text })
        return undefined
      } catch (error) {
        return problemOf(error)
      } finally {
        signal.removeEventListener('abort', giveUp)
        transport.close()
      }
    },
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EAUTH: 'it refused the user or the password',
  ETLS: 'it offers no encrypted connection, or a bad certificate',
  EENVELOPE: 'it refused who the mail is from or for',
  ETIMEDOUT: 'it did not answer in time',
}

function problemOf(error: unknown): string {
  const { code, originalCode, response } = error as { code?: string; originalCode?: string; response?: unknown }
  const answer = typeof response === 'string' ? response.replace(/\s+/g, ' ').slice(0, 200) : ''
  const otherwise = answer === '' ? networkProblem(originalCode ?? code) : 'it refused the mail'
  return `${PROBLEMS[code ?? ''] ?? otherwise}${answer === '' ? '' : `: ${answer}`}`
}
