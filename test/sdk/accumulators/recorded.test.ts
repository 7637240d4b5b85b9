import { describe, expect, test } from 'bun:test'
import { streamAnswer, translateAnswer } from '../../../src/translation/answer.ts'
import { onlyOnSqlite } from '../../harness/storage.ts'
import { ownFixtures, recordings } from '../../recorded/recordings.ts'
import { bodyBytes, type Interaction } from '../../replay/interaction.ts'
import { type Format, FORMATS, formatOf, laneOf, translateStream } from '../../translation/conformance.ts'
import { TIMEOUT_MS, trials } from '../../translation/proofs/lanes.ts'
import { differencesOf } from './differences.ts'
import { ACCUMULATORS, type Accumulator } from './sdks.ts'
import { type Whole, wholeIn } from './whole.ts'

/** Of the recorded answers in one piece every so many is told as a stream, unless more runs are asked for than usual. */
const USUAL_RUNS = 200
const STEP = (trials().numRuns ?? USUAL_RUNS) > USUAL_RUNS ? 1 : 8

/** A stream as its client is given it, and the whole answer that says the same. */
interface Pair {
  readonly text: string
  readonly whole: Whole
}

const streamedPair = (interaction: Interaction, upstream: Format, client: Format): Pair => {
  const lane = laneOf(upstream, client)
  const bytes = bodyBytes(interaction)
  const { text, failure } = translateStream(lane, bytes, bytes.length)
  const whole = failure ? { body: {}, overlaps: false } : wholeIn(lane, bytes)
  return { text, whole: { failed: false, ...whole, ...(failure && { failed: true }) } }
}

/** Some upstreams answer in one piece whoever asked for a stream. */
const wholePair = (interaction: Interaction, upstream: Format, client: Format): Pair | undefined => {
  const lane = laneOf(upstream, client)
  const bytes = bodyBytes(interaction)
  const [stream, answer] = [streamAnswer(lane, bytes), translateAnswer(lane, bytes)]
  if (!stream.ok || !answer.ok) return undefined
  const body = JSON.parse(answer.value.body)
  return { text: stream.value.body, whole: { body, failed: body.status === 'failed', overlaps: false } }
}

const faultsOf = async ({ client, read }: Accumulator, { text, whole }: Pair): Promise<readonly string[]> => {
  try {
    const accumulated = await read(text)
    return whole.failed ? ['a stream that failed is an answer'] : differencesOf(client, accumulated, whole)
  } catch (error) {
    return whole.failed ? [] : [`it is not read: ${String(error)}`]
  }
}

const interactions = [...ownFixtures(), ...recordings()].filter((interaction) => formatOf(interaction) !== undefined)

const CELLS = ACCUMULATORS.flatMap((accumulator) =>
  FORMATS.map((upstream): [string, Format, Accumulator] => [accumulator.name, upstream, accumulator]),
)

const run = async (
  accumulator: Accumulator,
  answers: readonly Interaction[],
  pairOf: (interaction: Interaction) => Pair | undefined,
): Promise<void> => {
  const faults: string[] = []
  for (const interaction of answers) {
    const pair = pairOf(interaction)
    if (!pair) continue
    for (const fault of await faultsOf(accumulator, pair)) faults.push(`${interaction.id}: ${fault}`)
  }
  expect(answers.length).toBeGreaterThan(0)
  expect(faults).toEqual([])
}

onlyOnSqlite('what SDKs make of a stream, without a gateway', () => {
  describe('the accumulator of an official SDK', () => {
    test.each(CELLS)(
      '(%s) comes to the whole answer by every stream of %s on file, or tells of the failure',
      async (_name, upstream, accumulator) => {
        const streams = interactions.filter(({ stream }) => stream).filter((one) => formatOf(one) === upstream)
        await run(accumulator, streams, (interaction) => streamedPair(interaction, upstream, accumulator.client))
      },
      TIMEOUT_MS,
    )

    test.each(CELLS)(
      '(%s) comes to the whole answer by the stream that tells an answer of %s on file that came in one piece',
      async (_name, upstream, accumulator) => {
        const own = ownFixtures().length
        const wholes = interactions
          .filter(({ stream }, index) => !stream && (index < own || index % STEP === 0))
          .filter((one) => formatOf(one) === upstream)
        await run(accumulator, wholes, (interaction) => wholePair(interaction, upstream, accumulator.client))
      },
      TIMEOUT_MS,
    )
  })
})
