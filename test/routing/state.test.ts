import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { DIALECTS, reply, type Script, type Stage, START_MS, startStage } from '../faults/scripted.ts'
import { fixture, textOf } from '../faults/formats.ts'

setDefaultTimeout(30_000)

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const { messages, responses } = DIALECTS

/** Refuses what holds this; answers what does not. */
const refusing =
  (holds: string, said: object, answer: string): Script =>
  (socket, asked) =>
    asked.text.includes(holds) ? reply(400, JSON.stringify(said))(socket, asked) : reply(200, answer)(socket, asked)

describe('reasoning state that an upstream cannot read', () => {
  test('is left out of a Messages conversation, which goes on', async () => {
    const said = {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
      },
    }
    const script = refusing('c2lnbmF0dXJl', said, textOf(fixture('own-anthropic-messages-text')))
    const mark = stage.upstream.plays(script)
    const answer = await stage.ask(messages, mark, {
      body: {
        max_tokens: 4_000,
        thinking: { type: 'enabled', budget_tokens: 2_000 },
        messages: [
          { role: 'user', content: 'What is the weather?' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'I should look.', signature: 'c2lnbmF0dXJlIG9mIGFub3RoZXI=' },
              { type: 'text', text: 'It is fine.' },
            ],
          },
          { role: 'user', content: mark },
        ],
      },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-tollgate-warnings')).toContain('/messages/1/content/0')
    const receipt = await stage.settled()
    expect(receipt).toMatchObject({ ended: 'whole', attempts: [{ status: 400 }, { status: 200, error: null }] })
    expect(stage.upstream.asked.at(-1)?.text).toContain('It is fine.')
  })

  test('is left out of a Responses conversation, which goes on', async () => {
    const said = { error: { type: 'invalid_request_error', code: 'invalid_encrypted_content', message: 'no' } }
    const script = refusing('sealed-for-another', said, textOf(fixture('own-openai-responses-text')))
    const mark = stage.upstream.plays(script)
    const answer = await stage.ask(responses, mark, {
      body: {
        store: false,
        input: [
          { type: 'message', role: 'user', content: 'Hi' },
          { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed-for-another' },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello', annotations: [] }] },
          { type: 'message', role: 'user', content: mark },
        ],
      },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-tollgate-warnings')).toContain('/input/1')
  })

  test('is no reason to ask for ever: a refusal of what has none is told', async () => {
    const said = {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Invalid `signature` in `thinking`' },
    }
    const before = stage.upstream.asked.length
    const answer = await stage.ask(messages, reply(400, JSON.stringify(said)))
    expect(answer.status).toBe(400)
    expect(stage.upstream.asked.length - before).toBe(2)
  })
})
