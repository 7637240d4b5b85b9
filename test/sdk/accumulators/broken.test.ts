import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { fault } from '../../../src/errors.ts'
import { onlyOnSqlite } from '../../harness/storage.ts'
import { type Format, translateStream } from '../../translation/conformance.ts'
import { type Json, listOf } from '../../translation/frames.ts'
import { answerOf } from '../../translation/proofs/arbitraries-answers.ts'
import { FORMATS, TIMEOUT_MS, trials } from '../../translation/proofs/lanes.ts'
import { laneOf, streamed } from '../../translation/proofs/streams.ts'
import { ACCUMULATORS, type Accumulator } from './sdks.ts'

const CELLS = ACCUMULATORS.flatMap((accumulator) =>
  FORMATS.map((upstream): [string, Format, Accumulator] => [accumulator.name, upstream, accumulator]),
)

const FAILURE = fault('upstream-failed', 'The provider failed.')

/** What an SDK gives its user, or the error that it throws. */
const outcomeOf = ({ read }: Accumulator, text: string): Promise<Json | Error> =>
  read(text).then(
    ({ final }) => final,
    (error: unknown) => {
      if (error instanceof Error) return error
      throw new Error('what is thrown is no error')
    },
  )

/** Usage comes last, and may be what was cut off. */
const withoutUsage = ({ usage: _usage, usageMetadata: _metadata, ...answer }: Json): Json => answer

/** Whether a user may take an object for a whole answer. */
const isComplete: Readonly<Record<Format, (answer: Json) => boolean>> = {
  'openai-chat': ({ choices }) => listOf(choices).some(({ finish_reason }) => typeof finish_reason === 'string'),
  // The SDK gives what there is at the end of the bytes, and its status says how far it came.
  'openai-responses': ({ status }) => status === 'completed' || status === 'incomplete',
  'anthropic-messages': ({ stop_reason }) => typeof stop_reason === 'string',
  gemini: ({ candidates }) => listOf(candidates).some(({ finishReason }) => typeof finishReason === 'string'),
}

const CUTS_MAX = 4
const cuts = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 1,
  maxLength: CUTS_MAX,
})

onlyOnSqlite('what SDKs make of a stream, without a gateway', () => {
  describe('the accumulator of an official SDK', () => {
    test.each(CELLS)(
      '(%s) throws what a failure of %s in the middle of a stream says',
      async (_name, upstream, accumulator) => {
        await fc.assert(
          fc.asyncProperty(answerOf(upstream), fc.nat(99), async ({ events }, place) => {
            const last = events.findIndex(({ type }) => type === 'stop')
            const failing = [
              ...events.slice(0, 1 + (place % last)),
              { type: 'error', error: FAILURE } as const,
              ...events.slice(last),
            ]
            const bytes = streamed(upstream, failing)
            const { text, failure } = translateStream(laneOf(upstream, accumulator.client), bytes, bytes.length)
            const outcome = await outcomeOf(accumulator, text)
            expect(outcome).toBeInstanceOf(Error)
            expect((outcome as Error).message).toContain(failure?.message ?? 'there was no failure')
          }),
          trials(0.15),
        )
      },
      TIMEOUT_MS,
    )

    test.each(CELLS)(
      '(%s) throws where %s breaks off, unless nothing but usage was missing',
      async (_name, upstream, accumulator) => {
        let failures = 0
        await fc.assert(
          fc.asyncProperty(answerOf(upstream), cuts, async ({ events }, places) => {
            const bytes = streamed(upstream, events)
            const lane = laneOf(upstream, accumulator.client)
            const all = await outcomeOf(accumulator, translateStream(lane, bytes, bytes.length).text)
            for (const place of places) {
              const cut = bytes.subarray(0, Math.floor(place * bytes.length))
              const { text, failure } = translateStream(laneOf(upstream, accumulator.client), cut, bytes.length)
              const outcome = await outcomeOf(accumulator, text)
              expect([place, outcome instanceof Error]).toEqual([place, failure !== undefined])
              if (outcome instanceof Error) failures += 1
              else expect(withoutUsage(outcome)).toEqual(withoutUsage(all as Json))
            }
          }),
          trials(0.06),
        )
        expect(failures).toBeGreaterThan(0)
      },
      TIMEOUT_MS,
    )
  })
})

onlyOnSqlite('what SDKs make of a stream, without a gateway', () => {
  describe('the accumulator of an official SDK', () => {
    test.each(CELLS)(
      '(%s) never takes for complete what was cut on the way to the client, of %s',
      async (_name, upstream, accumulator) => {
        await fc.assert(
          fc.asyncProperty(answerOf(upstream), cuts, async ({ events }, places) => {
            const bytes = streamed(upstream, events)
            const { text } = translateStream(laneOf(upstream, accumulator.client), bytes, bytes.length)
            const all = await outcomeOf(accumulator, text)
            for (const place of places) {
              const outcome = await outcomeOf(accumulator, text.slice(0, Math.floor(place * text.length)))
              if (outcome instanceof Error || !isComplete[accumulator.client](outcome)) continue
              expect(withoutUsage(outcome)).toEqual(withoutUsage(all as Json))
            }
          }),
          trials(0.06),
        )
      },
      TIMEOUT_MS,
    )
  })
})
