import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  CHAT,
  chatAnswer,
  DIALECTS,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
  stream,
} from './scripted.ts'

/** What the gateway remembers of one request for the next. */
setDefaultTimeout(START_MS)

let stage: Stage
beforeAll(async () => {
  stage = await startStage(({ providers }) => {
    const { oc, ...others } = providers as Readonly<Record<string, object>>
    return { providers: { ...others, oc: { ...oc, protocol: 'openai-chat' } } }
  })
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const { chat, responses } = DIALECTS
type Json = Readonly<Record<string, unknown>>

interface Got {
  readonly status: number
  readonly warnings: string | null
  readonly text: string
  readonly json: Json
  /** What the upstream was sent for it. */
  readonly sent: string
}

/** Asks so; `said` is the newest prompt, which names the script to the upstream. */
const ask = async (
  dialect: typeof chat | typeof responses,
  script: Script,
  body: (said: string) => Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> => {
  const answer = await stage.ask(dialect, '', { body: body(stage.upstream.plays(script)), headers })
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Json) : {}
  const warnings = answer.headers.get('x-tollgate-warnings')
  return { status: answer.status, warnings, text, json, sent: stage.upstream.asked.at(-1)?.text ?? '' }
}

describe('a Chat client whose upstream counts its calls from zero in every conversation', () => {
  const ID = 'get_weather_0'
  const TOOLS = [
    { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } },
  ]
  const thinks = (secret: string): readonly Json[] => [
    { type: 'thinking', thinking: `thought of ${secret}`, signature: Buffer.from(secret).toString('base64') },
    { type: 'tool_use', id: ID, name: 'get_weather', input: { days: 1, city: 'Öland' } },
  ]
  const answers = (content: readonly Json[], stop_reason: string): Script =>
    replyJson({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content,
      stop_reason,
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 5 },
    })
  const events = (content: readonly Json[]): Script =>
    stream(async (out) => {
      const tell = (type: string, more: object): Promise<void> =>
        out.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`)
      const message = {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [],
        stop_reason: null,
      }
      await tell('message_start', { message: { ...message, usage: { input_tokens: 10, output_tokens: 1 } } })
      for (const [index, { thinking, signature, input, ...block }] of content.entries()) {
        const empty = input === undefined ? { thinking: '', signature: '' } : { input: {} }
        await tell('content_block_start', { index, content_block: { ...block, ...empty } })
        const deltas =
          input === undefined
            ? [
                { type: 'thinking_delta', thinking },
                { type: 'signature_delta', signature },
              ]
            : [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }]
        for (const delta of deltas) await tell('content_block_delta', { index, delta })
        await tell('content_block_stop', { index })
      }
      await tell('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } })
      await tell('message_stop', {})
      out.end()
    })
  const asked = (who: string, system = 'Be brief.'): readonly Json[] => [
    { role: 'system', content: system },
    { role: 'user', content: `Weather at ${who}?` },
  ]
  const body = (messages: readonly Json[]): Json => ({
    model: 'claude',
    messages,
    tools: TOOLS,
    reasoning_effort: 'low',
  })
  /** The question as it went upstream names the script, so it comes back with the same name. */
  const first = async (who: string, streamed: boolean, system?: string): Promise<readonly Json[]> => {
    const content = thinks(who)
    let messages: readonly Json[] = []
    const { status } = await ask(chat, streamed ? events(content) : answers(content, 'tool_use'), (said) => {
      messages = [...asked(who, system), { role: 'user', content: said }]
      return { ...body(messages), stream: streamed }
    })
    expect(status).toBe(200)
    return messages
  }
  /** The arguments as another language's JSON writes them, and the text of nothing as `null`. */
  const CALLED: Json = {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: ID, type: 'function', function: { name: 'get_weather', arguments: '{"city": "\\u00d6land", "days": 1}' } },
    ],
  }
  const second = (before: readonly Json[]): Promise<Got> =>
    ask(chat, answers([{ type: 'text', text: 'Rain.' }], 'end_turn'), (said) =>
      body([...before, CALLED, { role: 'tool', tool_call_id: ID, content: `rain ${said}` }]),
    )

  test.each([false, true])('gives each conversation its own reasoning back (streamed: %p)', async (streamed) => {
    const secrets = ['Ada', 'Bob'].map((name) => `${name} ${streamed}`)
    const histories: (readonly Json[])[] = []
    for (const secret of secrets) histories.push(await first(secret, streamed))
    for (const [at, history] of histories.entries()) {
      const { status, sent } = await second(history)
      expect(status).toBe(200)
      expect(secrets.map((secret) => sent.includes(`thought of ${secret}`))).toEqual(
        secrets.map((_, one) => one === at),
      )
    }
  })

  test('gives nothing to a conversation that only looks alike', async () => {
    const history = await first('Cleo', false, 'The user is Cleo.')
    const others = [
      history.map((message) => (message.role === 'system' ? { ...message, content: 'The user is Dan.' } : message)),
      [...history, { role: 'user', content: 'Or elsewhere?' }],
    ]
    for (const other of others) {
      const { status, sent } = await second(other)
      expect([status, sent.includes('thought of')]).toEqual([200, false])
    }
    expect((await second(history)).sent).toContain('thought of Cleo')
  })
})

describe('a conversation of the Responses API', () => {
  const message = (text: string): Json => ({
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  })
  const answers = (...output: readonly Json[]): Script =>
    replyJson({
      id: `resp_${Bun.randomUUIDv7().replaceAll('-', '')}`,
      object: 'response',
      created_at: 1,
      status: 'completed',
      model: 'gpt',
      output,
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    })
  const done = { status: 'completed' }
  const HOSTED: readonly Json[] = [
    { type: 'web_search_call', id: 'ws_1', ...done, action: { type: 'search', query: 'q' } },
    { type: 'file_search_call', id: 'fs_1', ...done, queries: ['q'], results: null },
    { type: 'code_interpreter_call', id: 'ci_1', ...done, code: '1', container_id: 'cntr_1', outputs: null },
    { type: 'image_generation_call', id: 'ig_1', ...done, result: 'aGk=' },
    { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [] },
    { type: 'mcp_call', id: 'mcp_1', ...done, name: 'f', arguments: '{}', server_label: 's', output: 'x', error: null },
  ]
  const CALLS: readonly Json[] = [
    {
      type: 'local_shell_call',
      id: 'lsh_1',
      call_id: 'call_l',
      ...done,
      action: { type: 'exec', command: ['ls'], env: {} },
    },
    {
      type: 'apply_patch_call',
      id: 'apc_1',
      call_id: 'call_p',
      ...done,
      operation: { type: 'delete_file', path: 'a' },
      created_by: 'somebody',
    },
  ]
  const RESULTS: readonly Json[] = [
    { type: 'local_shell_call_output', id: 'lsh_1', call_id: 'call_l', output: 'a' },
    { type: 'apply_patch_call_output', call_id: 'call_p', ...done, output: 'gone' },
  ]
  const said = (text: string): Json => ({ type: 'message', role: 'user', content: text })

  test('goes on after items of every tool, each as the API takes it', async () => {
    const one = await ask(responses, answers(...HOSTED, ...CALLS), (input) => ({ input }))
    const two = await ask(responses, answers(message('Done.')), (text) => ({
      previous_response_id: one.json.id,
      input: [...RESULTS, said(text)],
    }))
    // The upstream judges what it is sent, and refuses what the API would.
    expect([two.status, two.warnings]).toEqual([200, null])
    for (const { type, id } of HOSTED) expect([type, two.sent.includes(`"${String(id)}"`)]).toEqual([type, true])
    const three = await ask(responses, answers(message('Yes.')), (text) => ({
      input: [{ type: 'item_reference', id: 'ws_1' }, said(text)],
    }))
    expect([three.status, three.sent.includes('"ws_1"')]).toEqual([200, true])
  })

  test('says where reasoning cannot be told again, and is refused in strict mode', async () => {
    const thought = { type: 'reasoning', id: 'rs_bare', summary: [{ type: 'summary_text', text: 'hm' }] }
    const one = await ask(responses, answers(thought, message('Hello.')), (input) => ({ input }))
    const body = (input: string): Json => ({ previous_response_id: one.json.id, input })
    const two = await ask(responses, answers(message('More.')), body)
    expect([two.status, two.warnings]).toEqual([200, '/previous_response_id;reasoning_unsigned'])
    expect(two.sent).not.toContain('rs_bare')
    const strict = await ask(responses, answers(message('More.')), body, { 'x-tollgate-strict': 'true' })
    expect(strict.status).toBe(400)
  })

  test('is kept where a stream was asked for and the upstream answered in one piece', async () => {
    const one = await ask(responses, replyJson(chatAnswer()), (input) => ({ model: 'chat', input, stream: true }))
    const last = /event: response\.completed\ndata: (.*)\n/.exec(one.text)?.[1] ?? '{}'
    const { response } = JSON.parse(last) as { readonly response?: Json }
    expect(response).toMatchObject({ store: true, status: 'completed' })
    const two = await ask(responses, replyJson(chatAnswer()), (input) => ({
      model: 'chat',
      input,
      previous_response_id: response?.id,
    }))
    expect([two.status, two.sent.includes('Hello world')]).toEqual([200, true])
  })

  test('is kept where one answer was asked for and the upstream told it in events', async () => {
    const events = stream(async (out) => {
      await out.write(CHAT.text('Hello'))
      await out.write(CHAT.text(' world') + CHAT.end(10, 5))
      out.end()
    })
    const one = await ask(responses, events, (input) => ({ model: 'chat', input }))
    expect([one.status, one.json.status]).toEqual([200, 'completed'])
    expect(JSON.stringify(one.json.output)).toContain('Hello world')
    const two = await ask(responses, replyJson(chatAnswer()), (input) => ({
      model: 'chat',
      input,
      previous_response_id: one.json.id,
    }))
    expect([two.status, two.sent.includes('Hello world')]).toEqual([200, true])
    expect((await stage.settled())?.usage).toMatchObject({ input: 10, output: 5 })
  })
})
