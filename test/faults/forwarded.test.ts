import { afterAll, beforeAll, describe, expect, test, setDefaultTimeout } from 'bun:test'
import type { ReceiptJson } from '../harness/admin.ts'
import {
  type AskInit,
  chatAnswer,
  DIALECTS,
  replyJson,
  sentHeader,
  type Stage,
  START_MS,
  startStage,
} from './scripted.ts'

const { chat, gemini, messages } = DIALECTS

// What hangs is reported by what it hangs on, and takes no other test down with it.
setDefaultTimeout(30_000)

let stage: Stage
beforeAll(async () => {
  stage = await startStage({ aliases: { fast: 'chat' } })
}, START_MS)
afterAll(() => stage.stop(), START_MS)

const ANSWER = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Answer: 42' }] }, finishReason: 'STOP' }],
  usageMetadata: {
    promptTokenCount: 1_000,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 8_000,
    totalTokenCount: 9_005,
  },
}

/** Asks, and gives what arrived upstream and what it cost. */
const sent = async (dialect: typeof gemini | typeof messages | typeof chat, init: AskInit) => {
  stage.upstream.asked.length = 0
  const answer = await stage.ask(dialect, replyJson(dialect === gemini ? ANSWER : chatAnswer()), init)
  await answer.text()
  const receipt: ReceiptJson | undefined = await stage.settled()
  return { answer, receipt, upstream: stage.upstream.asked[0] }
}

describe('of the query', () => {
  const dropped = [
    ...['fields=candidates', '$fields=candidates', '%24fields=candidates', 'access_token=t', 'callback=cb'],
    ...[
      'oauth_token=t',
      'prettyPrint=false',
      'quotaUser=u',
      'uploadType=media',
      '$.xgafv=1',
      'alt=proto',
      'alt=media',
      '$alt=proto',
    ],
    ...['ALT=sse', 'fields=candidates&fields=x', 'userProject=p'],
  ]
  test.each(dropped)('%s never travels upstream', async (query) => {
    const { upstream, receipt } = await sent(gemini, { path: `${gemini.path}?${query}` })
    expect(upstream?.target).toBe('/v1beta/models/gem:generateContent')
    expect(receipt).toMatchObject({ ended: 'whole', usage_source: 'upstream', cost_usd: '0.123075000' })
  })

  test('alt=sse does, for without it Gemini streams another format', async () => {
    const { upstream } = await sent(gemini, { path: '/v1beta/models/gem:streamGenerateContent?fields=x&alt=sse' })
    expect(upstream?.target).toBe('/v1beta/models/gem:streamGenerateContent?alt=sse')
  })

  test('beta=true does on Messages, and nothing besides', async () => {
    const { upstream } = await sent(messages, { path: '/v1/messages?beta=true&fields=x&access_token=t' })
    expect(upstream?.target).toBe('/v1/messages?beta=true')
    expect((await sent(messages, { path: '/v1/messages?beta=maybe' })).upstream?.target).toBe('/v1/messages')
  })

  test('of Chat only the version does that Azure wants', async () => {
    const { upstream } = await sent(chat, { path: '/v1/chat/completions?beta=true&alt=sse&fields=x&access_token=t' })
    expect(upstream?.target).toBe('/v1/chat/completions')
    const azure = await sent(chat, { path: '/v1/chat/completions?fields=x&api-version=2024-10-21' })
    expect(azure.upstream?.target).toBe('/v1/chat/completions?api-version=2024-10-21')
    const hostile = await sent(chat, { path: '/v1/chat/completions?api-version=a%26key%3Db' })
    expect(hostile.upstream?.target).toBe('/v1/chat/completions')
  })
})

describe('of the headers', () => {
  test.each(['x-goog-fieldmask', 'X-Goog-FieldMask', 'x-http-method-override', 'x-http-method', 'x-method-override'])(
    '%s never travels upstream, so that the usage stays in the answer',
    async (name) => {
      const { upstream, receipt } = await sent(gemini, { headers: { [name]: 'candidates' } })
      expect(sentHeader(upstream, name.toLowerCase())).toBeUndefined()
      expect(receipt).toMatchObject({ usage_source: 'upstream', cost_usd: '0.123075000' })
    },
  )

  test('what a vendor may want tomorrow does', async () => {
    const { upstream } = await sent(messages, { headers: { 'anthropic-beta': 'new-thing' } })
    expect(sentHeader(upstream, 'anthropic-beta')).toBe('new-thing')
  })
})

describe('a key for some models only', () => {
  const rows: readonly (readonly [readonly string[], object, number, string | undefined])[] = [
    [['claude'], { model: 'chat' }, 403, undefined],
    [['claude'], { model: 'fast' }, 403, undefined],
    [['claude'], { model: 'oc/chat' }, 403, undefined],
    [['claude'], { model: 'chat', fallbacks: ['fast'] }, 403, undefined],
    [['claude'], { model: 'no-such-model', fallbacks: ['chat'] }, 403, undefined],
    [['fast'], { model: 'fast' }, 200, 'chat'],
    [['chat'], { model: 'fast' }, 200, 'chat'],
    [['chat'], { model: 'oc/chat' }, 200, 'chat'],
    [['fast'], { model: 'chat' }, 403, undefined],
    // The name that led there is the fallback's, and that one is allowed.
    [['fast'], { model: 'no-such-model', fallbacks: ['fast'] }, 200, 'chat'],
    [['fast'], { model: 'fast', fallbacks: ['chat'] }, 200, 'chat'],
  ]
  test.each(rows)('%j asking for %j gets %d', async (models, body, status, served) => {
    const { key } = await stage.gateway.createKey({ user_id: stage.customer.userId, models })
    const { answer, upstream } = await sent(chat, { headers: { 'x-api-key': key }, body: { ...body } })
    expect([answer.status, answer.headers.get('x-tollgate-model') ?? undefined]).toEqual([status, served])
    if (status === 403) expect(upstream).toBeUndefined()
    else expect(JSON.parse(upstream?.text ?? '{}')).not.toHaveProperty('fallbacks')
  })
})
