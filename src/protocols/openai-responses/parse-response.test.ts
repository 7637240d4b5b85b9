import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { JsonObject } from '../../canon/codec.ts'
import { collect, play } from '../../canon/collect.ts'
import { parseResponse } from './parse-response.ts'
import { checked, OPENAI, reversal, sequential, stream } from './test-answers.ts'
import { call, message, read, said } from './test-events.ts'

describe('a whole response', () => {
  test('is the answer that its stream tells', () => {
    fc.assert(
      fc.property(sequential, (events) => {
        const written = stream(events)
        const { id: _, ...answer } = parseResponse(checked(written), OPENAI)
        const { id: __, ...streamed } = collect(read(written))
        expect(answer).toEqual(streamed)
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  const failed: readonly [title: string, body: JsonObject, kind: string][] = [
    [
      'that failed',
      { object: 'response', status: 'failed', error: { code: 'server_error', message: 'x' } },
      'upstream-failed',
    ],
    ['that was put off', { object: 'response', status: 'queued', output: [] }, 'upstream-failed'],
    ['that is an error', { error: { message: 'x', code: 'rate_limit_exceeded' } }, 'rate-limit-exceeded'],
    ['that is none', { hello: 1 }, 'upstream-unreadable'],
  ]
  for (const [title, body, kind] of failed)
    test(`${title} is an error, never an empty answer`, () =>
      expect(parseResponse(body, OPENAI).error).toMatchObject({ kind }))

  test('may lack its `object`, as some servers leave it out', () => {
    expect(parseResponse({ id: 'x', output: [message(said('a'))] }, OPENAI)).toMatchObject({
      blocks: [{ kind: 'text', text: 'a' }],
      stop: { reason: 'natural' },
    })
  })

  test('gives the state of reasoning to the family whose it is', () => {
    const item = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'x' }
    const { blocks } = parseResponse({ output: [item] }, { family: 'xai', requestId: 'r' })
    expect(blocks).toMatchObject([{ kind: 'reasoning', opaque: { family: 'xai' } }])
  })

  test('of one client’s answer, written again, is the same answer', () => {
    const body = { object: 'response', status: 'completed', model: 'gpt', output: [message(said('a')), call('{}')] }
    const answer = parseResponse(body, OPENAI)
    expect(checked(stream([...play(answer)], reversal()))).toMatchObject({
      output: [{ content: [{ text: 'a' }] }, { call_id: 'call_1', arguments: '{}' }],
    })
  })
})
