import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Asked, certainMatch, compileRules, type Conditions, firstMatch, glob, type RuleSource } from './rules.ts'

const ANYTHING: Conditions = {
  models: null,
  formats: null,
  bytesMin: null,
  bytesMax: null,
  tools: null,
  images: null,
  stream: null,
  headers: new Map(),
  labels: null,
  hours: null,
  days: null,
  zone: 'UTC',
}
const NOTHING: RuleSource['do'] = { model: null, channels: null, parameters: new Map(), refuse: null }

const ruleOf = (when: Partial<Conditions>, name: string | null = null): RuleSource => ({
  name,
  when: { ...ANYTHING, ...when },
  do: NOTHING,
})

const ASKED: Asked = {
  names: () => ['sonnet', 'claude-sonnet-4-5'],
  format: 'anthropic-messages',
  bytes: 5_000,
  tools: () => true,
  images: () => false,
  stream: true,
  headers: new Headers({ 'user-agent': 'claude-cli/2.0 (external)', 'x-team': 'Blue' }),
  labels: ['ci', 'night'],
  // A Monday.
  atMs: Date.parse('2026-01-05T23:30:00Z'),
}

/** Somebody of whom only the headers, the key and the time are known. */
const UNTOLD: Asked = {
  ...ASKED,
  names: () => undefined,
  format: undefined,
  bytes: undefined,
  tools: () => undefined,
  images: () => undefined,
  stream: undefined,
}

