import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineCircumstances } from '../../../src/platform/circumstances.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A machine of these files below `/`. */
async function machine(files: Readonly<Record<string, string>>) {
  const root = await tempDir()
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), `${text}\n`)
  }
  return machineCircumstances(root)
}

const SUPPLY = 'sys/class/power_supply'
const ADAPTER = (online: string) => ({ [`${SUPPLY}/AC/type`]: 'Mains', [`${SUPPLY}/AC/online`]: online })
const BATTERY = (status: string) => ({ [`${SUPPLY}/BAT0/type`]: 'Battery', [`${SUPPLY}/BAT0/status`]: status })

describe('the battery', () => {
  test.each([
    ['a laptop that is plugged in', { ...ADAPTER('1'), ...BATTERY('Charging') }, false],
    ['a laptop that is not', { ...ADAPTER('0'), ...BATTERY('Discharging') }, true],
    ['one that is plugged in, and takes more than it gets', { ...ADAPTER('1'), ...BATTERY('Discharging') }, false],
    [
      'one that is charged over USB',
      { ...BATTERY('Discharging'), [`${SUPPLY}/ucsi/type`]: 'USB', [`${SUPPLY}/ucsi/online`]: '1' },
      false,
    ],
    [
      'a desktop with the battery of a mouse',
      { [`${SUPPLY}/hid/type`]: 'Battery', [`${SUPPLY}/hid/scope`]: 'Device', [`${SUPPLY}/hid/status`]: 'Discharging' },
      false,
    ],
    ['a machine that says nothing', { [`${SUPPLY}/.keep`]: '' }, false],
  ])('of %s', async (_, files, expected) => {
    expect(await (await machine(files)).onBattery()).toBe(expected)
  })
})

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'
const route = (destination: string, mask: string, flags = '0003') =>
  `${HEAD}\neth0\t${destination}\t0101A8C0\t${flags}\t0\t0\t100\t${mask}\t0\t0\t0`
const zeros = '0'.repeat(32)
const route6 = (flags: string, name: string) =>
  `${zeros} 00 ${zeros} 00 fe800000000000000000000000000001 00000400 00000001 00000000 ${flags} ${name}`

describe('the network', () => {
  test.each([
    ['a way out', { 'proc/net/route': route('00000000', '00000000') }, true],
    ['only the way to a container', { 'proc/net/route': route('000011AC', '0000FFFF', '0001') }, false],
    ['no way at all', { 'proc/net/route': HEAD }, false],
    ['a way out over IPv6', { 'proc/net/route': HEAD, 'proc/net/ipv6_route': route6('00000003', 'eth0') }, true],
    ['the route that refuses all', { 'proc/net/route': HEAD, 'proc/net/ipv6_route': route6('00200200', 'lo') }, false],
  ])('with %s', async (_, files, expected) => {
    expect(await (await machine(files)).hasNetwork()).toBe(expected)
  })
})
