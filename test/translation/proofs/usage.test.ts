import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerEvent } from '../../../src/canon/answer.ts'
import { inputTotal, type Usage } from '../../../src/canon/usage.ts'
import { translateAnswer } from '../../../src/translation/answer.ts'
import { usage } from './arbitraries-answers.ts'
import { FAMILY, type Format, codecFor, PAIRS, trials, wire, TIMEOUT_MS } from './lanes.ts'
import { heardStream, heardWhole, laneOf, streamed, translate, whole } from './streams.ts'

const answering = (told: Usage): readonly AnswerEvent[] => [
  { type: 'start', id: 'resp_upstream', model: 'm' },
  { type: 'open', key: 0, opening: { kind: 'text' } },
  { type: 'delta', key: 0, text: 'Hello.' },
  { type: 'close', key: 0 },
  { type: 'usage', usage: told },
  { type: 'stop', stop: { reason: 'natural' } },
  { type: 'end' },
]

/** What of a usage every format can tell. What a format writes to a cache it may only be able to call input. */
const algebra = (said: Usage | undefined) =>
  said && {
    input: inputTotal(said),
    read: said.cacheRead,
    output: said.output + said.outputAudio,
    reasoning: said.reasoning,
  }

/** Formats that tell what was written to a cache. */
const TELLS_WRITES: ReadonlySet<Format> = new Set(['openai-chat', 'openai-responses', 'anthropic-messages'])
const writesOf = (said: Usage | undefined) => said && said.cacheWrite5m + said.cacheWrite1h

describe('usage', () => {
  test.each(PAIRS)(
    'told to a client of %s by an upstream of %s keeps its totals and its parts',
    (client, upstream) => {
      fc.assert(
        fc.property(usage, (told) => {
          const lane = laneOf(upstream, client)
          const bytes = whole(upstream, answering(told))
          const said = codecFor(upstream).parseResponse(wire(JSON.parse(bytes.toString())), {
            family: FAMILY[upstream],
            requestId: 'req_said',
          }).usage
          expect(algebra(said)).toEqual(algebra(told))
          const answer = translateAnswer(lane, bytes)
          if (!answer.ok) throw new Error(answer.error.message)
          const heard = heardWhole(client, answer.value.body).usage
          const streamedTo = heardStream(client, translate(lane, [streamed(upstream, answering(told))])).usage
          expect(algebra(heard)).toEqual(algebra(said))
          expect(algebra(streamedTo)).toEqual(algebra(said))
          if (TELLS_WRITES.has(client) && TELLS_WRITES.has(upstream)) expect(writesOf(heard)).toBe(writesOf(told))
        }),
        trials(),
      )
    },
    TIMEOUT_MS,
  )
})
