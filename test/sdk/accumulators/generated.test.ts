import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerEvent } from '../../../src/canon/answer.ts'
import { onlyOnSqlite } from '../../harness/storage.ts'
import { type Format, translateStream } from '../../translation/conformance.ts'
import { answerOf } from '../../translation/proofs/arbitraries-answers.ts'
import { FORMATS, TIMEOUT_MS, trials } from '../../translation/proofs/lanes.ts'
import { laneOf, streamed } from '../../translation/proofs/streams.ts'
import { TOOLS, variedAnswerOf } from './answers.ts'
import { differencesOf } from './differences.ts'
import { ACCUMULATORS, type Accumulator } from './sdks.ts'
import { wholeIn } from './whole.ts'

/** What an SDK hears differently from a stream than from the whole answer of an upstream that says the same. */
const heardDifferently = async (
  { client, read }: Accumulator,
  upstream: Format,
  events: readonly AnswerEvent[],
): Promise<readonly string[]> => {
  const plain = laneOf(upstream, client)
  const lane = { ...plain, reversal: { ...plain.reversal, tools: TOOLS } }
  const bytes = streamed(upstream, events)
  const { text, failure } = translateStream(lane, bytes, bytes.length)
  const whole = wholeIn(lane, bytes)
  if (failure || whole.failed) return [`it failed: ${failure?.message}`]
  return differencesOf(client, await read(text), whole)
}

const CELLS = ACCUMULATORS.flatMap((accumulator) =>
  FORMATS.map((upstream): [string, Format, Accumulator] => [accumulator.name, upstream, accumulator]),
)

onlyOnSqlite('what SDKs make of a stream, without a gateway', () => {
  describe('the accumulator of an official SDK', () => {
    test.each(CELLS)(
      '(%s) comes to the whole answer by the stream of any answer of %s',
      async (_name, upstream, accumulator) => {
        await fc.assert(
          fc.asyncProperty(answerOf(upstream), async ({ events }) => {
            expect(await heardDifferently(accumulator, upstream, events)).toEqual([])
          }),
          trials(0.2),
        )
      },
      TIMEOUT_MS,
    )

    test.each(CELLS)(
      '(%s) does so of refusals, citations, images, likelihoods, other forms of tools and every stop of %s',
      async (_name, upstream, accumulator) => {
        await fc.assert(
          fc.asyncProperty(variedAnswerOf(upstream), async (events) => {
            expect(await heardDifferently(accumulator, upstream, events)).toEqual([])
          }),
          trials(0.2),
        )
      },
      TIMEOUT_MS,
    )
  })
})
