import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fault } from '../../../src/errors.ts'
import { translateAnswer } from '../../../src/translation/answer.ts'
import { judgeStream } from '../grammar.ts'
import { answerOf } from './arbitraries-answers.ts'
import { type Format, PAIRS, trials, TIMEOUT_MS } from './lanes.ts'
import { saidBy } from './said-by.ts'
import { chunksOf, heardStream, heardWhole, laneOf, streamed, translate, whole } from './streams.ts'

const judge = (format: Format, text: string) => {
  const verdict = judgeStream[format]?.(text)
  if (!verdict) throw new Error(`no grammar for ${format}`)
  return verdict
}

describe('a streamed answer', () => {
  test.each(PAIRS)(
    'to a client of %s by an upstream of %s says what the whole answer says',
    (client, upstream) => {
      fc.assert(
        fc.property(answerOf(upstream), ({ events }) => {
          const lane = laneOf(upstream, client)
          const stream = translate(lane, [streamed(upstream, events)])
          const answer = translateAnswer(lane, whole(upstream, events))
          if (!answer.ok) throw new Error(answer.error.message)
          const verdict = judge(client, stream)
          expect(verdict).toEqual({ faults: [], end: 'success' })
          expect(saidBy(client, heardStream(client, stream))).toEqual(
            saidBy(client, heardWhole(client, answer.value.body)),
          )
        }),
        trials(),
      )
    },
    TIMEOUT_MS,
  )
})

describe('a stream', () => {
  test.each(PAIRS)(
    'to a client of %s by an upstream of %s is the same however its bytes are cut and its lines end',
    (client, upstream) => {
      let trial = 0
      fc.assert(
        fc.property(answerOf(upstream), ({ events }) => {
          const bytes = streamed(upstream, events)
          const cut = (chunks: Iterable<Uint8Array>): string => translate(laneOf(upstream, client), chunks)
          const expected = cut([bytes])
          for (const size of [1, 7, 4_096]) expect(cut(chunksOf(bytes, size))).toBe(expected)
          const text = bytes.toString('utf8')
          const others = [
            text.replaceAll('\n', '\r\n'),
            `\ufeff${text}`,
            text.replaceAll('\n\n', '\n\n: a comment\n\n'),
          ].map((other) => Buffer.from(other))
          for (const other of others) {
            expect(cut([other])).toBe(expected)
            expect(cut(chunksOf(other, 3))).toBe(expected)
          }
          // Every offset of small ones, now and then.
          if (trial++ % 10 === 0 && bytes.length < 4_000)
            for (let at = 1; at < bytes.length; at += 1) {
              const halves = cut([bytes.subarray(0, at), bytes.subarray(at)])
              if (halves !== expected) expect([at, halves]).toEqual([at, expected])
            }
        }),
        trials(0.25),
      )
    },
    TIMEOUT_MS,
  )

  test.each(PAIRS)(
    'to a client of %s by an upstream of %s that breaks off anywhere never ends as a success that lacks something',
    (client, upstream) => {
      let successes = 0
      let failures = 0
      fc.assert(
        fc.property(answerOf(upstream), ({ events }) => {
          const bytes = streamed(upstream, events)
          const all = heardStream(client, translate(laneOf(upstream, client), [bytes]))
          for (const at of prefixesOf(bytes)) {
            const text = translate(laneOf(upstream, client), [bytes.subarray(0, at)])
            const verdict = judge(client, text)
            if (verdict.faults.length > 0 || verdict.end === 'none')
              expect([at, verdict]).toEqual([at, { faults: [], end: 'error' }])
            if (verdict.end === 'error') failures += 1
            else {
              successes += 1
              const { blocks, stop } = heardStream(client, text)
              expect([at, blocks, stop]).toEqual([at, all.blocks, all.stop])
            }
          }
        }),
        trials(0.25),
      )
      expect(failures).toBeGreaterThan(successes)
    },
    TIMEOUT_MS,
  )
})

describe('a failure of the upstream', () => {
  test.each(PAIRS)(
    'in the middle of a stream ends that of a client of %s by an upstream of %s, and nothing follows',
    (client, upstream) => {
      fc.assert(
        fc.property(answerOf(upstream), fc.nat(99), ({ events }, place) => {
          // Before its stop an answer may fail anywhere.
          const last = events.findIndex(({ type }) => type === 'stop')
          const failing = [
            ...events.slice(0, 1 + (place % last)),
            { type: 'error', error: FAILURE } as const,
            ...events.slice(last),
          ]
          const text = translate(laneOf(upstream, client), [streamed(upstream, failing)])
          expect(judge(client, text)).toEqual({ faults: [], end: 'error' })
        }),
        trials(0.5),
      )
    },
    TIMEOUT_MS,
  )
})

const FAILURE = fault('upstream-failed', 'The provider failed.')

/** The ends of all events and lines, and some places within them. */
const prefixesOf = (bytes: Buffer): readonly number[] => {
  const places = new Set<number>([0])
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === 10) places.add(at).add(at + 1)
  for (let at = 13; at < bytes.length; at += 97) places.add(at)
  return [...places].filter((at) => at < bytes.length)
}
