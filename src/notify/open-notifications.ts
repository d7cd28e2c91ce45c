// The configured notifiers with their channels. Where the network may not be used, only the desktop is told.

import type { Config } from '../config/schema.ts'
import type { NotifierType } from '../model/notifier.ts'
import type { Channel, ChannelContext } from './channel.ts'
import { email } from './email.ts'
import { Notifications, type NotificationsOptions } from './notifications.ts'
import { apprise, desktop } from './program-channels.ts'
import { ToldStore } from './told.ts'
import { discord, ntfy, ping, slack, webhook } from './web-channels.ts'

const CHANNELS: Record<NotifierType, (context: ChannelContext) => Channel> = {
  ntfy,
  ping,
  email,
  slack,
  discord,
  webhook,
  apprise,
  desktop,
}

export interface OpenOptions
  extends Omit<NotificationsOptions, 'notifiers' | 'told'>,
    Pick<ChannelContext, 'env' | 'readSecret'> {
  /** `<home>/data` */
  readonly directory: string
}

export function openNotifications({ notify, offline }: Config, options: OpenOptions): Notifications {
  const { directory, env, readSecret, ...rest } = options
  const notifiers = Object.entries(notify).map(([name, settings]) => ({
    name,
    settings,
    channel: CHANNELS[settings.type]({ settings, env, readSecret }),
    usable: !offline || settings.type === 'desktop',
  }))
  return new Notifications({ ...rest, notifiers, told: new ToldStore(directory) })
}
