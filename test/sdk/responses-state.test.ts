import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { Response, ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { execute } from '../harness/databases.ts'
import { startStand } from './stand.ts'

/** The state of the Responses API, which the official SDK relies on, over upstreams of all four formats. */
const stand = await startStand({}, { oneFormat: true })
afterAll(() => stand.stop())
beforeEach(() => stand.replay.forget())

const openai = (key: string): OpenAI => new OpenAI({ apiKey: key, baseURL: `${stand.url}/v1`, maxRetries: 0 })
const customer = async (): Promise<OpenAI> => openai((await stand.customer()).key)

/** For each upstream: an answer with tool calls, whole and streamed, and an answer in text. */
const UPSTREAMS = [
  ['openai-chat', 'own-openai-chat-tools', 'own-openai-chat-stream-tools', 'own-openai-chat-text'],
  ['openai-responses', 'own-openai-responses-tools', 'own-openai-responses-stream-tools', 'own-openai-responses-text'],
  [
    'anthropic-messages',
    'own-anthropic-messages-tools',
    'own-anthropic-messages-stream-tools',
    'own-anthropic-messages-text',
  ],
  ['gemini', 'own-gemini-generate-tools', 'own-gemini-stream-tools', 'own-gemini-generate-text'],
] as const
const CELLS = UPSTREAMS.flatMap(([format, whole, stream, text]) => [
  { format, calls: whole, text, streamed: false },
  { format, calls: stream, text, streamed: true },
])

const TOOLS = [
  {
    type: 'function' as const,
    name: 'get_weather',
    parameters: { type: 'object' as const, properties: { city: { type: 'string' as const } } },
    strict: false,
  },
]
const QUESTION = 'Which way to the harbour, and is it raining?'
const RESULT = 'It rains cats and dogs.'

interface Asked {
  readonly response: Response
  readonly events: readonly ResponseStreamEvent[]
}

type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming

const ask = async (client: OpenAI, body: Body, streamed: boolean): Promise<Asked> => {
  if (!streamed) return { response: await client.responses.create(body), events: [] }
  const events: ResponseStreamEvent[] = []
  for await (const event of await client.responses.create({ ...body, stream: true })) events.push(event)
  const last = events.at(-1)
  if (last?.type !== 'response.completed') throw new Error(`the stream ended with ${last?.type}`)
  return { response: last.response, events }
}

const resultsOf = ({ output }: Response): ResponseInputItem[] =>
  output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: RESULT }]
      : [],
  )

const lastSeen = (): string => new TextDecoder().decode(stand.replay.requests().at(-1)?.body)

