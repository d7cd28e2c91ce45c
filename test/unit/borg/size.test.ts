import { describe, expect, it } from 'vitest'
import { parseBorgSize, parseDeletedBytes } from '../../../src/borg/output/size.ts'

describe('sizes as Borg prints them', () => {
  it.each([
    ['0 B', 0],
    ['813 B', 813],
    ['3.15 kB', 3150],
    ['11.20 MB', 11_200_000],
    ['1.07 GB', 1_070_000_000],
    ['2.00 TB', 2e12],
    ['1.50 PB', 1.5e15],
    ['1.00 EB', 1e18],
    ['-764 B', -764],
    ['+1.00 kB', 1000],
    ['1.00MB', 1_000_000],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBorgSize(text)).toBe(bytes)
  })

  it.each(['', 'B', '1.2', '1.2 KiB', '1,2 kB', 'many B', '1.2 kB 3'])('%j is none', (text) => {
    expect(parseBorgSize(text)).toBeUndefined()
  })
})

describe('what deleted archives gave up', () => {
  it('is the last of the three figures, without its sign', () => {
    const line = 'Deleted data:               -1.00 MB             -1.00 MB             -1.21 kB'

    expect(parseDeletedBytes(line)).toBe(1210)
  })

  it('is nothing in other lines', () => {
    expect(parseDeletedBytes('All archives:   2.00 MB   2.00 MB   1.00 MB')).toBeUndefined()
    expect(parseDeletedBytes('Deleted data:   much')).toBeUndefined()
  })
})
