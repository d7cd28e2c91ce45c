// What the machine is in the middle of: on its battery, without a network. Where the system does not say, nothing is
// wrong: a backup that runs is better than one that waits for ever.

import { join } from 'node:path'
import type { Circumstances } from '../deps.ts'
import { AppError } from '../errors.ts'
import { listIfAny, readTextIfAny } from './files.ts'
import { outputOf } from './program-output.ts'

/** Programs of macOS; nothing else is asked them. */
const ASKED = { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }, timeoutMs: 5000 }
/** Flags of routes. Source: linux/route.h and linux/ipv6_route.h. */
const ROUTE_UP = 0x1
const ROUTE_REJECT = 0x200

/** `root`: what stands in front of `/sys` and `/proc`; empty but in tests. */
export function machineCircumstances(root = ''): Circumstances {
  return {
    onBattery: async () => {
      const directory = join(root, '/sys/class/power_supply')
      const supplies = await listIfAny(directory)
      if (supplies === undefined)
        return (await outputOf('pmset', ['-g', 'batt'], ASKED)).stdout.includes("'Battery Power'")
      const read = (name: string, fact: string) => factOf(join(directory, name, fact))
      let discharging = false
      for (const name of supplies) {
        const [type, online, status, scope] = await Promise.all(
          ['type', 'online', 'status', 'scope'].map((fact) => read(name, fact)),
        )
        if (type !== 'Battery' && online === '1') return false
        // Not that of a mouse.
        if (type === 'Battery' && scope !== 'Device' && status === 'Discharging') discharging = true
      }
      return discharging
    },

    hasNetwork: async () => {
      const [v4, v6] = await Promise.all(
        ['route', 'ipv6_route'].map((file) => readTextIfAny(join(root, '/proc/net', file))),
      )
      if (v4 !== undefined) return v4.split('\n').some(isDefaultRoute) || (v6 ?? '').split('\n').some(isDefaultRoute6)
      const { exitCode } = await outputOf('route', ['-n', 'get', 'default'], ASKED)
      return exitCode === 0 || exitCode === undefined
    },
  }
}

/** Empty where there is none; what a driver fails to tell counts as that. */
async function factOf(file: string): Promise<string> {
  try {
    return ((await readTextIfAny(file)) ?? '').trim()
  } catch (error) {
    if (error instanceof AppError) return ''
    throw error
  }
}

/** `eth0 00000000 0101A8C0 0003 …` */
function isDefaultRoute(line: string): boolean {
  const [, destination, , flags = '0', , , , mask] = line.trim().split(/\s+/)
  return destination === '00000000' && mask === '00000000' && (Number.parseInt(flags, 16) & ROUTE_UP) !== 0
}

/** `00…0 00 00…0 00 fe80… 00000400 00000001 00000000 00000003 eth0` */
function isDefaultRoute6(line: string): boolean {
  const [destination = '', prefix, , , , , , , flags = '0', name] = line.trim().split(/\s+/)
  if (!/^0{32}$/.test(destination) || prefix !== '00' || name === 'lo') return false
  const bits = Number.parseInt(flags, 16)
  return (bits & ROUTE_UP) !== 0 && (bits & ROUTE_REJECT) === 0
}
