import { describe, expect, test } from 'bun:test'
import { loadBase, loadConfig } from './load.ts'

const CHANNELS = [
  { id: 'main-1', provider: 'main', groups: ['default', 'other'] },
  { id: 'main-2', provider: 'main', groups: ['other'] },
]

const load = (rules: unknown, more: object = {}, environment: Record<string, string> = {}) =>
  loadConfig({
    text: JSON.stringify({
      providers: { main: { kind: 'openai', keys: ['sk-vendor-abcdefghijkl'] } },
      channels: CHANNELS,
      groups: { default: { rules }, other: {} },
      ...more,
    }),
    environment,
  })

const mistakes = (rules: unknown, more: object = {}): string[] => {
  const loaded = load(rules, more)
  return loaded.ok ? [] : loaded.error.map(({ path, expected }) => `${path}: ${expected}`)
}

const parametersOf = (parameters: object) => {
  const loaded = load([{ do: { parameters } }])
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
  return Object.fromEntries(loaded.value.groups.get('default')?.rules[0]?.do.parameters ?? [])
}

describe('a rule of the configuration', () => {
  const WRONG: readonly (readonly [string, object, string])[] = [
    [
      'a channel nobody has',
      { do: { channels: ['main-1', 'gone'] } },
      'groups.default.rules[0].do.channels[1]: a channel of the group default: main-1',
    ],
    [
      'a channel of another group',
      { do: { channels: ['main-2'] } },
      'groups.default.rules[0].do.channels[0]: a channel of the group default: main-1',
    ],
    [
      'no channel at all',
      { do: { channels: [] } },
      'groups.default.rules[0].do.channels: at least one channel, or null',
    ],
    [
      'a model nobody knows',
      { do: { model: 'gpt-99' } },
      'groups.default.rules[0].do.model: a model of the catalogue.',
    ],
    [
      'a model that is retired',
      { do: { model: 'old' } },
      'groups.default.rules[0].do.model: a model of the catalogue. Model "old" has been retired.',
    ],
    [
      'a model of a provider nobody has',
      { do: { model: 'nobody/gpt-5' } },
      'groups.default.rules[0].do.model: a model of the catalogue.',
    ],
    [
      'JSON that cannot be read',
      { do: { parameters: { a: '{"x":' } } },
      'groups.default.rules[0].do.parameters.a: a value such as',
    ],
    [
      'words that are no JSON',
      { do: { parameters: { a: 'two words' } } },
      'groups.default.rules[0].do.parameters.a: a value such as',
    ],
    [
      'the model as a parameter',
      { do: { parameters: { model: 'x' } } },
      'groups.default.rules[0].do.parameters.model: the name of a member of the body',
    ],
    [
      'the stream as a parameter',
      { do: { parameters: { stream: true } } },
      'groups.default.rules[0].do.parameters.stream: the name of a member of the body',
    ],
    [
      "one of Tollgate's own fields",
      { do: { parameters: { fallbacks: ['x'] } } },
      'groups.default.rules[0].do.parameters.fallbacks: the name of a member of the body',
    ],
    [
      'a parameter around another',
      { do: { parameters: { a: 1, 'a.b': 2 } } },
      'a name that is not around or inside of another one here',
    ],
    [
      'a refusal with a model',
      { do: { refuse: 'No.', model: 'gpt-5' } },
      'groups.default.rules[0].do.refuse: it alone',
    ],
    ['hours that are none', { when: { hours: '9-17' } }, 'groups.default.rules[0].when.hours: hours such as'],
    [
      'hours that end when they begin',
      { when: { hours: '08:00-08:00' } },
      'groups.default.rules[0].when.hours: hours such as',
    ],
    [
      'a zone that is none',
      { when: { zone: 'Europe/Atlantis' } },
      'groups.default.rules[0].when.zone: a time zone such as',
    ],
    ['a day that is none', { when: { days: ['monday'] } }, 'groups.default.rules[0].when.days[0]: one of'],
    ['a format that is none', { when: { formats: ['claude'] } }, 'groups.default.rules[0].when.formats[0]: one of'],
    [
      'a size that none can have',
      { when: { bytes_min: 4096, bytes_max: 2048 } },
      'groups.default.rules[0].when.bytes_max: a size that is not below',
    ],
    [
      'a header with a credential',
      { when: { headers: { Authorization: 'Bearer *' } } },
      'groups.default.rules[0].when.headers.Authorization: the name of a header',
    ],
    [
      'a condition that is none',
      { when: { modles: ['a'] } },
      'groups.default.rules[0].when.modles: one of the known keys; did you mean `models`?',
    ],
    ['a message with a line end', { do: { refuse: 'a\nb' } }, 'groups.default.rules[0].do.refuse: a message'],
  ]
  test.each(WRONG)('is refused with its place for %s', (_what, rule, expected) => {
    const [first = '', ...more] = mistakes([rule], { retired: { old: 'gpt-5' } })
    expect(first).toContain(expected)
    expect(more).toEqual([])
  })

  test('may not be called what another one of its group is called', () => {
    expect(mistakes([{ name: 'a' }, { name: 'b' }, { name: 'a' }])).toEqual([
      'groups.default.rules[2].name: a name no other rule of the group has',
    ])
  })

  test('may refer to whatever there is', () => {
    const ruleTo = (model: string) => ({ when: { models: [model] }, do: { model, channels: ['main-1'] } })
    expect(
      mistakes([ruleTo('gpt-5'), ruleTo('mine'), ruleTo('main/gpt-5'), ruleTo('openai/gpt-5')], {
        aliases: { mine: 'gpt-5' },
      }),
    ).toEqual([])
  })

  test('may refer to the channels that providers get by themselves', () => {
    const rules = [{ do: { channels: ['main'] } }]
    expect(mistakes(rules, { channels: null })).toEqual([])
    expect(mistakes([], { channels: null, groups: { default: {}, other: { rules } } })).toHaveLength(1)
  })

  test('sets parameters as they are written, or as JSON', () => {
    const written = {
      a: 0.5,
      b: true,
      c: 'low',
      d: '"two words"',
      e: '{"type": "disabled"}',
      f: { type: ['x'] },
      g: null,
      h: '12',
      'i.j': [],
    }
    expect(parametersOf(written)).toEqual({
      a: '0.5',
      b: 'true',
      c: '"low"',
      d: '"two words"',
      e: '{"type":"disabled"}',
      f: '{"type":["x"]}',
      g: null,
      h: '12',
      'i.j': '[]',
    })
  })

  const SHADOWED: readonly (readonly [string, object, object, boolean])[] = [
    ['everything', {}, { models: ['gpt-5'] }, true],
    ['every model', { models: ['*'] }, { tools: true }, true],
    ['the same', { models: ['a', 'b'], stream: true }, { models: ['a'], stream: true, images: false }, true],
    ['less', { models: ['a'] }, { models: ['a', 'b'] }, false],
    ['something else', { tools: true }, { tools: false }, false],
    ['smaller ones', { bytes_max: 2048 }, { bytes_max: 4096 }, false],
    ['larger ones', { bytes_max: 4096 }, { bytes_max: 2048 }, true],
    ['a header less', { headers: { a: 'x' } }, { headers: { a: 'x', b: 'y' } }, true],
    ['the same hours', { hours: '08:00-09:00' }, { hours: '08:00-09:00', days: ['mon'] }, true],
    ['the day of hours after midnight', { days: ['sat'] }, { hours: '22:00-06:00', days: ['sat'] }, false],
  ]
  test.each(SHADOWED)('after one that matches %s: %p, %p, never counts: %p', (_what, first, second, expected) => {
    const loaded = load([{ when: first }, { when: second }])
    const warnings = loaded.ok ? loaded.value.warnings : ['mistakes']
    const told = 'groups.default.rules[1] never counts: rules[0] matches whatever it would.'
    expect(warnings).toEqual(expected ? [told] : [])
  })

  test.each([
    [{ enabled: false }, {}],
    [{}, { enabled: false }],
  ])('that is off shadows nothing, and nothing is said of it: %p, %p', (first, second) => {
    const loaded = load([first, second])
    expect(loaded.ok && loaded.value.warnings).toEqual([])
  })

  test('that is administered is checked as one of the file', () => {
    const base = loadBase({ text: 'providers: { main: { kind: demo } }', environment: {} })
    if (!base.ok) throw new Error('the case itself is wrong')
    const withRule = (effects: object) =>
      base.value.with([{ kind: 'group', id: 'g', body: { rules: [{ do: effects }] } }])
    expect(withRule({ refuse: 'Not here.' }).ok).toBe(true)
    const wrong = withRule({ channels: ['gone'] })
    expect(wrong.ok ? [] : wrong.error.map(({ path }) => path)).toEqual(['groups.g.rules[0].do.channels[0]'])
  })
})