/** What the SDK raised. */
const refusal = async (asked: Promise<unknown>): Promise<{ status: unknown; code: unknown; param: unknown }> => {
  const error = await asked.then(
    () => undefined,
    (raised: unknown) => raised,
  )
  if (!(error instanceof OpenAI.APIError)) throw new Error(`expected a refusal, got ${String(error)}`)
  return { status: error.status, code: error.code, param: error.param }
}
const NOT_FOUND_BEFORE = { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' }

describe('a conversation that goes on by previous_response_id', () => {
  test.each(CELLS)('reaches an upstream of $format whole (streamed: $streamed)', async ({ calls, text, streamed }) => {
    const client = await customer()
    const first = await ask(
      client,
      { model: calls, input: QUESTION, instructions: 'Be brief.', tools: TOOLS },
      streamed,
    )
    expect(first.response.previous_response_id).toBeNull()
    const results = resultsOf(first.response)
    expect(results.length).toBeGreaterThan(0)

    const more = { model: text, input: results, tools: TOOLS, previous_response_id: first.response.id }
    const second = await client.responses.create(more)
    const seen = lastSeen()
    expect(stand.replay.complaints()).toEqual([])
    expect(seen).not.toContain('previous_response_id')
    expect(seen).toContain(QUESTION)
    expect(seen.split(RESULT).length - 1).toBe(results.length)
    for (const item of first.response.output) if (item.type === 'function_call') expect(seen).toContain(item.name)
    // Instructions are not inherited.
    expect(seen).not.toContain('Be brief.')
    expect(second).toMatchObject({ previous_response_id: first.response.id, store: true })

    const third = await client.responses.create({ model: text, input: 'Thanks!', previous_response_id: second.id })
    expect(lastSeen()).toContain(QUESTION)
    expect(lastSeen()).toContain('Thanks!')
    expect(third.previous_response_id).toBe(second.id)
  })

  test.each(UPSTREAMS)(
    'is repeated in every event that tells a response, from %s',
    async (_format, calls, stream, text) => {
      const client = await customer()
      const first = await client.responses.create({ model: text, input: QUESTION })
      const body = { model: stream, input: 'More.', tools: TOOLS, previous_response_id: first.id }
      const { events } = await ask(client, body, true)
      const told = events.flatMap((event) => ('response' in event ? [event.response.previous_response_id] : []))
      expect(told.length).toBeGreaterThan(1)
      expect(new Set(told)).toEqual(new Set([first.id]))
      expect(calls).toBeString()
    },
  )

  test('is counted and priced whole', async () => {
    const owner = await stand.customer()
    const client = openai(owner.key)
    const long = 'the quick brown fox '.repeat(2_000)
    const first = await client.responses.create({ model: 'own-openai-chat-tools', input: long })
    await client.responses.create({ model: 'own-openai-chat-text', input: 'x', previous_response_id: first.id })
    const [one, two] = await stand.receipts(owner, 2)
    expect(Number(two?.quote_usd)).toBeGreaterThan(Number(one?.quote_usd) * 0.9)
    const count = { model: 'own-openai-chat-text', input: 'x' }
    const alone = await client.responses.inputTokens.count(count)
    const whole = await client.responses.inputTokens.count({ ...count, previous_response_id: first.id })
    expect(whole.input_tokens - alone.input_tokens).toBeGreaterThan(5_000)
  })

  test('may refer to items of earlier answers', async () => {
    const client = await customer()
    const first = await client.responses.create({ model: 'own-openai-responses-text', input: QUESTION })
    const [item] = first.output
    const input = [
      { role: 'user' as const, content: QUESTION },
      { type: 'item_reference' as const, id: item?.id ?? '' },
      { role: 'user' as const, content: 'More.' },
    ]
    await client.responses.create({ model: 'own-openai-responses-text', input })
    expect(lastSeen()).not.toContain('item_reference')
    expect(lastSeen()).toContain(first.output_text.slice(0, 20))
    const other = await customer()
    expect(await refusal(other.responses.create({ model: 'own-openai-responses-text', input }))).toMatchObject({
      status: 400,
      param: 'input',
    })
  })
})

describe('what is said of an earlier turn', () => {
  test.each(UPSTREAMS)('that was asked is not what was answered, from %s', async (_format, _calls, _stream, text) => {
    const client = await customer()
    const first = await client.responses.create({ model: text, input: QUESTION })
    const asked = (await client.responses.inputItems.list(first.id)).data.map(({ id }) => id ?? '')
    const answered = first.output.map(({ id }) => id ?? '')
    expect(new Set([...asked, ...answered]).size).toBe(asked.length + answered.length)

    const references = asked.map((id) => ({ type: 'item_reference' as const, id }))
    const next = { model: text, store: false, input: [...references, { role: 'user' as const, content: 'More.' }] }
    await client.responses.create(next)
    expect(lastSeen()).toContain(QUESTION)
    expect(lastSeen()).not.toContain(JSON.stringify(first.output_text.slice(0, 20)).slice(1, -1))

    await client.responses.create({ ...next, previous_response_id: first.id })
    expect(lastSeen().split(QUESTION).length - 1).toBe(1)
    const other = await customer()
    expect(await refusal(other.responses.create({ model: text, input: references }))).toMatchObject({ status: 400 })
  })

  test('is gone for good once it is deleted, and later turns say which', async () => {
    const client = await customer()
    const model = 'own-openai-chat-text'
    const first = await client.responses.create({ model, input: QUESTION })
    const second = await client.responses.create({ model, input: 'More.', previous_response_id: first.id })
    await client.responses.delete(first.id)
    expect((await client.responses.retrieve(second.id)).id).toBe(second.id)
    const goesOn = client.responses.create({ model, input: 'And?', previous_response_id: second.id })
    const error = await goesOn.catch((raised: unknown) => raised)
    expect(error).toMatchObject(NOT_FOUND_BEFORE)
    expect(String(error)).toContain(`response '${first.id}', which it goes on from, was deleted`)
  })
})

describe('a kept response', () => {
  test.each(CELLS)('is given again as it was, from $format (streamed: $streamed)', async ({ calls, streamed }) => {
    const client = await customer()
    const { response } = await ask(client, { model: calls, input: QUESTION, tools: TOOLS }, streamed)
    const { output_text: _, ...told } = response
    const { output_text: __, ...kept } = await client.responses.retrieve(response.id)
    expect(kept).toEqual(told)

    const items = await client.responses.inputItems.list(response.id)
    expect(items.data).toMatchObject([{ type: 'message', role: 'user', content: [{ text: QUESTION }] }])

    await client.responses.delete(response.id)
    expect(await refusal(client.responses.retrieve(response.id))).toMatchObject({ status: 404 })
    expect(await refusal(client.responses.delete(response.id))).toMatchObject({ status: 404 })
    const goesOn = client.responses.create({ model: calls, input: 'x', previous_response_id: response.id })
    expect(await refusal(goesOn)).toEqual(NOT_FOUND_BEFORE)
  })

  test('lists its input in pages, either way round', async () => {
    const client = await customer()
    const input = Array.from({ length: 5 }, (_, at) => ({ role: 'user' as const, content: `line ${at}` }))
    const { id } = await client.responses.create({ model: 'own-openai-chat-text', input })
    const texts = async (order: 'asc' | 'desc'): Promise<unknown[]> => {
      const found = await Array.fromAsync(await client.responses.inputItems.list(id, { limit: 2, order }))
      return found.map((item) => ('content' in item ? (item.content as { text: string }[])[0]?.text : undefined))
    }
    const lines = input.map(({ content }) => content)
    expect(await texts('asc')).toEqual(lines)
    expect(await texts('desc')).toEqual(lines.toReversed())
  })

  test('is neither streamed again nor cancelled', async () => {
    const client = await customer()
    const { id } = await client.responses.create({ model: 'own-openai-chat-text', input: 'x' })
    expect(await refusal(client.responses.retrieve(id, { stream: true }))).toMatchObject({
      status: 400,
      param: 'stream',
    })
    expect(await refusal(client.responses.cancel(id))).toMatchObject({ status: 400 })
    expect(await refusal(client.responses.cancel('resp_nothing'))).toMatchObject({ status: 404 })
  })

  test('with store: false is none, and says so', async () => {
    const client = await customer()
    for (const model of ['own-openai-chat-text', 'own-anthropic-messages-text']) {
      const response = await client.responses.create({ model, input: 'x', store: false })
      expect(response).toMatchObject({ store: false })
      expect(await refusal(client.responses.retrieve(response.id))).toMatchObject({ status: 404 })
      const goesOn = client.responses.create({ model, input: 'x', previous_response_id: response.id })
      expect(await refusal(goesOn)).toEqual(NOT_FOUND_BEFORE)
    }
  })

  test('that has expired is none', async () => {
    const client = await customer()
    const { id } = await client.responses.create({ model: 'own-gemini-generate-text', input: 'x' })
    const later = await client.responses.create({
      model: 'own-openai-chat-text',
      input: 'y',
      previous_response_id: id,
    })
    await execute(stand.gateway.database, 'UPDATE responses SET expires_at_ms = 1 WHERE id = ?', [id])
    expect(await refusal(client.responses.retrieve(id))).toMatchObject({ status: 404 })
    const goesOn = { model: 'own-openai-chat-text', input: 'z' }
    expect(await refusal(client.responses.create({ ...goesOn, previous_response_id: id }))).toEqual(NOT_FOUND_BEFORE)
    // What a later turn needs is still there for it.
    const whole = await client.responses.create({ ...goesOn, previous_response_id: later.id })
    expect(whole.previous_response_id).toBe(later.id)
  })
})

describe('between two users', () => {
  test.each(UPSTREAMS)('nothing kept of one is seen by the other, over %s', async (_format, _calls, _stream, text) => {
    const [mine, theirs] = [await customer(), await customer()]
    const { id } = await mine.responses.create({ model: text, input: `my secret` })
    expect(await refusal(theirs.responses.retrieve(id))).toMatchObject({ status: 404 })
    expect(await refusal(theirs.responses.inputItems.list(id))).toMatchObject({ status: 404 })
    expect(await refusal(theirs.responses.delete(id))).toMatchObject({ status: 404 })
    stand.replay.forget()
    const goesOn = { model: text, input: 'What did I say?', previous_response_id: id }
    expect(await refusal(theirs.responses.create(goesOn))).toEqual(NOT_FOUND_BEFORE)
    expect(stand.replay.requests()).toEqual([])
    expect((await mine.responses.retrieve(id)).id).toBe(id)
  })

  test('of one project, what one key was answered another may go on from', async () => {
    const one = await stand.customer({ project_id: 'project-1' })
    const { id } = await openai(one.key).responses.create({ model: 'own-openai-chat-text', input: QUESTION })
    const colleague = openai((await stand.customer({ project_id: 'project-1' })).key)
    expect((await colleague.responses.retrieve(id)).id).toBe(id)
    const stranger = openai((await stand.customer({ project_id: 'project-2' })).key)
    expect(await refusal(stranger.responses.retrieve(id))).toMatchObject({ status: 404 })
  })
})
