import { describe, expect, test } from 'bun:test'
import type { Envelope } from '../canon/envelope.ts'
import type { Operation, WireFormat } from '../canon/operation.ts'
import { scanObject } from '../canon/scan-object.ts'
import { createCatalogue } from '../providers/catalogue.ts'
import { type Asking, createChooser } from './choose.ts'
import { createLoad } from './load.ts'
import { rank } from './strategies.ts'
import { channelOf, modelOf, seeded } from './test-parts.ts'
import type { Channel } from './types.ts'

const catalogue = createCatalogue({
  builtIn: { models: [], spellings: new Map() },
  overrides: [modelOf('m1', 'acme'), modelOf('m2', 'acme'), modelOf('claude-x', 'anthropic'), modelOf('a/b', 'acme')],
  aliases: { fast: 'm1', gone: 'old' },
  retired: { old: 'm2', 'a/gone': 'm2' },
})

const ask = (model: string, more: Partial<Envelope> = {}, body = '{}'): Envelope => {
  const scan = scanObject(new TextEncoder().encode(body), { depthMax: 10 })
  if (!scan.ok) throw new Error(scan.error.message)
  return {
    scan: scan.value,
    model,
    stream: false,
    outputTokensLimit: undefined,
    choices: 1,
    includesUsage: false,
    refersToStored: false,
    providers: [],
    fallbacks: [],
    ...more,
  }
}

const chooserOf = (channels: readonly Channel[], random = seeded(1)) =>
  createChooser({
    channels,
    resolve: catalogue.resolve,
    isPaused: (id) => id.startsWith('paused'),
    rank: (candidates) =>
      rank(candidates, 'weighted', {
        load: createLoad(1_000, () => 0),
        stream: false,
        random,
        costOf: () => undefined,
        affinityOf: undefined,
      }),
  })

const asking = (operation: Operation, envelope: Envelope, group = 'default'): Asking => ({
  group,
  operation,
  envelope,
  headers: new Headers(),
  scope: 'somebody',
})

/** The ids of the channels in their order, or the kind of the refusal. */
const choice = (
  channels: readonly Channel[],
  envelope: Envelope,
  format: WireFormat = 'openai-chat',
  group = 'default',
): readonly string[] | string => {
  const chosen = chooserOf(channels)(asking({ format, action: 'generate' }, envelope, group))
  return chosen.ok ? chosen.value.map((candidate) => candidate.channel.id) : chosen.error.kind
}

const sorted = (order: readonly string[] | string): readonly string[] | string =>
  typeof order === 'string' ? order : [...order].sort()

describe('the order of candidates', () => {
  test('is by priority, the highest first, whatever the weights', () => {
    const channels = [
      channelOf('last', { weight: 1_000 }),
      channelOf('first', { priority: 9 }),
      channelOf('middle', { priority: 5, weight: 1_000 }),
    ]
    for (let seed = 0; seed < 20; seed += 1) {
      const chosen = chooserOf(channels, seeded(seed))(asking({ format: 'openai-chat', action: 'generate' }, ask('m1')))
      expect(chosen.ok && chosen.value.map((candidate) => candidate.channel.id)).toEqual(['first', 'middle', 'last'])
    }
  })

  test('within a priority gives each channel the first place in proportion to its weight', () => {
    const channels = [channelOf('one'), channelOf('three', { weight: 3 }), channelOf('six', { weight: 6 })]
    const choose = chooserOf(channels, seeded(42))
    const draws = 20_000
    const first: Record<string, number> = { one: 0, three: 0, six: 0 }
    const second: Record<string, number> = { one: 0, three: 0, six: 0 }
    for (let draw = 0; draw < draws; draw += 1) {
      const chosen = choose(asking({ format: 'openai-chat', action: 'generate' }, ask('m1')))
      const [a = '', b = ''] = chosen.ok ? chosen.value.map((candidate) => candidate.channel.id) : []
      first[a] = (first[a] ?? 0) + 1
      second[b] = (second[b] ?? 0) + 1
    }
    const share = (count: number | undefined): number => (count ?? 0) / draws
    expect(share(first['one'])).toBeCloseTo(0.1, 1)
    expect(share(first['three'])).toBeCloseTo(0.3, 1)
    expect(share(first['six'])).toBeCloseTo(0.6, 1)
    // Without replacement: 0.6 · ¾ + 0.1 · ⅓ for the middle one.
    expect(share(second['three'])).toBeCloseTo((0.6 * 3) / 4 + (0.1 * 3) / 9, 1)
  })

  test('puts every channel in it exactly once, even one of no weight', () => {
    const channels = [channelOf('none', { weight: 0 }), channelOf('some'), channelOf('more', { weight: 5 })]
    const order = choice(channels, ask('m1'))
    expect(order).toHaveLength(3)
    expect(order.at(-1)).toBe('none')
  })

  const named = [channelOf('a', { provider: 'pa', priority: 9 }), channelOf('b', { provider: 'pb' }), channelOf('c')]
  const preferences: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['pb'], ['b', 'a', 'c']],
    [
      ['c', 'pb'],
      ['c', 'b', 'a'],
    ],
    [['nobody'], ['a']],
    [['openai-compatible'], ['a']],
  ]
  test.each(preferences)('puts preferred providers %j first: %j', (providers, expected) => {
    const order = choice(named, ask('m1', { providers }))
    expect(order).toHaveLength(3)
    expect(order.slice(0, expected.length)).toEqual([...expected])
  })

  test('puts fallback models after the model itself', () => {
    const channels = [channelOf('second', { models: ['m2'], priority: 9 }), channelOf('first')]
    expect(choice(channels, ask('m1', { fallbacks: ['m2'] }))).toEqual(['first', 'second'])
  })

  test('puts preferred providers first within each model, and no fallback before the model itself', () => {
    const both = { models: ['m1', 'm2'] }
    const channels = [channelOf('wanted', { models: ['m2'] }), channelOf('b', both), channelOf('a', { priority: 9 })]
    expect(choice(channels, ask('m1', { fallbacks: ['m2'], providers: ['wanted', 'b'] }))).toEqual([
      ...['b', 'a'],
      ...['wanted', 'b'],
    ])
  })

  test.each([
    [
      ['m1', 'm1'],
      ['a', 'b'],
    ],
    [
      ['fast', 'a/m1', 'b/m1'],
      ['a', 'b'],
    ],
    [
      ['b/m1', 'm2'],
      ['a', 'b', 'a'],
    ],
  ])('names no way twice, whatever the fallbacks %j', (fallbacks, expected) => {
    const channels = [channelOf('a', { priority: 9, models: ['m1', 'm2'] }), channelOf('b')]
    expect(choice(channels, ask('m1', { fallbacks }))).toEqual(expected)
  })
})

