import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../canon/codec.ts'
import type { ReasoningWish, Settings } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import { call, refused, rendered, result, sourced, tool, turn } from './render-test-parts.ts'
import { type ProfilePatch, userTurn } from './test-parts.ts'

describe('settings', () => {
  const ROWS: readonly [
    title: string,
    settings: Settings,
    patch: ProfilePatch,
    written: JsonObject,
    losses: readonly string[],
  ][] = [
    ['79 no limit is the most there is', {}, {}, { max_tokens: 64_000 }, []],
    [
      '79 no limit of a model whose most nobody knows is a default',
      {},
      { outputTokensMax: undefined, outputTokensDefault: 8192 },
      { max_tokens: 8192 },
      [' added'],
    ],
    [
      'a limit above the most',
      { outputTokensMax: sourced(99_999, '/max_tokens') },
      {},
      { max_tokens: 64_000 },
      ['/max_tokens clamped'],
    ],
    ['82 a temperature too high', { temperature: sourced(1.7, '/t') }, {}, { temperature: 1 }, ['/t clamped']],
    [
      '83 a temperature of a model that takes none',
      { temperature: sourced(0.2, '/t') },
      { temperature: 'fixed' },
      { temperature: undefined },
      ['/t unsupported'],
    ],
    ['83 the default temperature', { temperature: sourced(1, '/t') }, { temperature: 'fixed' }, { temperature: 1 }, []],
    ['83 a top_p', { topP: sourced(0.9, '/p') }, { topP: 'fixed' }, { top_p: undefined }, ['/p unsupported']],
    ['83 a top_k', { topK: sourced(40, '/k') }, { topK: false }, { top_k: undefined }, ['/k unsupported']],
    [
      '84 a temperature and a top_p',
      { temperature: sourced(0.2, '/t'), topP: sourced(0.9, '/p') },
      {},
      { temperature: 0.2, top_p: undefined },
      ['/p unsupported'],
    ],
    [
      '24 sampling beside thinking',
      {
        temperature: sourced(0.2, '/t'),
        topP: sourced(0.5, '/p'),
        topK: sourced(4, '/k'),
        reasoning: sourced<ReasoningWish>({ mode: 'adaptive' }, '/r'),
      },
      {},
      { temperature: undefined, top_p: undefined, top_k: undefined },
      ['/t unsupported', '/p unsupported', '/k unsupported'].toSorted(),
    ],
    [
      '85 stop sequences of white space',
      { stop: sourced(['\n', 'END'], '/s') },
      {},
      { stop_sequences: ['END'] },
      ['/s unsupported'],
    ],
    [
      'what only changes the quality',
      {
        seed: sourced(1, '/seed'),
        presencePenalty: sourced(0, '/pp'),
        frequencyPenalty: sourced(1, '/fp'),
        verbosity: sourced('low', '/v'),
        store: sourced(false, '/store'),
      },
      {},
      { seed: undefined },
      ['/fp unsupported', '/seed unsupported', '/v unsupported'],
    ],
    ['136 the usual tier', { serviceTier: sourced('default', '/st') }, {}, { service_tier: 'standard_only' }, []],
    ['136 a cheaper tier', { serviceTier: sourced('flex', '/st') }, {}, { service_tier: 'auto' }, ['/st approximated']],
    [
      'the whole request marked for the cache',
      { cache: sourced({ ttl: '1h' }, '/c') },
      {},
      { cache_control: { type: 'ephemeral', ttl: '1h' } },
      [],
    ],
  ]
  test.each(ROWS)('%s', (_, settings, patch, written, losses) => {
    const out = rendered({ settings }, patch)
    for (const [name, value] of Object.entries(written)) expect(out.body[name]).toEqual(value)
    expect(out.losses.toSorted()).toEqual([...losses])
  })

  test('135 a user is told by a hash', () => {
    const { body } = rendered({ settings: { user: sourced('me@a.example', '/user') } })
    expect(writeJson(body.metadata)).toMatch(/^\{"user_id":"[0-9a-f]{64}"\}$/)
  })

  test('87, 88 several answers and log probabilities are refused', () => {
    expect(refused({ settings: { choices: sourced(2, '/n') } })).toBe('/n')
    expect(refused({ settings: { logprobs: sourced(0, '/logprobs') } })).toBe('/logprobs')
    expect(rendered({ settings: { choices: sourced(1, '/n') } }).losses).toEqual([])
  })

  test('what has no place is declared, refused or of no matter, as the client’s codec says', () => {
    const effects = ['drop', 'ignore', 'refuse'] as const
    const unmapped = effects.map((effect) => ({ pointer: `/${effect}`, effect }))
    expect(refused({ unmapped })).toBe('/refuse')
    expect(rendered({ unmapped: unmapped.slice(0, 2) }).losses).toEqual(['/drop unsupported'])
  })
})

