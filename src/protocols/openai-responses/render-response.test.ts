import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Answer, STOP_REASONS, type Stop } from '../../canon/answer.ts'
import { fault } from '../../errors.ts'
import { tokens } from '../../units.ts'
import { objectOf } from '../json.ts'
import { renderResponse } from './render-response.ts'
import { renderUsage } from './render-usage.ts'
import { reversal, usage } from './test-answers.ts'
import { readUsage } from './usage.ts'

const answer = (more: Partial<Answer> = {}): Answer => ({
  id: 'chatcmpl-1',
  model: 'up',
  blocks: [{ kind: 'text', text: 'hi' }],
  stop: { reason: 'natural' },
  usage: usage(3, 2),
  ...more,
})

describe('a whole answer', () => {
  test('has every member that official clients count on', () => {
    expect(renderResponse(answer(), reversal()).body).toEqual({
      instructions: null,
      max_output_tokens: null,
      metadata: {},
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_p: null,
      truncation: 'disabled',
      id: 'resp_1',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      model: 'alias',
      output: [
        {
          id: 'msg_1_0',
          type: 'message',
          status: 'completed',
          content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'hi' }],
          role: 'assistant',
        },
      ],
      usage: {
        input_tokens: 3,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 5,
      },
    })
  })

  test('129 repeats the request, and names the model as the client did', () => {
    const echo = {
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      store: true,
      model: 'x',
      id: 'x',
      prompt_cache_key: 'k',
    }
    const client = reversal({ wishes: { includesUsage: false, legacyFunctions: false, echo } })
    expect(renderResponse(answer(), client).body).toMatchObject({
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      store: true,
      prompt_cache_key: 'k',
      model: 'alias',
      id: 'resp_1',
    })
  })

  test('that failed says so', () => {
    const error = fault('rate-limit-exceeded', 'Slow down.')
    expect(renderResponse(answer({ error }), reversal()).body).toMatchObject({
      status: 'failed',
      error: { code: 'rate_limit_exceeded', message: 'Slow down.' },
    })
  })

  test('93 without a usage has zeros, and says that they were added', () => {
    const { body, losses } = renderResponse(answer({ usage: undefined }), reversal())
    expect(body.usage).toMatchObject({ input_tokens: 0, output_tokens_details: { reasoning_tokens: 0 } })
    expect(losses).toEqual([{ pointer: '/response/usage', code: 'added' }])
  })

  test('110 a custom call that was cut is incomplete in it, though free text always reads', () => {
    const call = { kind: 'tool-call', id: 'c', name: 'f', form: 'custom', arguments: '*** Beg', cut: true } as const
    const { body } = renderResponse(answer({ blocks: [call], stop: { reason: 'output-limit' } }), reversal())
    expect(body).toMatchObject({ status: 'incomplete', output: [{ status: 'incomplete' }] })
  })
})

describe('the stop reason', () => {
  const LIMIT = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  const FILTER = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
  const COMPLETED = { status: 'completed', incomplete_details: null }
  const rows: { readonly [Reason in Stop['reason']]: readonly [told: object, lossy?: true] } = {
    natural: [COMPLETED],
    'stop-sequence': [COMPLETED],
    'tool-calls': [COMPLETED],
    'output-limit': [LIMIT],
    'context-full': [LIMIT],
    refusal: [FILTER],
    filter: [FILTER],
    paused: [LIMIT, true],
    compaction: [COMPLETED],
    'malformed-call': [{ status: 'failed', error: { code: 'server_error' } }],
    other: [COMPLETED, true],
  }
  for (const reason of STOP_REASONS) {
    const [told, lossy] = rows[reason]
    test(`138 140 141 ${reason} is ${JSON.stringify(told)}`, () => {
      const { body, losses } = renderResponse(answer({ stop: { reason } }), reversal())
      expect(body).toMatchObject(told)
      expect(losses).toEqual(lossy ? [{ pointer: '/response/status', code: 'approximated' }] : [])
    })
  }

  test('138 a refusal’s explanation is a refusal', () => {
    const stop = { reason: 'refusal', explanation: 'Not this.' } as const
    expect(renderResponse(answer({ stop }), reversal()).body).toMatchObject({
      status: 'incomplete',
      output: [{ content: [{ text: 'hi' }, { type: 'refusal', refusal: 'Not this.' }] }],
    })
  })

  test('a refusal that is part of the answer is a whole answer', () => {
    const blocks = [{ kind: 'refusal', text: 'No.' }] as const
    const { body } = renderResponse(answer({ blocks, stop: { reason: 'refusal' } }), reversal())
    expect(body).toMatchObject({ status: 'completed', output: [{ content: [{ type: 'refusal', refusal: 'No.' }] }] })
  })
})

test('136 the tier that served is told in OpenAI’s words', () => {
  const tiers = ['standard', 'priority', 'default', 'batch', 'ON_DEMAND'].map(
    (serviceTier) => renderResponse(answer({ serviceTier }), reversal()).body.service_tier,
  )
  expect(tiers).toEqual(['default', 'priority', 'default', undefined, undefined])
})

test('89 90 91 92 a usage that is written reads as the same, and its total is the sum', () => {
  const count = fc.nat({ max: 1_000_000 }).map(tokens)
  const buckets = fc.record({
    input: count,
    inputAudio: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: fc.constant(tokens(0)),
    output: count,
    outputAudio: count,
    reasoning: fc.constant(tokens(0)),
  })
  fc.assert(
    fc.property(buckets, fc.nat(), (some, part) => {
      const given = { ...some, output: tokens(some.output + 1), reasoning: tokens(part % (some.output + 1)) }
      const written = renderUsage(given)
      expect(readUsage(written)).toEqual(given)
      expect(written.total_tokens).toBe(Number(written.input_tokens) + Number(written.output_tokens))
      expect(objectOf(written.input_tokens_details).cached_tokens).toBe(given.cacheRead)
    }),
    { seed: 3 },
  )
})