describe('a channel is only taken', () => {
  test('by keys of its groups', () => {
    const channels = [
      channelOf('open'),
      channelOf('vip', { groups: ['vip'] }),
      channelOf('both', { groups: ['default', 'vip'] }),
    ]
    expect(sorted(choice(channels, ask('m1')))).toEqual(['both', 'open'])
    expect(sorted(choice(channels, ask('m1'), 'openai-chat', 'vip'))).toEqual(['both', 'vip'])
    expect(choice(channels, ask('m1'), 'openai-chat', 'nobody')).toBe('no-channel')
  })

  test('for a model it offers: by its list, or as a vendor its provider’s kind carries', () => {
    const anthropicKind = { kind: 'anthropic', models: null }
    expect(choice([channelOf('claude', anthropicKind)], ask('claude-x'), 'anthropic-messages')).toEqual(['claude'])
    expect(choice([channelOf('claude', anthropicKind)], ask('m1'), 'anthropic-messages')).toBe('no-channel')
    expect(choice([channelOf('any', { models: null })], ask('claude-x'))).toEqual(['any'])
    expect(choice([channelOf('listed', { models: ['m2'] })], ask('m1'))).toBe('no-channel')
  })

  test('in the client’s format where its provider speaks it, else in one it can be translated into', () => {
    const formats = (kind: string, format: WireFormat, action: Operation['action'] = 'generate') => {
      const chosen = chooserOf([channelOf('only', { kind })])(asking({ format, action }, ask('m1')))
      return chosen.ok ? chosen.value.map((candidate) => candidate.upstreamFormat) : chosen.error.kind
    }
    expect(formats('openai-compatible', 'openai-chat')).toEqual(['openai-chat'])
    expect(formats('openai-compatible', 'gemini')).toEqual(['openai-chat'])
    expect(formats('openai', 'anthropic-messages')).toEqual(['openai-responses'])
    expect(formats('deepseek', 'anthropic-messages')).toEqual(['anthropic-messages'])
    expect(formats('anthropic', 'openai-completions')).toEqual(['anthropic-messages'])
    expect(formats('openai', 'gemini', 'embed')).toEqual(['openai-embeddings'])
    expect(formats('anthropic', 'openai-embeddings', 'embed')).toBe('unsupported-format')
  })

  test('with a key for its provider', () => {
    expect(choice([channelOf('keyless', { keys: [] })], ask('m1'))).toBe('no-active-keys')
    expect(choice([channelOf('keyless', { keys: [], priority: 9 }), channelOf('keyed')], ask('m1'))).toEqual(['keyed'])
  })

  test.each([
    ['one that is paused and one that is not', [channelOf('paused-1', { priority: 9 }), channelOf('b')], ['b']],
    ['those that are paused only', [channelOf('paused-1'), channelOf('paused-2')], 'provider-paused'],
    ['one paused, one without a key', [channelOf('paused-1'), channelOf('b', { keys: [] })], 'provider-paused'],
    ['one paused and without a key', [channelOf('paused-1', { keys: [] })], 'no-active-keys'],
    [
      'one paused, and one of another model',
      [channelOf('paused-1'), channelOf('b', { models: ['m2'] })],
      'provider-paused',
    ],
    ['another channel of a paused provider', [channelOf('b', { provider: 'paused-1' })], 'provider-paused'],
  ] as const)('of a provider that is not paused: %s', (_, channels, expected) => {
    expect(choice(channels, ask('m1'))).toEqual(expected as never)
  })

  test('of a provider that is not paused, by a fallback too; preferring one or naming it changes nothing', () => {
    const channels = [channelOf('paused-1'), channelOf('b', { models: ['m2'] })]
    expect(choice(channels, ask('m1', { fallbacks: ['m2'] }))).toEqual(['b'])
    expect(choice(channels, ask('m1', { fallbacks: ['nothing'] }))).toBe('provider-paused')
    const both = [channelOf('paused-1'), channelOf('b')]
    expect(choice(both, ask('m1', { providers: ['paused-1'] }))).toEqual(['b'])
    expect(choice(both, ask('paused-1/m1'))).toBe('provider-paused')
  })

  test('for a thread where its provider keeps threads; the refusal is the one that SDK understands', () => {
    const messages = { kind: 'deepseek' }
    const body = '{"thread":"t_1"}'
    expect(choice([channelOf('deepseek', messages)], ask('m1', {}, body), 'anthropic-messages')).toBe(
      'thread-unsupported',
    )
    expect(
      choice(
        [channelOf('deepseek', { ...messages, priority: 9 }), channelOf('claude', { kind: 'anthropic' })],
        ask('m1', {}, body),
        'anthropic-messages',
      ),
    ).toEqual(['claude'])
    // Elsewhere `thread` is a field like any other.
    expect(choice([channelOf('chat')], ask('m1', {}, body))).toEqual(['chat'])
  })
})

