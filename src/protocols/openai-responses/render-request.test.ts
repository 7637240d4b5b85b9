import { describe, expect, test } from 'bun:test'

import type { JsonObject } from '../../canon/codec.ts'
import type { Settings } from '../../canon/conversation.ts'
import type { Profile } from '../../canon/profile.ts'
import { items, losses, render, rendered, result, stepWith, text, thinks, turn } from './test-render.ts'

const at = <Value>(value: Value) => ({ value, pointer: '/s' })

describe('settings', () => {
  test('126 nothing is stored unless the client says so, and the state of reasoning is always asked for', () => {
    expect(rendered({}).body).toEqual({
      model: 'upstream',
      input: [],
      store: false,
      include: ['reasoning.encrypted_content'],
    })
    expect(rendered({ settings: { store: at(true) } }).body.store).toBe(true)
    expect(rendered({ stream: true }).body.stream).toBe(true)
  })

  type Case = readonly [settings: Settings, body: JsonObject, lost: readonly string[], profile?: Partial<Profile>]
  const cases: readonly Case[] = [
    [{ outputTokensMax: at(500) }, { max_output_tokens: 500 }, []],
    [{ outputTokensMax: at(5_000) }, { max_output_tokens: 1_000 }, ['clamped']],
    [{ outputTokensMax: at(5) }, { max_output_tokens: 16 }, ['clamped']],
    [{ temperature: at(0.5), topP: at(0.2) }, { temperature: 0.5, top_p: 0.2 }, []],
    [{ temperature: at(0.5) }, {}, ['unsupported'], { temperature: 'fixed' }],
    [{ temperature: at(1) }, {}, [], { temperature: 'fixed' }],
    [
      { temperature: at(0.5), reasoning: at({ mode: 'off' }) },
      { temperature: 0.5, reasoning: { effort: 'none' } },
      [],
      { temperature: 'fixed', ...thinks({ samplesWhenOff: true }) },
    ],
    [{ topK: at(5) }, {}, ['unsupported']],
    [{ seed: at(5) }, {}, ['unsupported']],
    [{ frequencyPenalty: at(0), presencePenalty: at(0), stop: at([]), choices: at(1) }, {}, []],
    [{ presencePenalty: at(1) }, {}, ['unsupported']],
    [
      { logprobs: at(3) },
      { top_logprobs: 3, include: ['reasoning.encrypted_content', 'message.output_text.logprobs'] },
      [],
    ],
    [{ reasoning: at({ mode: 'off' }) }, { reasoning: { effort: 'none' } }, []],
    [
      { reasoning: at({ mode: 'off' }) },
      { reasoning: { effort: 'low' } },
      ['approximated'],
      thinks({ canBeOff: false, efforts: ['low', 'high'] }),
    ],
    [
      { reasoning: at({ mode: 'effort', effort: 'high', visible: true }) },
      { reasoning: { effort: 'high', summary: 'auto' } },
      [],
    ],
    [{ reasoning: at({ mode: 'effort', effort: 'max' }) }, { reasoning: { effort: 'high' } }, ['approximated']],
    [{ reasoning: at({ mode: 'budget', budgetTokens: 2_000 }) }, { reasoning: { effort: 'medium' } }, ['approximated']],
    [{ reasoning: at({ mode: 'adaptive', visible: false }) }, {}, []],
    [{ reasoning: at({ mode: 'effort', effort: 'low' }) }, {}, ['unsupported'], thinks({ style: 'none' })],
    [{ verbosity: at('low') }, { text: { verbosity: 'low' } }, []],
    [{ verbosity: at('low') }, {}, ['unsupported'], { verbosity: false }],
    [{ shape: at({ kind: 'text' }) }, {}, []],
    [{ user: at('u') }, { safety_identifier: 'u' }, []],
    [{ metadata: at({ a: 'b' }) }, { metadata: { a: 'b' } }, []],
    [{ metadata: at({ a: 'b' }) }, {}, ['unsupported'], { metadata: false }],
    [{ serviceTier: at('flex') }, { service_tier: 'flex' }, []],
    [{ serviceTier: at('auto') }, {}, [], { serviceTier: false }],
    [{ promptCacheKey: at('k') }, { prompt_cache_key: 'k' }, []],
    [{ cache: at({ ttl: undefined }) }, {}, ['approximated']],
  ]
  for (const [settings, body, lost, profile] of cases)
    test(`${JSON.stringify(settings)} come to ${JSON.stringify(body)}`, () => {
      const value = rendered({ settings }, profile)
      expect(value.body).toEqual({ ...rendered({}).body, ...body })
      expect(value.losses.map(({ code }) => code as string)).toEqual([...lost])
    })

  const refused: readonly (readonly [settings: Settings, profile?: Partial<Profile>])[] = [
    [{ choices: at(2) }],
    [{ logprobs: at(0) }, { logprobs: false }],
  ]
  for (const [settings, profile] of refused)
    test(`87 88 ${JSON.stringify(settings)} are refused`, () => {
      expect(render({ settings }, profile)).toMatchObject({ error: { kind: 'unsupported-parameter', param: '/s' } })
    })

  test('135 a long id of an end user is hashed', () => {
    const { body } = rendered({ settings: { user: at('u'.repeat(65)) } })
    expect(body.safety_identifier).toMatch(/^[0-9a-f]{64}$/)
  })

  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false }
  test('76 a schema is flat and has a name', () => {
    const shape = at({ kind: 'json-schema', name: 'bad name', strict: true, schema } as const)
    const value = rendered({ settings: { shape } })
    expect(value.body.text).toEqual({ format: { type: 'json_schema', name: 'response', schema, strict: true } })
    expect(losses(value)).toEqual(['/s/name renamed'])
  })

  test('an object is asked for with the word that OpenAI demands', () => {
    const settings: Settings = { shape: at({ kind: 'json-object' }) }
    const added = rendered({ settings })
    expect(added.body).toMatchObject({ text: { format: { type: 'json_object' } }, input: [{ role: 'developer' }] })
    expect(JSON.stringify(added.body.input)).toContain('JSON')
    expect(losses(added)).toEqual(['/s added'])
    const asked = rendered({ settings, turns: [turn('user', [text('Answer in JSON.')])] })
    expect([asked.body.input, losses(asked)]).toMatchObject([[{ role: 'user' }], []])
    // A client of OpenAI's would be refused by OpenAI as well.
    expect(losses(rendered({ settings, format: 'openai-chat' }))).toEqual([])
  })

  test('75 where there is no structured output, the answer is the call of a tool', () => {
    const shape = at({ kind: 'json-schema', schema: { type: 'object', properties: {} } } as const)
    const value = rendered({ settings: { shape } }, { structured: 'none' })
    expect(value.answerTool).toBeDefined()
    expect(value.body).toMatchObject({
      tools: [{ type: 'function', name: value.answerTool, strict: false }],
      tool_choice: { type: 'function', name: value.answerTool },
    })
    expect(losses(value)).toEqual(['/s emulated'])
  })

  test('130 137 fields without a place are lost, refused or nothing', () => {
    const value = rendered({
      unmapped: [
        { pointer: '/a', effect: 'drop' },
        { pointer: '/b', effect: 'ignore' },
      ],
    })
    expect(losses(value)).toEqual(['/a unsupported'])
    expect(render({ unmapped: [{ pointer: '/inference_geo', effect: 'refuse' }] })).toMatchObject({
      error: { param: '/inference_geo' },
    })
  })

  test('133 a longer conversation begins as the shorter did', () => {
    const longer = [...stepWith(result()), turn('assistant', [text('a')]), turn('user', [text('b')])]
    const [short, long] = [stepWith(result()), longer].map((turns) => JSON.stringify(items(turns).input).slice(0, -1))
    expect(long?.startsWith(short ?? '?')).toBe(true)
  })
})
