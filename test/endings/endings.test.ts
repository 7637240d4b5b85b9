import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { limitFiles } from '../degraded/disk.ts'
import {
  CHAT,
  chatAnswer,
  DIALECTS,
  reply,
  replyJson,
  type Script,
  type Stage,
  START_MS,
  startStage,
  stream,
} from '../faults/scripted.ts'
import { until } from '../harness/server-process.ts'
import { onlyOnSqlite } from '../harness/storage.ts'
import {
  answersOn,
  beginsAnswer,
  breaksOff,
  customersOf,
  DONE,
  END,
  endlessly,
  FINISH,
  HELLO,
  NOTICED_MS,
  REPORT,
  silent,
  SPOKEN,
  STREAM,
  tells,
  tellsOn,
  UNREPORTED,
  UNREPORTED_END,
  waits,
  WHOLE,
} from './cases.ts'
import {
  blocks,
  MESSAGE,
  MESSAGE_END,
  AT_LAST_BLOCK,
  items,
  RESPONSE_END,
  AT_LAST_ITEM,
  image,
  parts,
  OF_GEMINI,
  CHAT_IMAGE,
} from './parts.ts'
import { type Case, row } from './row.ts'

setDefaultTimeout(START_MS)

let stage: Stage
beforeAll(async () => {
  stage = await startStage(({ providers }) => ({
    // So short that a test need not wait long, and so far apart that it runs into the right one.
    timeouts: { first_byte: '4s', idle: '4s', total: '7s' },
    streams: { client_idle: '1s' },
    limits: { event_bytes: '2KiB', answer_bytes: '16KiB', body_bytes: '64KiB' },
    billing: { on_disconnect: 'delivered', drain_timeout: '2s' },
    plans: { patient: { on_disconnect: 'drain' }, strict: { on_disconnect: 'delivered' } },
    providers: {
      ...(providers as object),
      // Knows no schemas.
      weak: { ...(providers as { readonly oc: object }).oc, kind: 'deepseek', protocol: 'openai-chat' },
      nobody: { kind: 'openai-compatible', base_url: 'http://127.0.0.1:1/v1', keys: ['k'] },
    },
    channels: [
      { id: 'only', provider: 'oc', models: ['chat'] },
      { id: 'first', provider: 'oa', models: ['gpt'], priority: 1 },
      { id: 'second', provider: 'oa', models: ['gpt'] },
      { id: 'asked', provider: 'weak', models: ['mixed'] },
      { id: 'nowhere', provider: 'nobody', models: ['claude'] },
      { id: 'messages', provider: 'an', models: ['claude-sonnet-4-6'] },
      { id: 'gemini', provider: 'ge', models: ['gem'] },
    ],
  }))
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const { newCustomer, asks, leaves, opens } = customersOf(() => stage)
const { chat, messages } = DIALECTS
const ERROR = '{"error":{"message":"said by the vendor","type":"x"}}'

/** Asks a model for a shape that it can only be asked for. */
const SHAPED = {
  body: {
    model: 'mixed',
    output_config: { format: { type: 'json_schema', schema: { type: 'object', additionalProperties: false } } },
  },
}

/// Before anything is sent.

row('refused', async () => [
  await asks(silent, { body: { model: 'nothing-of-the-kind' } }),
  await asks(silent, { body: { messages: 5 } }),
  await asks(silent, { headers: { 'x-api-key': 'sk-tg-wrong' } }),
])

row('body-too-large', async () => [await asks('x'.repeat(70_000))])

const headOf = (key: string, bytes: number): string =>
  `POST ${chat.path} HTTP/1.1\r\nhost: gateway\r\nx-api-key: ${key}\r\ncontent-length: ${bytes}\r\n\r\n`

row('left-while-asking', async () => {
  const customer = await newCustomer()
  const askedBefore = stage.upstream.asked.length
  const socket = opens(`${headOf(customer.key, 500)}{"model":"chat","mess`)
  await Bun.sleep(NOTICED_MS)
  socket.destroy()
  await Bun.sleep(NOTICED_MS)
  expect(stage.upstream.asked.length).toBe(askedBefore)
  return [{ customer, admin: stage.gateway, seen: undefined }]
})

onlyOnSqlite('a hold that is granted before it is written', () => {
  row('hold-not-written', async () => {
    const customer = await newCustomer()
    const headers = { 'x-api-key': customer.key }
    const { pid } = stage.gateway
    limitFiles(pid, 0)
    const answer = await stage.ask(chat, replyJson(chatAnswer()), { headers })
    const seen = { status: answer.status, text: await answer.text() }
    limitFiles(pid, undefined)
    await until('its receipt', async () => (await stage.gateway.requests({ user_id: customer.userId })).length > 0)
    return [{ customer, admin: stage.gateway, seen }]
  })
})

/// The provider does not answer.

row('unreachable', async () => [await asks(silent, {}, messages)])

row('no-answer-in-time', async () => [await asks(silent), await asks(silent, STREAM)])

row('provider-refused', async () => {
  const cases: Case[] = []
  for (const status of [400, 401, 402, 404, 413, 429, 500, 503, 529])
    cases.push(await asks(reply(status, ERROR)), await asks(reply(status, ERROR), STREAM))
  return cases
})

const ON_TWO = { model: 'gpt' }

/** The first provider fails, in its time; the second one plays the script. */
const failsFirst = (then: Script, first: Promise<void> = Promise.resolve()): Script => {
  let asked = 0
  return async (socket, request) => {
    asked += 1
    if (asked > 1) return then(socket, request)
    await first
    return reply(503, ERROR)(socket, request)
  }
}

row('failed-over', async () => {
  const cases = [
    await asks(failsFirst(reply(200, WHOLE)), { body: ON_TWO }),
    await asks(failsFirst(tells(SPOKEN, END)), { body: { ...ON_TWO, ...STREAM.body } }),
  ]
  for (const { customer, admin } of cases) {
    const [receipt] = await admin.requests({ user_id: customer.userId })
    expect(receipt?.attempts).toMatchObject([
      { channel: 'first', status: 503 },
      { channel: 'second', status: 200 },
    ])
  }
  return cases
})

row('left-before-answer', async () => [await leaves(() => silent), await leaves(() => silent, { init: STREAM })])

row('left-between-providers', async () => {
  const cases: Case[] = []
  for (const leaving of [{}, { plan: 'patient' }]) {
    const askedBefore = stage.upstream.asked.length
    const script = (left: Promise<void>): Script => failsFirst(reply(200, WHOLE), left)
    cases.push(await leaves(script, { ...leaving, init: { body: ON_TWO } }))
    await Bun.sleep(NOTICED_MS)
    expect(stage.upstream.asked.length).toBe(askedBefore + 1)
  }
  return cases
})

/// A whole answer.

row('whole', async () => [
  await asks(reply(200, WHOLE)),
  // Told in events, though one answer was asked for.
  await asks(tells(SPOKEN, END), { body: { model: 'chat' } }, messages),
])
row('whole-unreported', async () => [await asks(reply(200, UNREPORTED))])
row('whole-empty', async () => {
  const choices = [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }]
  return [await asks(replyJson({ object: 'chat.completion', choices }))]
})
row('whole-broken', async () => [
  await asks(async (socket) => {
    beginsAnswer(socket, WHOLE.length)
    socket.write(WHOLE.slice(0, 40))
    await Bun.sleep(200)
    socket.destroy()
  }),
])
row('whole-silent', async () => [
  await asks((socket) => beginsAnswer(socket, 10_000)),
  await asks(async (socket, asked) => {
    beginsAnswer(socket, 10_000)
    for (; !asked.gone; await Bun.sleep(200)) socket.write(' ')
  }),
])
row('whole-unreadable', async () => [
  await asks(reply(200, '<html>', { 'content-type': 'text/html' })),
  await asks(reply(200, '{"choices":')),
])
row('whole-other-shape', async () => [await asks(reply(200, WHOLE), SHAPED, messages)])
row('whole-too-large', async () => [await asks(replyJson(chatAnswer({ more: 'x'.repeat(20_000) })))])
row('whole-error', async () => [await asks(reply(200, ERROR))])
row('whole-error-late', async () => [
  await asks(replyJson(chatAnswer({ error: { message: 'broke off' } }))),
  await asks(replyJson(chatAnswer({ error: { message: 'broke off' }, usage: undefined }))),
])
row('left-whole', async () => [await leaves(answersOn(WHOLE))])

/// A stream.

row('stream', async () => [await asks(tells(SPOKEN, END), STREAM)])
row('stream-unreported', async () => [await asks(tells(SPOKEN, UNREPORTED_END), STREAM)])

/** Of two answers the first is there to its end; the second has begun, or has not. */
const ONE_OF_TWO = { body: { ...STREAM.body, n: 2 } }
const GEMINI_OF_CHAT = { ...DIALECTS.gemini, path: '/v1beta/models/chat:streamGenerateContent?alt=sse' }
const SECOND = HELLO.replace('"index":0', '"index":1')

row('stream-broken', async () => [
  await asks(breaksOff(SPOKEN), STREAM),
  await asks(tells(SPOKEN), STREAM),
  await asks(breaksOff(SPOKEN, FINISH, SECOND), ONE_OF_TWO),
  await asks(tells(SPOKEN, SECOND, FINISH), ONE_OF_TWO),
  await asks(tells(SPOKEN, FINISH), ONE_OF_TWO),
  await asks(tells(SPOKEN, FINISH), { body: { generationConfig: { candidateCount: 2 } } }, GEMINI_OF_CHAT),
])
row('stream-broken-first', async () => [await asks(breaksOff(CHAT.text('')), STREAM), await asks(tells(), STREAM)])
row('stream-broken-late', async () => [await asks(breaksOff(SPOKEN, END), STREAM)])
row('stream-silent', async () => [
  await asks(
    stream((out) => out.write(SPOKEN)),
    STREAM,
  ),
])
row('stream-too-long', async () => [await asks(stream(endlessly), STREAM)])
row('stream-error', async () => [await asks(tells(SPOKEN, `data: ${ERROR}\n\n`), STREAM)])
row('stream-error-first', async () => [await asks(tells(`data: ${ERROR}\n\n`), STREAM)])

const LARGE = CHAT.text('Hello '.repeat(1_000))
row('stream-event-large', async () => [await asks(tells(LARGE, END), STREAM)])
row('stream-event-untranslated', async () => [
  await asks(tells(HELLO, LARGE, SPOKEN), { body: { ...STREAM.body, model: 'chat' } }, messages),
])

row('stream-other-shape', async () => [
  await asks(tells(SPOKEN, END), { body: { ...SHAPED.body, ...STREAM.body } }, messages),
])

test('what the provider reports of an answer that nothing was delivered of is in its receipt, and free', async () => {
  const { customer, admin } = await asks(reply(200, WHOLE), SHAPED, messages)
  const receipts = (): ReturnType<typeof admin.requests> => admin.requests({ user_id: customer.userId })
  await until('the receipt', async () => (await receipts()).length > 0)
  const [receipt] = await receipts()
  expect(receipt).toMatchObject({ status: 502, cost_usd: '0.000000000', usage: { input: 0, output: 0 } })
  expect(receipt && 'raw_usage' in receipt && receipt.raw_usage).toMatchObject({
    prompt_tokens: 10,
    completion_tokens: 5,
  })
})

const WHILE_READING = { init: STREAM, after: /Hello/ }
/** Until then it gets nothing but signs of life. */
const BEFORE_CONTENT = { init: STREAM, after: /keep-alive/ }

row('left-stream', async () => {
  const idle = await newCustomer()
  const endless = stream(async (out) => {
    while (!out.gone) await out.write(CHAT.text('Hello '.repeat(200)).repeat(12))
  })
  const body = JSON.stringify({ ...chat.body(stage.upstream.plays(endless)), ...STREAM.body })
  const socket = opens(headOf(idle.key, body.length) + body)
  await until('it is given up', async () => (await stage.gateway.requests({ user_id: idle.userId })).length > 0)
  socket.destroy()
  return [
    await leaves(tellsOn(SPOKEN, END), WHILE_READING),
    { customer: idle, admin: stage.gateway, seen: undefined },
    // What had ended was not the last of it.
    await leaves(tellsOn(MESSAGE + blocks(0, 'Hello world'), blocks(1, 'and on')), AT_LAST_BLOCK),
    await leaves(tellsOn(items(0), items(1)), AT_LAST_ITEM),
    // An image is content too.
    await leaves(tellsOn(CHAT_IMAGE, END), { init: STREAM, after: /iVBOR/ }),
    await leaves(tellsOn(parts({ inlineData: { mimeType: 'image/png', data: image } }), ''), OF_GEMINI),
  ]
})
row('left-stream-first', async () => [await leaves(tellsOn(CHAT.text(''), SPOKEN, END), BEFORE_CONTENT)])
row('left-stream-late', async () => {
  const customer = await newCustomer()
  const { promise: left, resolve } = Promise.withResolvers<void>()
  const headers = { 'x-api-key': customer.key }
  const answer = await stage.ask(chat, tellsOn(SPOKEN + END)(left), { ...STREAM, headers })
  const reader = answer.body?.getReader()
  let text = ''
  while (!text.includes('[DONE]')) text += new TextDecoder().decode((await reader?.read())?.value)
  await reader?.cancel()
  await Bun.sleep(NOTICED_MS)
  resolve()
  return [{ customer, admin: stage.gateway, seen: { status: answer.status, text } }]
})

const AT_FINISH = { init: STREAM, after: /"stop"/ }
/** A client of Messages is told the end of a block then, and the rest when the stream is over. */
const AT_BLOCK_STOP = {
  dialect: messages,
  init: { body: { ...STREAM.body, model: 'chat' } },
  after: /content_block_stop/,
}
const never = new Promise<void>(() => undefined)

row('left-stream-finished', async () => [
  await leaves(tellsOn(SPOKEN + FINISH, REPORT), AT_FINISH),
  await leaves(tellsOn(SPOKEN + FINISH, REPORT), { ...AT_FINISH, plan: 'patient' }),
  await leaves(tellsOn(SPOKEN + FINISH, REPORT), AT_BLOCK_STOP),
  await leaves(tellsOn(SPOKEN + FINISH, DONE), AT_FINISH),
  await leaves(tellsOn(MESSAGE + blocks(0, 'Hello world'), MESSAGE_END), AT_LAST_BLOCK),
  await leaves(tellsOn(items(0), RESPONSE_END), AT_LAST_ITEM),
])
row('left-stream-untold', async () => [
  await leaves(() => tellsOn(SPOKEN + FINISH, REPORT)(never), AT_FINISH),
  await leaves(() => tellsOn(SPOKEN + FINISH, REPORT)(never), AT_BLOCK_STOP),
  await leaves(() => tellsOn(MESSAGE + blocks(0, 'Hello world'), MESSAGE_END)(never), AT_LAST_BLOCK),
  await leaves(() => tellsOn(items(0), RESPONSE_END)(never), AT_LAST_ITEM),
])

test('of two users on two plans who hang up alike, one pays for what came and the other for the whole', async () => {
  const paid: Record<string, unknown> = {}
  for (const plan of ['strict', 'patient']) {
    const { customer, admin } = await leaves(tellsOn(SPOKEN, END), { ...WHILE_READING, plan })
    const receipts = (): ReturnType<typeof admin.requests> => admin.requests({ user_id: customer.userId })
    await until('the receipt', async () => (await receipts()).length > 0)
    const [receipt] = await receipts()
    paid[plan] = [receipt?.ended, receipt?.usage_source, receipt?.usage['output']]
  }
  expect(paid).toEqual({ strict: ['client_cut', 'estimated', 2], patient: ['client_cut', 'upstream', 5] })
})

/// Customers of another plan of the same gateway: they leave as those above did, and what they left is read to its end.

const PATIENT = { plan: 'patient' }

row('drained-whole', async () => [
  await leaves(answersOn(WHOLE), PATIENT),
  await leaves(answersOn(UNREPORTED), PATIENT),
  await leaves(waits(reply(200, WHOLE)), PATIENT),
])
row('drained-stream', async () => [
  await leaves(tellsOn(SPOKEN, END), { ...PATIENT, ...WHILE_READING }),
  await leaves(tellsOn(SPOKEN, UNREPORTED_END), { ...PATIENT, ...WHILE_READING }),
])
row('drained-stream-first', async () => [
  await leaves(waits(tells(SPOKEN, END)), { ...PATIENT, init: STREAM }),
  await leaves(waits(tells(SPOKEN, UNREPORTED_END)), { ...PATIENT, init: STREAM }),
  await leaves(tellsOn(CHAT.text(''), SPOKEN, END), { ...PATIENT, ...BEFORE_CONTENT }),
])
row('drained-broken', async () => [
  await leaves(tellsOn(HELLO, CHAT.text(' world')), { ...PATIENT, ...WHILE_READING }),
  await leaves(() => stream(endlessly), { ...PATIENT, ...WHILE_READING }),
])
row('drained-nothing', async () => [
  await leaves(() => silent, PATIENT),
  await leaves(waits(reply(503, ERROR)), PATIENT),
  await leaves(waits(tells()), { ...PATIENT, init: STREAM }),
  await leaves(() => answersOn(WHOLE)(new Promise(() => undefined)), PATIENT),
])
