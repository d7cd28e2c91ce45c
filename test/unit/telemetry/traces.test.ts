import { describe, expect, it } from 'vitest'
import type { Warning } from '../../../src/model/run.ts'
import { Traces } from '../../../src/telemetry/traces.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { deadAddress, httpReceiver } from '../../support/http-receiver.ts'
import { report, run, step } from '../../support/run-events.ts'

const NANOSECONDS = 1_000_000n

function open(url: string) {
  const clock = new FakeClock('2026-11-20T02:30:10.000Z')
  const options = { serviceName: 'backups', version: '2.0.0', hostname: 'anna', clock, timeoutMs: 1000 }
  const traces = new Traces({ ...options, url: `${url}/v1/traces` })
  const warnings: Warning[] = []
  const conclude = (changes: Parameters<typeof report>[1] = {}) =>
    traces.conclude(report('docs', changes), async (_, act) => {
      await act({ onProgress: () => {}, onWarning: (warning) => void warnings.push(warning) })
    })
  return { traces, conclude, warnings }
}

describe('a trace', () => {
  it('is a span of the run with one below it for each step', async () => {
    const server = await httpReceiver()
    const { traces, conclude, warnings } = open(server.url)
    const docs = run(traces.take, 'docs')
    const failure = { code: 'locked', message: 'm', exitCode: 11, context: {} } as const

    docs.start()
    docs.end('create archive', { durationMs: 1000, figures: { files: 3 } })
    docs.end('prune', { outcome: 'failed', durationMs: 0, failure })
    await conclude({ outcome: 'failed', exitCode: 11, failure, steps: [step('create archive'), step('prune')] })

    expect(warnings).toEqual([])
    expect(server.received).toMatchObject([{ path: '/v1/traces', headers: { 'content-type': 'application/json' } }])
    const { resourceSpans } = JSON.parse(server.received[0]?.body ?? '')
    expect(resourceSpans[0].resource.attributes[0]).toEqual({ key: 'service.name', value: { stringValue: 'backups' } })
    const [whole, create, prune] = resourceSpans[0].scopeSpans[0].spans
    expect(whole).toMatchObject({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'backup daily',
      startTimeUnixNano: String(BigInt(Date.parse('2026-11-20T02:30:04.000Z')) * NANOSECONDS),
      status: { code: 2, message: 'locked' },
    })
    expect(create).toMatchObject({
      traceId: whole.traceId,
      parentSpanId: whole.spanId,
      name: 'create archive',
      startTimeUnixNano: String(BigInt(Date.parse('2026-11-20T02:30:09.000Z')) * NANOSECONDS),
      endTimeUnixNano: String(BigInt(Date.parse('2026-11-20T02:30:10.000Z')) * NANOSECONDS),
      attributes: expect.arrayContaining([{ key: 'borgboi.files', value: { doubleValue: 3 } }]),
    })
    expect(prune).toMatchObject({ name: 'prune', status: { code: 2, message: 'locked' } })
    expect(new Set([whole, create, prune].map(({ spanId }) => spanId)).size).toBe(3)
  })

  it('that the collector refuses, or does not take in time, is a warning', async () => {
    const server = await httpReceiver()
    const { conclude, warnings } = open(server.url)

    server.answer = { status: 500 }
    await conclude()
    server.answer = 'never'
    await conclude()
    const dead = open(await deadAddress())
    await dead.conclude()

    expect([...warnings, ...dead.warnings].map(({ message }) => message)).toEqual([
      'the collector of traces was not told: it answered 500',
      'the collector of traces was not told: it did not answer in time',
      'the collector of traces was not told: nothing listens there',
    ])
  })
})
