import { afterAll, describe, expect, test } from 'bun:test'
import { judgeStream } from '../translation/grammar.ts'
import { startMock } from './mock.ts'
import { VENDOR_KEY } from './served.ts'
import { chat } from './upstream/chat.ts'
import { gemini } from './upstream/gemini.ts'
import { messages } from './upstream/messages.ts'
import { responses } from './upstream/responses.ts'
import { type Json, listOf, objectOf, type Speaker } from './upstream/speaker.ts'
import { createStory, type Story } from './upstream/story.ts'

const TOKEN = 'jabcdefg'
const schema = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] }
const called = (id: string, number: number): { readonly id: string } & Json => ({
  id,
  command: `echo "${TOKEN}"-${number}-ran`,
})
const ran = `${TOKEN}-1-ran`

interface Wire {
  readonly speaker: Speaker
  readonly path: string
  readonly first: Json
  /** The first request with the answer to it, and the result of its call. */
  next(answer: Json): Json
}

const WIRES: readonly Wire[] = [
  {
    speaker: messages,
    path: '/v1/messages',
    first: {
      model: 'claude-opus-5-5',
      max_tokens: 99,
      messages: [{ role: 'user', content: 'go' }],
      tools: [{ name: 'Bash', input_schema: schema }],
    },
    next({ content }) {
      const id = listOf(content).at(-1)?.id
      const result = { type: 'tool_result', tool_use_id: id, content: ran }
      const turns = [
        { role: 'assistant', content },
        { role: 'user', content: [result] },
      ]
      return { ...this.first, messages: [...listOf(this.first.messages), ...turns] }
    },
  },
  {
    speaker: chat,
    path: '/v1/chat/completions',
    first: {
      model: 'deepseek-v4-pro',
      messages: [{ role: 'user', content: 'go' }],
      tools: [{ type: 'function', function: { name: 'bash', parameters: schema } }],
    },
    next({ choices }) {
      const message = objectOf(listOf(choices)[0]?.message)
      const id = listOf(message.tool_calls)[0]?.id
      const turns = [message, { role: 'tool', tool_call_id: id, content: ran }]
      return { ...this.first, messages: [...listOf(this.first.messages), ...turns] }
    },
  },
  {
    speaker: responses,
    path: '/v1/responses',
    first: {
      model: 'gpt-5.4',
      store: false,
      include: ['reasoning.encrypted_content'],
      input: [{ role: 'user', content: 'go' }],
      tools: [{ type: 'function', name: 'exec_command', parameters: schema, strict: false }],
    },
    next({ output }) {
      const call_id = listOf(output).at(-1)?.call_id
      const result = { type: 'function_call_output', call_id, output: ran }
      return { ...this.first, input: [...listOf(this.first.input), ...listOf(output), result] }
    },
  },
  {
    speaker: gemini,
    path: '/v1beta/models/gemini-3-pro-preview:generateContent',
    first: {
      contents: [{ role: 'user', parts: [{ text: 'go' }] }],
      tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: schema }] }],
    },
    next({ candidates }) {
      const content = objectOf(listOf(candidates)[0]?.content)
      const { id, name } = objectOf(listOf(content.parts).at(-1)?.functionCall)
      const result = { functionResponse: { id, name, response: { output: ran } } }
      const contents = [...listOf(this.first.contents), content, { role: 'user', parts: [result] }]
      return { ...this.first, contents }
    },
  },
]

const mock = startMock()
afterAll(() => mock.stop())

const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  'anthropic-messages': { 'x-api-key': VENDOR_KEY, 'anthropic-version': '2023-06-01' },
  gemini: { 'x-goog-api-key': VENDOR_KEY },
}

const ask = async ({ speaker, path }: Wire, body: Json): Promise<{ readonly status: number; readonly body: Json }> => {
  const headers = HEADERS[speaker.format] ?? { authorization: `Bearer ${VENDOR_KEY}` }
  const answer = await fetch(`${mock.url}/place${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json()) as Json }
}

const begin = (): Story => {
  const story = createStory(TOKEN, [1])
  mock.begin('place', story, true)
  return story
}

const without = (value: unknown, name: string): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === name ? undefined : inner)))

describe.each([...WIRES])('the scripted upstream of $speaker.format', (wire) => {
  const { speaker, first, path } = wire

  test('plays a call to its end, and finds nothing wrong with state that comes back as it was', async () => {
    const story = begin()
    const { status, body } = await ask(wire, first)
    expect(status).toBe(200)
    const last = await ask(wire, wire.next(body))
    expect(JSON.stringify(last.body)).toContain(story.ending)
    expect({ over: story.isOver, kept: story.statesKept, faults: story.faults }).toEqual({
      over: true,
      kept: 1,
      faults: [],
    })
  })

  test('blames state that is lost or altered, and a call that was not run', async () => {
    begin()
    const { body } = await ask(wire, first)
    const lost = { signature: 'x', reasoning_content: 'x', encrypted_content: 'x', thoughtSignature: 'x' }
    const altered = JSON.stringify(wire.next(body), (key, inner: unknown) => (key in lost ? 'eA==' : inner))
    const again = begin()
    await ask(wire, first)
    await ask(wire, JSON.parse(altered.replaceAll(`"${ran}"`, '"no such command"')) as Json)
    expect(again.faults.map((fault) => fault.split(':')[0])).toEqual([
      `the result of call 1 is no "${ran}"`,
      'reasoning state of round 1 did not come back',
      'reasoning state in round 1 that was never given',
    ])
  })

  test('refuses what the vendor refuses', async () => {
    begin()
    const { body } = await ask(wire, first)
    const next = wire.next(body)
    const turns = ['messages', 'input', 'contents'].find((name) => name in next) ?? ''
    const unanswered: Json = { ...next, [turns]: [...listOf(next[turns]).slice(0, -1), ...listOf(first[turns])] }
    expect((await ask(wire, unanswered)).status).toBe(400)
    expect((await ask(wire, { ...first, surprise: true })).status).toBe(400)
    expect((await ask(wire, without(first, turns) as Json)).status).toBe(400)
  })

  test('streams by the grammar of its format', () => {
    const story = createStory(TOKEN, [2, 1])
    const body = { ...first, stream: true, stream_options: { include_usage: true } }
    const asked = { ...speaker.read(body, path), shows: true }
    const reply = story.answer(asked, speaker, 'model')
    const calls = reply.calls.map(({ id, input }): Json => ({ id, ...(JSON.parse(input) as Json) }))
    expect(calls).toEqual([called(`call_${TOKEN}_1`, 1), called(`call_${TOKEN}_2`, 2)])
    for (const calls of [reply.calls, []]) {
      const verdict = judgeStream[speaker.format]?.(speaker.stream({ ...reply, calls }, body))
      expect(verdict?.faults).toEqual([])
      expect(verdict?.end).toBe('success')
    }
  })
})