describe('thinking', () => {
  const BUDGET: ProfilePatch = { reasoning: { style: 'budget', efforts: [], budgetMin: 1024 } }
  const NEWEST: ProfilePatch = { reasoning: { offByDefault: false, efforts: ['low', 'high', 'xhigh', 'max'] } }
  const ROWS: readonly [
    title: string,
    wish: ReasoningWish,
    patch: ProfilePatch,
    written: JsonObject,
    losses: readonly string[],
  ][] = [
    ['21 off is said', { mode: 'effort', effort: 'none' }, NEWEST, { thinking: { type: 'disabled' } }, []],
    [
      '21 off in the model’s own word',
      { mode: 'off' },
      { reasoning: { offWord: 'between_tools' } },
      { thinking: { type: 'between_tools' } },
      [],
    ],
    [
      '22 off beside a high degree',
      { mode: 'off', effort: 'max' },
      { reasoning: { ...NEWEST.reasoning, offEffortMax: 'high' } },
      { thinking: { type: 'disabled' }, output_config: { effort: 'high' } },
      ['/r approximated'],
    ],
    [
      'off where it cannot be',
      { mode: 'off' },
      { reasoning: { canBeOff: false } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      ['/r approximated'],
    ],
    [
      'a degree',
      { mode: 'effort', effort: 'high', visible: true },
      {},
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
      [],
    ],
    [
      '27 a degree it does not have',
      { mode: 'effort', effort: 'minimal' },
      {},
      { output_config: { effort: 'low' } },
      ['/r approximated'],
    ],
    [
      '26 a budget, where only degrees are taken',
      { mode: 'budget', budgetTokens: 8192 },
      {},
      { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
      ['/r approximated'],
    ],
    [
      'a budget',
      { mode: 'budget', budgetTokens: 2000 },
      BUDGET,
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      [],
    ],
    [
      '26 a degree, where only budgets are taken',
      { mode: 'effort', effort: 'medium' },
      BUDGET,
      { thinking: { type: 'enabled', budget_tokens: 8192 } },
      [],
    ],
    [
      '23 a budget below the least',
      { mode: 'budget', budgetTokens: 5 },
      BUDGET,
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      ['/r clamped'],
    ],
    [
      '23 a budget above the limit',
      { mode: 'budget', budgetTokens: 90_000 },
      BUDGET,
      { thinking: { type: 'enabled', budget_tokens: 51_200 } },
      ['/r clamped'],
    ],
    [
      'a model that does not think',
      { mode: 'adaptive' },
      { reasoning: { style: 'none' } },
      { thinking: undefined },
      ['/r unsupported'],
    ],
  ]
  test.each(ROWS)('%s', (_, wish, patch, written, losses) => {
    const out = rendered({ settings: { reasoning: sourced(wish, '/r') } }, patch)
    for (const [name, value] of Object.entries(written)) expect(out.body[name]).toEqual(value)
    expect(out.losses).toEqual([...losses])
  })

  test('23 is left out where the limit leaves no room for it', () => {
    const settings = {
      outputTokensMax: sourced(1000, '/max_tokens'),
      reasoning: sourced<ReasoningWish>({ mode: 'effort', effort: 'high' }, '/r'),
    }
    const out = rendered({ settings }, BUDGET)
    expect([out.body.thinking, out.losses]).toEqual([undefined, ['/r unsupported']])
  })

  test('25 gives way to a tool that must be called', () => {
    const forced = {
      tools: [tool('f')],
      toolChoice: sourced({ kind: 'required' } as const, '/tool_choice'),
      settings: { reasoning: sourced<ReasoningWish>({ mode: 'adaptive' }, '/r') },
    }
    const out = rendered(forced)
    expect(out.body).toMatchObject({ tool_choice: { type: 'any' }, thinking: { type: 'disabled' } })
    expect(out.losses).toEqual(['/r unsupported'])
    const always = rendered(forced, { reasoning: { canBeOff: false } })
    expect(always.body).toMatchObject({ tool_choice: { type: 'auto' }, thinking: { type: 'adaptive' } })
    expect(always.losses).toEqual(['/tool_choice approximated'])
  })

  test('1 is off where calls come back without the thinking that led to them', () => {
    const turns = [userTurn('a'), turn('assistant', 1, call('c')), turn('user', 2, result('c'))]
    const settings = { reasoning: sourced<ReasoningWish>({ mode: 'budget', budgetTokens: 2000 }, '/r') }
    const out = rendered({ turns, settings, tools: [tool('f')] }, BUDGET)
    expect([out.body.thinking, out.losses]).toEqual([{ type: 'disabled' }, ['/r unsupported']])
    expect(rendered({ turns, settings, tools: [tool('f')] }).body.thinking).toEqual({ type: 'adaptive' })
  })
})

describe('the shape of the answer', () => {
  const object = { shape: sourced({ kind: 'json-object' } as const, '/response_format') }
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const shaped = {
    shape: sourced({ kind: 'json-schema', name: 'x', strict: true, schema } as const, '/response_format'),
  }

  test('60, 76 is a format where the model has one', () => {
    const out = rendered({ settings: shaped })
    expect(out.body.output_config).toEqual({ format: { type: 'json_schema', schema } })
    expect(out.losses).toEqual([])
  })

  test('75 is a tool that must be called where it has none', () => {
    const out = rendered({ settings: object })
    expect(out.body).toMatchObject({
      tools: [{ name: 'json', input_schema: { type: 'object' } }],
      tool_choice: { type: 'tool', name: 'json', disable_parallel_tool_use: true },
    })
    expect([out.answerTool, out.losses]).toEqual(['json', ['/response_format emulated']])
    expect(rendered({ settings: shaped }, { structured: 'none' }).body.tools).toMatchObject([{ input_schema: schema }])
  })

  test('75 is said in words where other tools may be called, or the model thinks', () => {
    const reasoning = sourced<ReasoningWish>({ mode: 'adaptive' }, '/r')
    for (const more of [{ tools: [tool('f')], settings: object }, { settings: { ...object, reasoning } }]) {
      const out = rendered(more)
      expect(out.body.system).toMatchObject([{ text: expect.stringContaining('JSON object') }])
      expect([out.answerTool, out.losses]).toEqual([undefined, ['/response_format emulated']])
    }
  })
})
