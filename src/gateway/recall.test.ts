import { describe, expect, test } from 'bun:test'
import type { Envelope } from '../canon/envelope.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Store } from '../db/types.ts'
import { openAiResponses } from '../protocols/openai-responses/index.ts'
import { err, ok } from '../result.ts'
import type { Call } from './call.ts'
import { createRecall } from './recall.ts'
import { callOf, envelopeOf, PRINCIPAL } from './test-parts.ts'

const CALL: Call = {
  ...callOf(),
  protocol: openAiResponses,
  operation: { format: 'openai-responses', action: 'generate' },
}

const envelope = (body: string): Envelope => {
  const scan = scanObject(new TextEncoder().encode(body), { depthMax: 100 })
  const read = scan.ok ? openAiResponses.readEnvelope(scan.value, CALL.operation) : scan
  if (!read.ok) throw new Error(read.error.message)
  return read.value
}

const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] }
const TURN = {
  input: '"hello"',
  body: JSON.stringify({ id: 'resp_1', output: [{ ...message, id: 'msg_1', status: 'completed' }] }),
}
const ASKED = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }

const stage = (more: Partial<Pick<Store['responses'], 'chain' | 'turns'>> = {}, bodyBytesMax = 10_000) => {
  const asked: unknown[] = []
  const recall = createRecall({
    responses: {
      chain: async (scope, id) => {
        asked.push([scope, id])
        return id === 'resp_1' ? ok([TURN]) : err('not-found')
      },
      turns: async (scope, { ids, itemIds }) => {
        asked.push([scope, itemIds, ids])
        return [TURN]
      },
      ...more,
    },
    bodyBytesMax,
    depthMax: 100,
  })
  return { asked, recall: (body: string, principal = PRINCIPAL) => recall(CALL, principal, envelope(body)) }
}
const textOf = ({ bytes }: Envelope['scan']): string => new TextDecoder().decode(bytes)

describe('a Responses request', () => {
  test('that refers to nothing is left as it is, and nothing is looked for', async () => {
    const { asked } = stage()
    const recall = createRecall({ responses: {} as never, bodyBytesMax: 1, depthMax: 1 })
    for (const body of ['{"model":"m","input":"x"}', '{"model":"m","input":"x","previous_response_id":null}']) {
      const given = envelope(body)
      expect(await recall(CALL, PRINCIPAL, given)).toEqual(ok(given))
    }
    const other = envelopeOf('{"model":"m","messages":[],"previous_response_id":"resp_1"}')
    expect(await recall(callOf(), PRINCIPAL, other)).toEqual(ok(other))
    expect(asked).toEqual([])
  })

  test('that goes on says everything itself; what else it says keeps its bytes, and what it wrote is remembered', async () => {
    const { recall, asked } = stage()
    const body = '{ "model":"m", "previous_response_id":"resp_1", "input":"more",\n "n": 1.0 }'
    const whole = await recall(body)
    if (!whole.ok) throw new Error(whole.error.message)
    const input = JSON.stringify([ASKED, message, { ...ASKED, content: [{ type: 'input_text', text: 'more' }] }])
    expect(textOf(whole.value.scan)).toBe(`{ "model":"m", "input":${input},\n "n": 1.0 }`)
    expect(whole.value.refersToStored).toBe(false)
    expect(whole.value.asWritten && textOf(whole.value.asWritten)).toBe(body)
    expect(asked).toEqual([['user:user_1', 'resp_1']])
  })

  test('without any input goes on with what there is', async () => {
    const whole = await stage().recall('{"model":"m","previous_response_id":"resp_1"}')
    expect(whole.ok && JSON.parse(textOf(whole.value.scan))).toEqual({ model: 'm', input: [ASKED, message] })
  })

  test('is looked up under its project where the key has one', async () => {
    const { recall, asked } = stage()
    await recall('{"model":"m","previous_response_id":"resp_1"}', { ...PRINCIPAL, projectId: 'p' })
    expect(asked).toEqual([['project:p', 'resp_1']])
  })

  test('that only refers to an item says the item', async () => {
    const { recall, asked } = stage()
    const whole = await recall('{"model":"m","input":[{"type":"item_reference","id":"msg_1"}]}')
    expect(whole.ok && JSON.parse(textOf(whole.value.scan))).toEqual({ model: 'm', input: [message] })
    expect(asked).toEqual([['user:user_1', ['msg_1'], []]])
  })

  test('that only refers to what an earlier one asked says that, and not what was answered', async () => {
    const { recall, asked } = stage()
    const whole = await recall('{"model":"m","input":[{"type":"item_reference","id":"msg_in_1_0"}]}')
    expect(whole.ok && JSON.parse(textOf(whole.value.scan))).toEqual({ model: 'm', input: [ASKED] })
    expect(asked).toEqual([['user:user_1', ['msg_in_1_0'], ['resp_1', '1']]])
  })

  test('that goes on from a response whose own beginning was deleted is told which is missing', async () => {
    const chain = async () => err({ missing: `resp_0${'x'.repeat(9_000)}` })
    const refused = await stage({ chain }).recall(GOES_ON)
    expect(refused).toMatchObject({ ok: false, error: { kind: 'response-not-found', param: 'previous_response_id' } })
    const told = refused.ok ? '' : refused.error.message
    expect(told).toContain("response 'resp_0x")
    expect(told).toContain('was deleted')
    expect(told).not.toContain("'resp_1' not found")
    expect(told.length).toBeLessThan(500)
  })

  test('that refers to a file kept upstream is left as it is', async () => {
    const given = '{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_id":"file_1"}]}]}'
    const { recall, asked } = stage()
    const whole = await recall(given)
    expect(whole.ok && textOf(whole.value.scan)).toBe(given)
    expect(asked).toEqual([])
  })

  const GOES_ON = '{"model":"m","input":"x","previous_response_id":"resp_1"}'
  test.each([
    ['an unknown response', {}, GOES_ON.replace('resp_1', 'resp_2'), 'response-not-found'],
    ['a response by its name of many letters', {}, GOES_ON.replace('resp_1', 'r'.repeat(9_000)), 'response-not-found'],
    ['too long a conversation', { chain: async () => err('too-long' as const) }, GOES_ON, 'request-too-large'],
    [
      'an unknown item',
      { turns: async () => [] },
      '{"model":"m","input":[{"type":"item_reference","id":"x"}]}',
      'invalid-request',
    ],
    ['what is no JSON', {}, GOES_ON.replace('"x"', '"\\x"'), 'invalid-json'],
  ])('that goes on from %s is refused', async (_what, more, body, kind) => {
    const refused = await stage(more).recall(body)
    expect(refused).toMatchObject({ ok: false, error: { kind } })
    expect(!refused.ok && refused.error.message.length).toBeLessThan(500)
  })

  test('that becomes too long is refused', async () => {
    expect(await stage({}, 100).recall(GOES_ON)).toMatchObject({ ok: false, error: { kind: 'request-too-large' } })
  })
})