/** Conditions that anybody may write, and requests that anybody may send. */
const WORD = fc.string({ maxLength: 8 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const WHEN = fc.record({
  models: maybe(fc.array(WORD, { maxLength: 3 })),
  formats: maybe(fc.array(fc.constantFrom('openai-chat' as const, 'gemini' as const), { maxLength: 2 })),
  bytesMin: maybe(fc.nat()),
  bytesMax: maybe(fc.nat()),
  tools: maybe(fc.boolean()),
  images: maybe(fc.boolean()),
  stream: maybe(fc.boolean()),
  headers: fc
    .array(fc.tuple(fc.constantFrom('user-agent', 'X-A'), WORD), { maxLength: 2 })
    .map((pairs) => new Map(pairs)),
  labels: maybe(fc.array(WORD, { maxLength: 2 })),
  hours: maybe(fc.constantFrom('22:00-06:00', '00:00-24:00', '08:30-08:31')),
  days: maybe(fc.subarray(['mon', 'sat', 'sun'] as const)),
  zone: fc.constantFrom('UTC', 'America/St_Johns', 'Pacific/Chatham'),
})
const ASKING = fc.record({
  names: fc.array(WORD, { minLength: 1, maxLength: 2 }),
  format: fc.constantFrom('openai-chat' as const, 'rerank' as const),
  bytes: fc.nat(),
  tools: fc.boolean(),
  images: fc.boolean(),
  stream: fc.boolean(),
  labels: fc.array(WORD, { maxLength: 2 }),
  atMs: fc.integer({ min: 0, max: 8.64e15 }),
})

describe('a rule', () => {
  const cases: readonly (readonly [string, Partial<Conditions>, boolean])[] = [
    ['nothing', {}, true],
    ['the name as written', { models: ['sonnet'] }, true],
    ['the id it leads to', { models: ['claude-sonnet-*'] }, true],
    ['another model', { models: ['gpt-*'] }, false],
    ['one of several models', { models: ['gpt-*', '*sonnet*'] }, true],
    ['no model of a list', { models: [] }, false],
    ['a name in another case', { models: ['Sonnet'] }, false],
    ['the format', { formats: ['openai-chat', 'anthropic-messages'] }, true],
    ['another format', { formats: ['gemini'] }, false],
    ['a size that is reached', { bytesMin: 5_000 }, true],
    ['a size that is not', { bytesMin: 5_001 }, false],
    ['a size that is kept', { bytesMax: 5_000 }, true],
    ['a size that is not kept', { bytesMax: 4_999 }, false],
    ['tools', { tools: true }, true],
    ['no tools', { tools: false }, false],
    ['images', { images: true }, false],
    ['no images', { images: false }, true],
    ['a stream', { stream: true }, true],
    ['no stream', { stream: false }, false],
    ['a header in any case', { headers: new Map([['User-Agent', 'CLAUDE-cli/*']]) }, true],
    ['a header with another value', { headers: new Map([['user-agent', 'codex*']]) }, false],
    ['a header that is not there', { headers: new Map([['x-other', '*']]) }, false],
    [
      'two headers',
      {
        headers: new Map([
          ['user-agent', '*cli*'],
          ['X-Team', 'blue'],
        ]),
      },
      true,
    ],
    [
      'two headers of which one is other',
      {
        headers: new Map([
          ['user-agent', '*cli*'],
          ['x-team', 'red'],
        ]),
      },
      false,
    ],
    ['one of its labels', { labels: ['day', 'night'] }, true],
    ['labels that it has not', { labels: ['day'] }, false],
    ['the hours', { hours: '22:00-06:00' }, true],
    ['other hours', { hours: '06:00-22:00' }, false],
    ['the hours of another zone', { hours: '22:00-06:00', zone: 'Asia/Tokyo' }, false],
    ['the day', { days: ['mon'] }, true],
    ['another day', { days: ['tue'] }, false],
    [
      'everything',
      {
        models: ['sonnet'],
        formats: ['anthropic-messages'],
        bytesMin: 1_024,
        tools: true,
        images: false,
        stream: true,
        labels: ['ci'],
        days: ['mon'],
      },
      true,
    ],
    [
      'everything but one thing',
      { models: ['sonnet'], formats: ['anthropic-messages'], bytesMin: 1_024, tools: true, images: true, stream: true },
      false,
    ],
  ]
  test.each(cases)('that wants %s', (_what, when, expected) => {
    expect(firstMatch(compileRules([ruleOf(when)]), ASKED) !== undefined).toBe(expected)
  })

  test('counts where it is the first that matches', () => {
    const rules = compileRules([ruleOf({ stream: false }, 'never'), ruleOf({ tools: true }), ruleOf({}, 'later')])
    expect(firstMatch(rules, ASKED)?.name).toBe('rule 2')
  })

  test('that is off is passed over, and those below it are called as before', () => {
    const rules = compileRules([{ ...ruleOf({}), enabled: false }, ruleOf({})])
    expect(firstMatch(rules, ASKED)?.name).toBe('rule 2')
  })

  test('asks for nothing that it does not want to know', () => {
    const unasked = () => {
      throw new Error('nobody wants to know')
    }
    const rules = compileRules([
      ruleOf({ stream: false, tools: true, images: true, models: ['a'] }),
      ruleOf({ labels: ['ci'] }, 'found'),
    ])
    expect(firstMatch(rules, { ...ASKED, names: unasked, tools: unasked, images: unasked })?.name).toBe('found')
  })

  test('of whatever is right and whoever asks finds an answer, and the same one twice', () => {
    fc.assert(
      fc.property(fc.array(WHEN, { maxLength: 4 }), ASKING, (whens, { names, tools, images, ...rest }) => {
        const rules = compileRules(whens.map((one) => ruleOf(one)))
        const one: Asked = {
          ...rest,
          names: () => names,
          tools: () => tools,
          images: () => images,
          headers: new Headers({ 'user-agent': 'x' }),
        }
        const found = firstMatch(rules, one)
        expect(firstMatch(rules, one)).toBe(found)
        expect(found === undefined || rules.includes(found)).toBe(true)
        if (rules.length > 0 && found !== rules[0]) expect(rules[0]?.matches(one)).toBe(false)
      }),
      { seed: 9, numRuns: 500 },
    )
  })

  test('does not count by what nobody can tell', () => {
    const wanting: readonly Partial<Conditions>[] = [
      { models: ['*'] },
      { formats: ['anthropic-messages'] },
      { bytesMin: 0 },
      { bytesMax: 1_000_000 },
      { tools: true },
      { tools: false },
      { images: false },
      { stream: true },
      { stream: false, labels: ['ci'] },
    ]
    for (const when of wanting) {
      const rules = compileRules([ruleOf(when), ruleOf({}, 'next')])
      expect([when, firstMatch(rules, UNTOLD)?.name, certainMatch(rules, UNTOLD)]).toEqual([when, 'next', undefined])
      expect(certainMatch(compileRules([ruleOf({ ...when, labels: ['no'] }), ruleOf({}, 'next')]), UNTOLD)?.name).toBe(
        'next',
      )
    }
    expect(certainMatch(compileRules([ruleOf({ labels: ['ci'] }, 'own')]), UNTOLD)?.name).toBe('own')
  })

  test('that is certain is the one that counts, however the rest turns out', () => {
    fc.assert(
      fc.property(
        fc.array(WHEN, { maxLength: 4 }),
        ASKING,
        fc.array(fc.boolean(), { minLength: 6 }),
        (whens, one, told) => {
          const rules = compileRules(whens.map((when) => ruleOf(when)))
          const headers = new Headers({ 'user-agent': 'x' })
          const { names, tools, images, ...rest } = one
          const whole: Asked = { ...rest, headers, names: () => names, tools: () => tools, images: () => images }
          const [hasNames, hasFormat, hasBytes, hasTools, hasImages, hasStream] = told
          const early: Asked = {
            ...whole,
            names: () => (hasNames ? names : undefined),
            format: hasFormat ? one.format : undefined,
            bytes: hasBytes ? one.bytes : undefined,
            tools: () => (hasTools ? tools : undefined),
            images: () => (hasImages ? images : undefined),
            stream: hasStream ? one.stream : undefined,
          }
          const certain = certainMatch(rules, early)
          if (certain) expect(firstMatch(rules, whole)).toBe(certain)
        },
      ),
      { seed: 10, numRuns: 500 },
    )
  })

  test('that nobody could have written is a defect', () => {
    expect(() => compileRules([ruleOf({ hours: 'noon' })])).toThrow('the hours noon')
    const parameters = new Map([
      ['a', '1'],
      ['a.b', '1'],
    ])
    expect(() => compileRules([{ ...ruleOf({}), do: { ...NOTHING, parameters } }])).toThrow('a.b')
  })
})

describe('a pattern', () => {
  test.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['a*', 'a', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*b*', 'abc', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a**c', 'abc', true],
    ['a.c', 'abc', false],
    ['abc', 'abcd', false],
    ['*ab*ab', 'ab', false],
  ])('%p matches %p: %p', (pattern, text, expected) => expect(glob(pattern)(text)).toBe(expected))

  test('matches as a regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 })
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const written = pattern.replaceAll('.', '\\.').replaceAll('*', '[^]*')
        expect(glob(pattern)(text)).toBe(new RegExp(`^${written}$`).test(text))
      }),
      { seed: 3, numRuns: 5_000 },
    )
  })
})
