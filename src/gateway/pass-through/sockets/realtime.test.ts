import { expect, test } from 'bun:test'
import { fault, type GatewayError } from '../../../errors.ts'
import { err } from '../../../result.ts'
import { candidateOf } from '../../test-parts.ts'
import { Realtime } from './realtime.ts'

test('a rule that begins to refuse in a session refuses what is asked for from then on', async () => {
  let refusal: GatewayError | undefined
  const opened: string[] = []
  const dialogue = new Realtime({
    turns: {
      open: async ({ model }) => {
        opened.push(model)
        return err(fault('insufficient-balance', 'No money.'))
      },
    },
    candidate: candidateOf('openai'),
    model: 'as-written',
    refusal: () => refusal,
    hearer: () => err(fault('model-not-found', 'No such model.')),
    say: () => undefined,
    depthMax: 10,
    newId: () => 'e1',
    onUnpaid: () => undefined,
    pledgeMs: 1_000,
    nowMs: () => 0,
  })
  const create = '{"type":"response.create"}'
  const sound = '{"type":"input_audio_buffer.append","audio":"AAAA"}'
  const before = await dialogue.fromClient(create)
  expect('refuse' in before && before.refuse).toContain('No money.')
  refusal = fault('refused-by-rule', 'Not at night.')
  for (const [event, close] of [
    [create, undefined],
    [sound, { code: 1008, reason: expect.any(String) }],
  ] as const) {
    const verdict = await dialogue.fromClient(event)
    expect('refuse' in verdict && verdict.refuse).toContain('Not at night.')
    expect('close' in verdict ? verdict.close : undefined).toEqual(close as never)
  }
  expect(await dialogue.fromClient('{"type":"conversation.item.create"}')).toHaveProperty('forward')
  expect(opened).toEqual(['as-written'])
})
