// Notifiers that are reached with one HTTP request: ntfy, pings, Slack, Discord and any other webhook.

import { fillTemplate } from '../model/message-template.ts'
import { post } from '../platform/http.ts'
import { addressOf, authorization, type Channel, type ChannelContext, shorten } from './channel.ts'
import { type Message, placesOf } from './message.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORMAT = 1

/** What it takes at most. Source: docs.ntfy.sh, "Limitations". */
const NTFY_MAX_BYTES = 4000
const NTFY: Record<Message['level'], { readonly priority: number; readonly tags: readonly string[] }> = {
  info: { priority: 2, tags: [] },
  warning: { priority: 3, tags: ['warning'] },
  error: { priority: 4, tags: ['rotating_light'] },
}

/** The address ends in the topic; as JSON it goes to the server itself, where titles may have any character. */
export function ntfy(context: ChannelContext): Channel {
  return {
    send: async ({ title, text, level }, signal) => {
      const url = new URL(await addressOf(context))
      const path = url.pathname.replace(/\/+$/, '').split('/')
      const topic = decodeURIComponent(path.pop() ?? '')
      if (topic === '') return 'its address names no topic, as in https://ntfy.sh/my-topic'
      url.pathname = path.join('/') || '/'
      const body = JSON.stringify({ topic, title, message: shorten(text, NTFY_MAX_BYTES), ...NTFY[level] })
      return await post({ url: url.href, body, headers: { ...JSON_TYPE, ...(await authorization(context)) }, signal })
    },
  }
}

/** What such services take at most. */
const PING_MAX_BYTES = 10_000

/** Healthchecks and what does the same: that a run began, that it went well, that it failed; nothing is told of others. */
export function ping(context: ChannelContext): Channel {
  return {
    send: async ({ rule, level, title, text }, signal) => {
      const url = new URL(await addressOf(context))
      const end = rule === 'start' ? '/start' : level === 'error' ? '/fail' : ''
      url.pathname = `${url.pathname.replace(/\/+$/, '')}${end}`
      const body = shorten(`${title}\n\n${text}`, PING_MAX_BYTES)
      return await post({ url: url.href, body, headers: { 'content-type': 'text/plain; charset=utf-8' }, signal })
    },
  }
}

const SLACK_MAX_BYTES = 8000

export function slack(context: ChannelContext): Channel {
  return {
    send: async ({ title, text }, signal) => {
      // Left as they are, names of files could call everybody in the channel.
      const plain = (of: string) => of.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
      const body = JSON.stringify({ text: `*${plain(title)}*\n${fenced(plain(shorten(text, SLACK_MAX_BYTES)))}` })
      return await post({ url: await addressOf(context), body, headers: JSON_TYPE, signal })
    },
  }
}

/** Discord counts 2000 characters for the whole. */
const DISCORD_MAX_BYTES = 1700

export function discord(context: ChannelContext): Channel {
  return {
    send: async ({ title, text }, signal) => {
      const content = `**${shorten(title, 200)}**\n${fenced(shorten(text, DISCORD_MAX_BYTES))}`
      const body = JSON.stringify({ content, allowed_mentions: { parse: [] } })
      return await post({ url: await addressOf(context), body, headers: JSON_TYPE, signal })
    },
  }
}

/** As it is, in one block that nothing in it can end. */
function fenced(text: string): string {
  return `\`\`\`\n${text.replaceAll('```', "'''")}\n\`\`\``
}

export function webhook(context: ChannelContext): Channel {
  const { body: template, content_type: type = 'application/json' } = context.settings
  return {
    send: async (message, signal) => {
      const { report: run, ...rest } = message
      const whole = () => JSON.stringify({ format: FORMAT, ...rest, ...(run && { run }) })
      const body = template === undefined ? whole() : fillTemplate(template, placesOf(message), /json/i.test(type))
      const headers = { 'content-type': type, ...(await authorization(context)) }
      return await post({ url: await addressOf(context), body, headers, signal })
    },
  }
}
