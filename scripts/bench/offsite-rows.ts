// The rows about copies off-site: against a real S3 server, beside what else copies a repository there if installed.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, type Figures, figures, type Program, peakMemory, run } from './measure.ts'
import { isInstalled, OffsiteStage } from './offsite-stage.ts'
import { count, type Measure, memoryRow, milliseconds, type Row } from './row.ts'
import { S3Server } from './s3-server.ts'

/** So many at most where each round moves a gigabyte for everyone who takes part. */
export const COLD_ROUNDS = 3
const MIB = 1024 ** 2
const MANY = { files: 20_000, bytesEach: 64 * 1024 }
const REAL = { files: 16, bytesEach: 64 * MIB, maxSegmentBytes: 100 * MIB }
const LARGE_BYTES = 5 * 1024 * MIB
const OTHERS = { loop: 'raw PUT loop', rclone: 'rclone, tuned', copy: '`rclone copy`', aws: '`aws s3 sync`' }
/** GET head, PUT manifest, PUT head, GET head. */
const REQUESTS_BESIDE_BLOBS = 4
/** Of the loop's. */
const THROUGHPUT_MIN = 0.85

export const OFFSITE_ROWS: Readonly<Record<string, Measure>> = {
  'offsite-many': withServer(many),
  'offsite-real': withServer(real),
  'offsite-large': withServer(large),
}

/** As many files as two terabytes have by default, but small ones: each segment holds one file of the source. */
async function many(directory: string, rounds: number, server: S3Server): Promise<Row[]> {
  const stage = new OffsiteStage(directory, server, MANY.bytesEach - 4096)
  stage.backUp(MANY.files, MANY.bytesEach)
  const repository = `${count(MANY.files)} files of 64 KiB`
  const { cold, home, place } = pushCold(stage, rounds)

  const unchanged = figures(rounds, {
    ours: [home.sync()],
    ...ifInstalled('rclone', [stage.rcloneSync(place)]),
    ...ifInstalled('aws', [stage.awsSync(place)]),
  })
  const requests = await server.requestsOf(() => run(home.sync()))

  const change = () => stage.backUp(MANY.files / 100, MANY.bytesEach)
  const changed = changedEachRound(change)
  const little = figures(rounds, {
    ours: changed(home.sync()),
    ...ifInstalled('rclone', changed(stage.rcloneSync(place))),
  })
  const blobs = stage.countNewContents(change)
  const fewRequests = await server.requestsOf(() => run(home.sync()))
  const fewest = blobs + REQUESTS_BESIDE_BLOBS
  const { peakBytes } = await peakMemory(stage.newHome().sync())
  return [
    compared(`cold push, ${repository}`, cold, 'rclone', 1),
    compared(`cold push, ${repository}`, cold, 'loop'),
    memoryRow(`cold push, ${repository}`, peakBytes),
    compared(`push of nothing new, ${repository}`, unchanged, 'rclone', 0.5),
    compared(`push of nothing new, ${repository}`, unchanged, 'aws', 0.15),
    countRow('requests of that push', requests.all, '1', requests.all === 1),
    compared('push, 1 % new', little, 'rclone', 1),
    countRow(
      `requests of that push, ${count(blobs)} new blobs`,
      fewRequests.all,
      `≤ ${fewest}, no listing`,
      fewRequests.all <= fewest && fewRequests.lists === 0,
    ),
  ]
}

/** What most have: a gigabyte, in segments of 100 MiB. */
async function real(directory: string, rounds: number, server: S3Server): Promise<Row[]> {
  const stage = new OffsiteStage(directory, server, REAL.maxSegmentBytes)
  stage.backUp(REAL.files, REAL.bytesEach)
  const { cold, home, place } = pushCold(stage, rounds)
  const back = coldFigures(rounds, {
    ours: () => [home.restore()],
    ...(isInstalled('rclone') ? { copy: () => [stage.rcloneCopyBack(place)] } : {}),
  })
  const push = await peakMemory(stage.newHome().sync())
  const restore = await peakMemory(home.restore())
  return [
    compared('cold push, 1 GiB in segments of 100 MiB', cold, 'loop', 1 / THROUGHPUT_MIN),
    compared('cold push, 1 GiB in segments of 100 MiB', cold, 'rclone'),
    compared('restore of that repository', back, 'copy'),
    memoryRow('that push', push.peakBytes),
    memoryRow('that restore', restore.peakBytes),
  ]
}

