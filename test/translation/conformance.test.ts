import { describe, expect, test } from 'bun:test'
import { isDeepStrictEqual } from 'node:util'
import { ownFixtures, recordings } from '../recorded/recordings.ts'
import { bodyBytes, type Interaction } from '../replay/interaction.ts'
import { type Format, FORMATS, formatOf, laneOf, runAnswer, translateStream } from './conformance.ts'
import { runRequest } from './requests.ts'

/**
 * Answers that may be heard differently, each with its reason. The recorded stream of the first says more reasoning in
 * the event that ends its item than in the pieces before, and a client of the same format is given both. The second
 * reads a long context to sum it up, and then takes less: only the list of its iterations, which no translation
 * repeats, says that its counts may go down.
 */
const EXCEPTIONS = new Set([
  'azure-openai-responses-s-88c73b932c88 openai-responses',
  'anthropic-anthropic-messages-s-720736470427 anthropic-messages',
])

const interactions: readonly Interaction[] = [...ownFixtures(), ...recordings()].filter(
  (interaction) => formatOf(interaction) !== undefined,
)

/** Everything that went wrong in a set of cells, as `id: fault`, and how many there were. */
const run = (client: Format, upstream: Format): { readonly cells: number; readonly faults: readonly string[] } => {
  const answered = interactions.filter((interaction) => formatOf(interaction) === upstream)
  const faults = answered.flatMap((interaction) =>
    EXCEPTIONS.has(`${interaction.id} ${client}`)
      ? []
      : runAnswer(interaction, client).faults.map((fault) => `${interaction.id}: ${fault}`),
  )
  return { cells: answered.length, faults }
}

const PAIRS = FORMATS.flatMap((upstream) => FORMATS.map((client): [Format, Format] => [upstream, client]))

describe('every answer on file', () => {
  test.each(PAIRS)('of %s says the same to a client of %s: text, calls, reasoning, stop, usage', (upstream, client) => {
    const { cells, faults } = run(client, upstream)
    expect(cells).toBeGreaterThan(0)
    expect(faults).toEqual([])
  })

  const streams = interactions.filter(({ stream }) => stream)
  test.each(PAIRS)('streamed by %s is the same to a client of %s however its bytes are cut', (upstream, client) => {
    for (const [index, interaction] of streams.entries()) {
      if (formatOf(interaction) !== upstream) continue
      const bytes = bodyBytes(interaction)
      const whole = translateStream(laneOf(upstream, client), bytes, bytes.length).text
      // One byte at a time is a thousand times the work: every fortieth stream does.
      for (const size of index % 40 === 0 ? [1, 7, 4_096] : [4_096]) {
        const cut = translateStream(laneOf(upstream, client), bytes, size).text
        expect([interaction.id, size, cut === whole]).toEqual([interaction.id, size, true])
      }
    }
  })
})

describe('every request on file', () => {
  test.each(PAIRS)('of a client of %s is written for %s, or refused by the name of a field', (client, upstream) => {
    for (const interaction of interactions) {
      if (formatOf(interaction) !== client) continue
      const outcome = runRequest(interaction, upstream)
      if (outcome && outcome.kind !== 'written') expect([interaction.id, outcome.param]).not.toContain(undefined)
    }
  })

  test('written for its own format is itself, but for the model', () => {
    for (const interaction of interactions) {
      const format = formatOf(interaction)
      const body = format && runRequest(interaction, format)?.body
      if (!body) continue
      const same = isDeepStrictEqual({ ...body, model: '' }, { ...interaction.request.body, model: '' })
      expect([interaction.id, same]).toEqual([interaction.id, true])
    }
  })
})