describe('a name', () => {
  const channels = [
    channelOf('a', { models: ['m1', 'm2', 'a/b'], modelMap: { m2: 'm2-upstream' } }),
    channelOf('b', { models: ['m1'] }),
  ]
  const only = (name: string) => chooserOf(channels)(asking({ format: 'openai-chat', action: 'generate' }, ask(name)))

  const names: readonly (readonly [string, readonly string[] | string])[] = [
    ['a/m1', ['a']],
    ['b/m1', ['b']],
    ['b/fast', ['b']],
    ['b/m2', 'no-channel'],
    ['nobody/m1', 'model-not-found'],
    ['a/nothing', 'model-not-found'],
    // The catalogue's own name goes before a provider of the same spelling.
    ['a/b', ['a']],
    ['/m1', 'model-not-found'],
    ['old', 'model-retired'],
    ['gone', 'model-retired'],
    ['a/old', 'model-retired'],
    ['a/gone', 'model-retired'],
    ['nothing', 'model-not-found'],
    ['', 'model-not-found'],
  ]
  test.each(names)('%j leads to %j', (name, expected) => {
    expect(choice(channels, ask(name))).toEqual(expected as never)
  })

  test('of a kind takes every provider of that kind', () => {
    expect(sorted(choice(channels, ask('openai-compatible/m1')))).toEqual(['a', 'b'])
  })

  test('is kept as the client wrote it beside what it is called upstream', () => {
    const alias = only('fast')
    expect(alias.ok && alias.value[0]).toMatchObject({ requestedAs: 'fast', upstreamModel: 'm1', model: { id: 'm1' } })
    const mapped = only('a/m2')
    expect(mapped.ok && mapped.value[0]).toMatchObject({ requestedAs: 'a/m2', upstreamModel: 'm2-upstream' })
  })

  test('that is unknown or retired does not stop its fallbacks', () => {
    for (const name of ['nothing', 'old']) expect(choice(channels, ask(name, { fallbacks: ['m2'] }))).toEqual(['a'])
  })

  test('refuses with the first reason where no fallback leads anywhere either', () => {
    expect(choice(channels, ask('nothing', { fallbacks: ['old'] }))).toBe('model-not-found')
    expect(choice(channels, ask('old', { fallbacks: ['nothing'] }))).toBe('model-retired')
  })

  test('of a retired model names its successor', () => {
    const refused = only('old')
    expect(refused.ok ? '' : refused.error.message).toContain('"m2"')
  })
})
