import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import { ResponseStream } from 'openai/lib/responses/ResponseStream'
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses'
import type { JsonObject } from '../../src/canon/codec.ts'
import { collect } from '../../src/canon/collect.ts'
import { fault } from '../../src/errors.ts'
import { renderResponse } from '../../src/protocols/openai-responses/render-response.ts'
import { interleaved, reversal, sequential, stream } from '../../src/protocols/openai-responses/test-answers.ts'

const accumulate = (events: readonly JsonObject[]): Response => {
  let snapshot: Response | undefined
  for (const event of events) snapshot = accumulateResponse(event as unknown as ResponseStreamEvent, snapshot)
  if (!snapshot) throw new Error('an empty stream')
  return snapshot
}

const finalOf = (events: readonly JsonObject[]): Promise<Response> =>
  ResponseStream.fromReadableStream(
    new Blob(events.map((event) => `${JSON.stringify(event)}\n`)).stream(),
  ).finalResponse()

/** What the helpers add for convenience is not on the wire. */
const asSent = (response: Response): unknown =>
  JSON.parse(
    JSON.stringify(response, (key, value) =>
      ['output_text', 'output_parsed', 'parsed', 'parsed_arguments'].includes(key) ? undefined : value,
    ),
  )

describe('a translated Responses stream', () => {
  test('is taken by the official accumulator under any interleaving of its blocks', () => {
    fc.assert(
      fc.property(interleaved, (events) => {
        expect(accumulate(stream(events)).status).toBe('completed')
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  test('comes to the whole answer, in the official accumulator and in the official stream', async () => {
    await fc.assert(
      fc.asyncProperty(sequential, async (events) => {
        const { body } = renderResponse(collect(events), reversal())
        const written = stream(events)
        expect(asSent(accumulate(written))).toEqual(body)
        expect(asSent(await finalOf(written))).toEqual(body)
      }),
      { seed: 3, numRuns: 100 },
    )
  })

  test('that failed is raised by the official stream, and leaves a failed response in the accumulator', async () => {
    const written = stream([
      { type: 'start' },
      { type: 'open', key: 0, opening: { kind: 'text' } },
      { type: 'delta', key: 0, text: 'a' },
      { type: 'error', error: fault('stream-broken', 'It broke.') },
    ])
    expect(accumulate(written)).toMatchObject({ status: 'failed', error: { message: 'It broke.' } })
    expect(await finalOf(written).catch(String)).toContain('It broke.')
  })
})
