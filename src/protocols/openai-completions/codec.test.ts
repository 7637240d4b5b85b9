import { describe, expect, test } from 'bun:test'

import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { collect } from '../../canon/collect.ts'
import { objectsOf } from '../json.ts'
import { CARRIERS, lossesOf, PROFILE, reversalWith } from '../openai-chat/test-parts.ts'
import { renderRequest } from '../openai-chat/render-request.ts'
import { openAiCompletionsCodec as codec } from './codec.ts'

const read = (more: JsonObject) =>
  codec.parseRequest(
    { model: 'm', prompt: 'Once', ...more },
    { format: 'openai-completions', action: 'generate' },
    CARRIERS,
  )
const parsed = (more: JsonObject = {}) => {
  const result = read(more)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

describe('a prompt', () => {
  for (const prompt of ['Once', ['Once']])
    test(`${JSON.stringify(prompt)} is the one turn of a user, which is declared`, () => {
      const { conversation, losses } = parsed({ prompt })
      expect(conversation.turns).toEqual([
        { role: 'user', blocks: [{ kind: 'text', text: 'Once', pointer: '/prompt' }], pointer: '/prompt' },
      ])
      expect(lossesOf({ losses })).toEqual(['/prompt;approximated'])
    })
  for (const prompt of [null, '', [], ['a', 'b'], [1, 2], [[1, 2]], 5])
    test(`${JSON.stringify(prompt)} is refused`, () =>
      expect(read({ prompt })).toMatchObject({ ok: false, error: { kind: 'invalid-request', param: 'prompt' } }))
})

describe('a setting', () => {
  test('of the limit is 16 when nobody says', () => {
    expect(parsed().conversation.settings).toEqual({ outputTokensMax: { value: 16, pointer: '/max_tokens' } })
    expect(parsed({ max_tokens: 5 }).conversation.settings.outputTokensMax?.value).toBe(5)
  })
  test('with the meaning it has in Chat is read as there', () => {
    expect(
      parsed({ temperature: 0.5, stop: 'x', logprobs: 2, seed: 1, user: 'u' }).conversation.settings,
    ).toMatchObject({
      temperature: { value: 0.5 },
      stop: { value: ['x'] },
      logprobs: { value: 2 },
      seed: { value: 1 },
      user: { value: 'u' },
    })
  })
  const left: [more: JsonObject, pointer: string, effect: string][] = [
    [{ suffix: 'end' }, '/suffix', 'refuse'],
    [{ best_of: 3 }, '/best_of', 'refuse'],
    [{ echo: true, logprobs: 1 }, '/echo', 'refuse'],
    [{ logit_bias: { 1: 2 } }, '/logit_bias', 'refuse'],
    [{ messages: [] }, '/messages', 'drop'],
  ]
  for (const [more, pointer, effect] of left)
    test(`${JSON.stringify(more)} is to ${effect}`, () =>
      expect(parsed(more).conversation.unmapped).toEqual([{ pointer, effect: effect as 'drop' }]))
  test('that changes nothing is not left over', () => {
    expect(parsed({ suffix: '', best_of: 1, echo: false, stream: true }).conversation.unmapped).toEqual([])
  })
  test('87 of several answers is refused by who writes the request', () => {
    const target = { model: 'up', profile: PROFILE, stream: false }
    expect(renderRequest(parsed({ n: 2 }).conversation, target)).toMatchObject({ ok: false, error: { param: '/n' } })
    expect(renderRequest(parsed().conversation, target)).toMatchObject({
      value: { body: { model: 'up', messages: [{ role: 'user', content: 'Once' }], max_completion_tokens: 16 } },
    })
  })
})

const START: AnswerEvent = { type: 'start' }
const LOGPROBS = [
  { token: ' up', logprob: -0.5, top: [{ token: ' up', logprob: -0.5 }] },
  { token: '😀', logprob: -1, top: [] },
]
const EVENTS: AnswerEvent[] = [
  START,
  { type: 'open', key: 0, opening: { kind: 'reasoning' } },
  { type: 'delta', key: 0, text: 'why' },
  { type: 'close', key: 0 },
  { type: 'open', key: 1, opening: { kind: 'text' } },
  { type: 'delta', key: 1, text: ' up😀', logprobs: LOGPROBS },
  { type: 'delta', key: 1, text: '!' },
  { type: 'close', key: 1 },
  { type: 'stop', stop: { reason: 'output-limit' } },
  { type: 'end' },
]
const write = (events: readonly AnswerEvent[], more: Partial<Reversal> = {}) => {
  const renderer = codec.renderStream(reversalWith({ clientFormat: 'openai-completions', ...more }))
  const text = events.map((event) => renderer.push(event)).join('')
  const parts = text.split('\n\n').filter((part) => part.startsWith('data: {'))
  return {
    text,
    losses: renderer.losses,
    choices: parts.flatMap((part) => objectsOf(JSON.parse(part.slice(6)).choices)),
  }
}

describe('an answer', () => {
  test('is text, in a stream and whole, with its likelihoods side by side', () => {
    const { choices, text } = write(EVENTS)
    expect(choices.map(({ text: said }) => said)).toEqual([' up😀', '!', ''])
    expect(choices.map(({ finish_reason }) => finish_reason)).toEqual([null, null, 'length'])
    expect(text).toEndWith('data: [DONE]\n\n')
    const { body } = codec.renderResponse(collect(EVENTS), reversalWith())
    expect(body).toEqual({
      id: 'cmpl-req1',
      object: 'text_completion',
      created: 1_700_000_000,
      model: 'client-model',
      choices: [
        {
          text: ' up😀!',
          index: 0,
          logprobs: {
            tokens: [' up', '😀'],
            token_logprobs: [-0.5, -1],
            top_logprobs: [{ ' up': -0.5 }, {}],
            text_offset: [0, 3],
          },
          finish_reason: 'length',
        },
      ],
    })
  })
  test('begins with the prompt when asked to', () => {
    const wishes = { includesUsage: false, legacyFunctions: false, echo: { prompt: 'Once' } }
    expect(write(EVENTS, { wishes }).choices[0]?.text).toBe('Once')
  })
  test('never says that it calls, and declares that it did', () => {
    const opening = { kind: 'tool-call', id: 'a', name: 'f', form: 'function' } as const
    const written = write([
      START,
      { type: 'open', key: 0, opening },
      { type: 'close', key: 0 },
      { type: 'stop', stop: { reason: 'tool-calls' } },
    ])
    expect(written.choices.at(-1)?.finish_reason).toBe('stop')
    expect(lossesOf(written)).toEqual(['/response;unsupported'])
  })
})

describe('what a completion has no place for is declared', () => {
  const rows: readonly (readonly [string, AnswerEvent])[] = [
    ['a citation', { type: 'citation', key: 1, citation: { url: 'https://example.com' } }],
    [
      'a picture',
      { type: 'whole', block: { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://a.test/b.png' } } },
    ],
  ]
  test.each(rows)('%s', (_what, event) => {
    const written = write([START, { type: 'open', key: 1, opening: { kind: 'text' } }, event])
    expect(lossesOf(written)).toEqual(['/response;unsupported'])
  })
})

test('no conversation is written for a server of Completions, nor an answer of one read', () => {
  const target = { model: 'up', profile: PROFILE, stream: false }
  const kind = 'unsupported-format'
  expect(codec.renderRequest(parsed().conversation, target)).toMatchObject({ ok: false, error: { kind } })
  const source = { family: 'f', requestId: 'r' }
  expect(codec.parseResponse({}, source).error?.kind).toBe(kind)
  const parser = codec.parseStream(source)
  expect([...parser.push({}, ''), ...parser.end()]).toMatchObject([{ type: 'error', error: { kind } }])
})
