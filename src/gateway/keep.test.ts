import { describe, expect, test } from 'bun:test'
import type { Envelope } from '../canon/envelope.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { KeptResponse } from '../db/types.ts'
import { openAiResponses } from '../protocols/openai-responses/index.ts'
import { err, ok, type Result } from '../result.ts'
import type { Admitted, Call } from './call.ts'
import { createKeep, type KeepDeps } from './keep.ts'
import { answerOf, callOf, candidateOf, PREPARED, PRINCIPAL } from './test-parts.ts'

const CALL: Call = {
  ...callOf(),
  protocol: openAiResponses,
  operation: { format: 'openai-responses', action: 'generate' },
}
const scanOf = (body: string): Envelope['scan'] => {
  const scan = scanObject(new TextEncoder().encode(body), { depthMax: 100 })
  if (!scan.ok) throw new Error(scan.error.message)
  return scan.value
}

const TRANSLATED = { ...PREPARED, translation: {} as never }

const stage = (
  more: Partial<KeepDeps> = {},
  outcome: Promise<Result<void, string>> = Promise.resolve(ok(undefined)),
) => {
  const kept: [KeptResponse, readonly string[]][] = []
  const lost: string[] = []
  const keep = createKeep({
    responses: {
      keep: (response, itemIds) => {
        kept.push([response, itemIds])
        return outcome
      },
    },
    enabled: true,
    retentionMs: 100,
    bytesMax: 1_000,
    onLost: (_call, reason) => void lost.push(reason),
    nowMs: () => 1_000,
    ...more,
  })
  const keeping = (body: string, { prepared = PREPARED, call = CALL, asWritten = '', stream = false } = {}) => {
    const envelope = {
      model: 'm1',
      stream,
      scan: scanOf(body),
      ...(asWritten !== '' && { asWritten: scanOf(asWritten) }),
    } as unknown as Envelope
    const admitted = { principal: PRINCIPAL, envelope } as unknown as Admitted
    return keep(call, admitted, { candidate: candidateOf(), answer: answerOf(200, ''), prepared })
  }
  return { keeping, kept, lost }
}

const textOf = (body: string | Uint8Array | undefined): string => Buffer.from(body ?? '').toString()
const RESPONSE = '{"id":"resp_1","status":"completed","output":[{"id":"msg_1"},{"type":"x"}]}'
const BODY = '{"model":"m1","input":"hi"}'
const FRESH = { previous_response_id: null }

describe('an answer of the Responses API', () => {
  test('is kept as the client got it, with its own input, under whoever asked', () => {
    const { keeping, kept } = stage()
    expect(textOf(keeping(BODY)?.whole(RESPONSE))).toBe(RESPONSE)
    const scope = 'user:user_1'
    const times = { createdAtMs: 1_000, expiresAtMs: 1_100 }
    const response = { id: 'resp_1', scope, previousId: null, model: 'm1', ...times, input: '"hi"', body: RESPONSE }
    expect(kept).toEqual([[response, ['msg_1']]])
  })

  test('is kept before the end of its stream is let go', () => {
    const { keeping, kept } = stage()
    const event = `event: response.completed\ndata: {"type":"response.completed","response":${RESPONSE}}\n\n`
    const events = keeping(BODY)
    events?.events(Buffer.from(': hello\n\n'))
    expect(kept).toHaveLength(0)
    expect(textOf(events?.events(Buffer.from(event)))).toBe(event)
    expect(kept.map(([{ body }]) => body)).toEqual([RESPONSE])
  })

  test('is kept and completed where a stream was asked for and its upstream answered in one piece', () => {
    const { keeping, kept } = stage()
    const event = (type: string, response: string): string =>
      `event: ${type}\ndata: {"type":"${type}","response":${response}}\n\n`
    const events = event('response.created', '{"id":"resp_1"}') + event('response.completed', RESPONSE)
    const given = textOf(keeping(BODY, { prepared: TRANSLATED, stream: true })?.whole(events))
    const told = [...given.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data).response)
    expect(told).toMatchObject([FRESH, FRESH].map((fresh) => ({ ...fresh, id: 'resp_1', store: true })))
    expect(kept.map(([{ id, body }]) => [id, JSON.parse(body)])).toEqual([['resp_1', told[1]]])
  })

  test('that goes on says so, and keeps what its client wrote rather than the whole conversation', () => {
    const { keeping, kept } = stage()
    const asWritten = '{"model":"m1","input":"more","previous_response_id":"resp_0"}'
    const answer = keeping('{"model":"m1","input":["all","of","it"]}', { asWritten })?.whole(RESPONSE)
    expect(JSON.parse(textOf(answer))).toMatchObject({ previous_response_id: 'resp_0', store: true })
    expect(kept[0]?.[0]).toMatchObject({ previousId: 'resp_0', input: '"more"', body: textOf(answer) })
  })

  test.each([
    ['translated, kept', BODY, {}, TRANSLATED, { ...FRESH, store: true }, 1],
    ['translated, not wanted', '{"store":false}', {}, TRANSLATED, { ...FRESH, store: false }, 0],
    ['translated, switched off', BODY, { enabled: false }, TRANSLATED, { ...FRESH, store: false }, 0],
    ['passed, without an input', '{}', {}, PREPARED, {}, 1],
    ['passed, wanted', '{"store":null}', {}, PREPARED, {}, 1],
  ])('%s: says whether it is kept', (_what, body, deps, prepared, told, times) => {
    const { keeping, kept } = stage(deps)
    expect(JSON.parse(textOf(keeping(body, { prepared })?.whole(RESPONSE)))).toEqual({
      ...JSON.parse(RESPONSE),
      ...told,
    })
    expect(kept).toHaveLength(times)
  })

  test('is not even looked at where nothing is to be kept or said', () => {
    expect(stage().keeping('{"store":false}')).toBeUndefined()
    expect(stage({ enabled: false }).keeping(BODY)).toBeUndefined()
    expect(stage().keeping(BODY, { call: callOf() })).toBeUndefined()
    const counting: Call = { ...CALL, operation: { format: 'openai-responses', action: 'count-tokens' } }
    expect(stage().keeping(BODY, { call: counting })).toBeUndefined()
  })

  test.each(['{"id":"resp_1","status":"failed"}', '{"status":"completed"}', '{"id":5}', 'null', 'no JSON'])(
    '%s passes, and is not kept',
    (body) => {
      const { keeping, kept } = stage()
      expect(textOf(keeping(BODY)?.whole(body))).toBe(body)
      expect(kept).toEqual([])
    },
  )

  test('that could not be kept reaches its client all the same, and somebody is told', async () => {
    const large = stage({ bytesMax: 50 })
    large.keeping(BODY)?.whole(RESPONSE)
    expect([large.kept.length, large.lost.length]).toEqual([0, 1])
    for (const outcome of [Promise.resolve(err('full')), Promise.reject<Result<void, string>>(new Error('gone'))]) {
      const { keeping, lost } = stage({}, outcome)
      expect(textOf(keeping(BODY)?.whole(RESPONSE))).toBe(RESPONSE)
      await outcome.catch(() => undefined)
      await Promise.resolve()
      expect(lost).toHaveLength(1)
    }
  })
})
