import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { JsonObject } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { sequential, stream } from './test-answers.ts'
import { call, CREATED, done, ended, event, incomplete, message, read, textDelta } from './test-events.ts'

describe('the end of a stream', () => {
  const stops: readonly [title: string, end: readonly JsonObject[], stop: object][] = [
    ['completed with a call is a call', [done(0, call('{}')), ended()], { reason: 'tool-calls' }],
    [
      'completed with a refusal is one',
      [done(0, message({ type: 'refusal', refusal: 'no' })), ended()],
      { reason: 'refusal' },
    ],
    ['the limit', [incomplete('max_output_tokens')], { reason: 'output-limit', native: 'max_output_tokens' }],
    ['the filter', [incomplete('content_filter')], { reason: 'filter', native: 'content_filter' }],
    [
      'anything else incomplete is taken for the limit',
      [incomplete('tired')],
      { reason: 'output-limit', native: 'tired' },
    ],
  ]
  for (const [title, end, stop] of stops)
    test(title, () => expect(read([CREATED, ...end]).at(-2)).toMatchObject({ type: 'stop', stop }))

  const failures: readonly [title: string, event: JsonObject, kind: string][] = [
    [
      '124 a nested error',
      { type: 'error', error: { code: 'server_is_overloaded', message: 'Busy.' } },
      'upstream-overloaded',
    ],
    ['a flat error', { type: 'error', code: 'rate_limit_exceeded', message: 'Slow.' }, 'rate-limit-exceeded'],
    ['an error without a type', { error: { message: 'Oh.' } }, 'upstream-failed'],
    [
      'a failed response',
      event('failed', { response: { status: 'failed', error: { code: 'context_length_exceeded', message: 'Long.' } } }),
      'context-length-exceeded',
    ],
    [
      'a response that is said to be completed and has failed',
      ended([], { status: 'failed', error: null }),
      'upstream-failed',
    ],
    ['a cancelled response', ended([], { status: 'cancelled' }), 'upstream-failed'],
  ]
  for (const [title, failure, kind] of failures)
    test(`${title} is a failure, after which nothing counts`, () => {
      const events = read([CREATED, textDelta('a'), failure, textDelta('b'), ended()])
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind } })
      expect(collect(events).blocks).toMatchObject([{ text: 'a' }])
    })

  test('109 before the answer’s own is an error, wherever it comes', () => {
    fc.assert(
      fc.property(sequential, fc.nat(), (events, at) => {
        const upstream = stream(events)
        const told = read(upstream.slice(0, at % upstream.length))
        expect(told.at(-1)).toMatchObject({ type: 'error', error: { kind: 'stream-broken' } })
        expect(told.some(({ type }) => type === 'stop' || type === 'end')).toBe(false)
      }),
      { seed: 3, numRuns: 200 },
    )
  })
})

test('every block that was opened is closed before the end, whatever is missing', () => {
  fc.assert(
    fc.property(sequential, fc.array(fc.nat(), { maxLength: 6 }), fc.boolean(), (events, missing, isEmpty) => {
      const upstream = stream(events).filter((_, index) => !missing.includes(index))
      const last = upstream.at(-1) ?? {}
      const end = isEmpty && last.type === 'response.completed' ? [...upstream.slice(0, -1), ended()] : upstream
      const told = read(end)
      const open = new Set<number>()
      for (const each of told) {
        if (each.type === 'open') open.add(each.key)
        if (each.type === 'close') expect(open.delete(each.key)).toBe(true)
        if (each.type === 'delta') expect(open.has(each.key)).toBe(true)
        if (each.type === 'end') expect(open.size).toBe(0)
      }
    }),
    { seed: 3, numRuns: 300 },
  )
})

test('nothing throws, whatever is sent', () => {
  const names = [
    'created',
    'output_item.added',
    'output_item.done',
    'output_text.delta',
    'content_part.done',
    'completed',
  ]
  const junk = fc.record(
    {
      type: fc.constantFrom(...names.map((name) => `response.${name}`)),
      output_index: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
      item: fc.oneof(
        fc.anything(),
        fc.record(
          {
            type: fc.constantFrom('message', 'reasoning', 'function_call'),
            id: fc.anything(),
            content: fc.anything(),
            summary: fc.anything(),
          },
          { requiredKeys: [] },
        ),
      ),
      response: fc.anything(),
      part: fc.anything(),
      delta: fc.anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(junk, { maxLength: 6 }), (events) => {
      expect(['error', 'end']).toContain(read(events as JsonObject[]).at(-1)?.type ?? '')
    }),
    { seed: 3, numRuns: 300 },
  )
})
