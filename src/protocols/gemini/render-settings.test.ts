import { describe, expect, test } from 'bun:test'
import type { Settings } from '../../canon/conversation.ts'
import { geminiCodec } from './codec.ts'
import { conversation, HI, LEGACY, PROFILE, refusal, render } from './test-render.ts'

const at = <Value>(value: Value, pointer = '/x') => ({ value, pointer })

describe('settings', () => {
  const config = (settings: Settings, profile = PROFILE) => {
    const { body, losses } = render(conversation([HI], { settings }), profile)
    return [body.generationConfig, losses]
  }

  test.each<[string, Settings, unknown, readonly string[]]>([
    ['the limit', { outputTokensMax: at(9) }, { maxOutputTokens: 9 }, []],
    ["a limit above the model's", { outputTokensMax: at(99_999) }, { maxOutputTokens: 65_536 }, ['clamped /x']],
    ['82 a temperature above the range', { temperature: at(2.5) }, { temperature: 2 }, ['clamped /x']],
    ['stop sequences', { stop: at(['a']) }, { stopSequences: ['a'] }, []],
    [
      'penalties and seed',
      { presencePenalty: at(1), frequencyPenalty: at(0), seed: at(3) },
      { seed: 3, frequencyPenalty: 0, presencePenalty: 1 },
      [],
    ],
    ['likelihoods', { logprobs: at(2) }, { responseLogprobs: true, logprobs: 2 }, []],
    [
      'verbosity, user and cache key',
      { verbosity: at('low'), user: at('u', '/u'), promptCacheKey: at('k', '/k') },
      undefined,
      ['unsupported /x', 'unsupported /u', 'unsupported /k'],
    ],
    ['not storing', { store: at(false) }, undefined, []],
    ['any JSON', { shape: at({ kind: 'json-object' }) }, { responseMimeType: 'application/json' }, []],
    [
      '60 JSON of a schema',
      { shape: at({ kind: 'json-schema', schema: { type: 'object', properties: { a: { type: 'string' } } } }) },
      {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { a: { type: 'string' } } },
      },
      [],
    ],
    [
      '27 an effort beyond',
      { reasoning: at({ mode: 'effort', effort: 'max' }) },
      { thinkingConfig: { thinkingLevel: 'HIGH' } },
      ['approximated /x'],
    ],
    [
      '21 no thinking',
      { reasoning: at({ mode: 'off' }) },
      { thinkingConfig: { thinkingLevel: 'LOW' } },
      ['approximated /x'],
    ],
    [
      '28 hidden thoughts',
      { reasoning: at({ mode: 'adaptive', visible: false }) },
      { thinkingConfig: { includeThoughts: false } },
      [],
    ],
  ])('%s', (_, settings, expected, losses) => {
    expect(config(settings)).toEqual([expected, losses])
  })

  test.each<[Settings['reasoning'], unknown]>([
    [at({ mode: 'off' }), 0],
    [at({ mode: 'adaptive' }), -1],
    [at({ mode: 'budget', budgetTokens: 2_000 }), 2_000],
    [at({ mode: 'effort', effort: 'high' }), 24_576],
  ])('23 writes the wish %j as a budget', (reasoning, thinkingBudget) => {
    expect(config(reasoning ? { reasoning } : {}, LEGACY)).toEqual([{ thinkingConfig: { thinkingBudget } }, []])
  })

  test.each<[string, Settings]>([
    ['87 more answers than there are', { choices: at(PROFILE.choicesMax + 1) }],
    ['an answer of no tokens', { outputTokensMax: at(0) }],
  ])('refuses %s', (_, settings) => {
    expect(refusal(conversation([HI], { settings }))).toBe('/x')
  })

  test('87 refuses two answers to a client that has room for one', () => {
    const asked = conversation([HI], { settings: { choices: at(2) } })
    expect(refusal({ ...asked, format: 'openai-completions' })).toBe('/x')
    expect(refusal(asked)).toBeUndefined()
  })

  test('88 refuses likelihoods where the model tells none', () => {
    expect(refusal(conversation([HI], { settings: { logprobs: at(0) } }), { ...PROFILE, logprobs: false })).toBe('/x')
  })

  test('136 keeps the service tier', () => {
    expect(render(conversation([HI], { settings: { serviceTier: at('flex') } })).body.serviceTier).toBe('flex')
    expect(render(conversation([HI], { settings: { serviceTier: at('default') } })).body.serviceTier).toBe('standard')
    expect(render(conversation([HI], { settings: { serviceTier: at('auto') } })).body.serviceTier).toBeUndefined()
  })

  test('75 asks for a shape in words where the model cannot be held to it, saying so', () => {
    const settings: Settings = { shape: at({ kind: 'json-object' }) }
    const { body, losses } = render(conversation([HI], { settings }), { ...PROFILE, structured: 'none' })
    expect(JSON.stringify(body.systemInstruction)).toContain('JSON')
    expect(losses).toEqual(['emulated /x'])
  })

  test('130 what has no place is declared or refused, as its format says', () => {
    const unmapped = [
      { pointer: '/logit_bias', effect: 'drop' },
      { pointer: '/stream_options', effect: 'ignore' },
    ] as const
    expect(render(conversation([HI], { unmapped })).losses).toEqual(['unsupported /logit_bias'])
    expect(refusal(conversation([HI], { unmapped: [{ pointer: '/audio', effect: 'refuse' }] }))).toBe('/audio')
  })

  test('150 a count wraps the request, which names its model', () => {
    const rendered = geminiCodec.renderRequest(conversation([HI]), {
      model: 'g',
      profile: PROFILE,
      stream: false,
      action: 'count-tokens',
    })
    expect(rendered.ok && rendered.value.body).toEqual({
      generateContentRequest: { model: 'models/g', contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    })
  })
})