async function large(directory: string, _rounds: number, server: S3Server): Promise<Row[]> {
  const stage = new OffsiteStage(directory, server, REAL.maxSegmentBytes)
  stage.backUp(1, MIB)
  stage.lengthenSegment(LARGE_BYTES)
  const { peakBytes } = await peakMemory(stage.newHome().sync())
  return [memoryRow('push of a segment of 5 GiB', peakBytes)]
}

/** To places where nothing is. Returns also where the copies of the last round are. */
function pushCold(stage: OffsiteStage, rounds: number) {
  let home = stage.newHome()
  let place = ''
  const cold = coldFigures(rounds, {
    ours: () => {
      home = stage.newHome()
      return [home.sync()]
    },
    loop: () => [stage.putLoop()],
    ...ifInstalled('rclone', () => {
      place = stage.newPlace('rclone')
      return [stage.rcloneSync(place)]
    }),
  })
  return { cold, home, place }
}

/** Each round a change is made once, before whoever is first. */
function changedEachRound(change: () => void): (program: Program) => Case {
  let changedIn = -1
  return (program) => (round) => {
    if (round !== changedIn) change()
    changedIn = round
    return [program]
  }
}

function coldFigures(rounds: number, cases: Record<string, Case>): Record<string, Figures> {
  return figures(Math.min(rounds, COLD_ROUNDS), cases, { warmUp: false })
}

function ifInstalled(name: 'rclone' | 'aws', other: Case): Record<string, Case> {
  return isInstalled(name) ? { [name]: other } : {}
}

/** `budget`: of the ratio. */
function compared(what: string, of: Record<string, Figures>, other: keyof typeof OTHERS, budget?: number): Row {
  const [ours, theirs] = [of['ours'], of[other]]
  const ratio = ours && theirs && ours.ms / theirs.ms
  return {
    what,
    ours: timeOf(ours),
    against: theirs ? `${timeOf(theirs)} ${OTHERS[other]}` : `${OTHERS[other]}: not installed`,
    ...(ratio === undefined ? {} : { ratio }),
    budget: budget === undefined ? '' : `≤ ${Number(budget.toFixed(2))}x`,
    met: budget === undefined || ratio === undefined ? undefined : ratio <= budget,
  }
}

function timeOf(figures: Figures | undefined): string {
  if (figures === undefined) return ''
  const cpu = figures.cpuMs === 0 ? '' : ` (${milliseconds(figures.cpuMs)} CPU)`
  return milliseconds(figures.ms) + cpu
}

function countRow(what: string, counted: number, budget: string, met: boolean): Row {
  return { what, ours: String(counted), against: '', budget, met }
}

/** Where there can be no server the rows are left out, and the table says so. */
function withServer(measure: (directory: string, rounds: number, server: S3Server) => Promise<Row[]>): Measure {
  return async (directory, rounds) => {
    const server = await S3Server.start(join(directory, 's3'))
    if (typeof server === 'string') {
      console.error(`NOT MEASURED: ${server}`)
      return [
        {
          what: `copies off-site (${measure.name}): not measured, ${server}`,
          ours: '',
          against: '',
          budget: '',
          met: undefined,
        },
      ]
    }
    try {
      return await measure(join(directory, 'stage'), rounds, server)
    } finally {
      server.stop()
      // Some ten gigabytes, which the next row may need.
      rmSync(directory, { recursive: true })
    }
  }
}
