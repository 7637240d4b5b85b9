import { describe, expect, test } from 'bun:test'
import { conditionOf, draftOf, EMPTY_RULE, type Rule, ruleOf, type RuleDraft } from './rule-form.ts'
import { faultsOf, type RuleFault } from './rule-faults.ts'
import { draftOfText, ruleOfText, rulesOfText } from './rule-text.ts'
import { bytesOf } from './sizes.ts'
import { TEMPLATES } from './templates.ts'
import { EMPTY_TRY, requestOf, type TryDraft, type TryFaults, tryFaultsOf } from './try-form.ts'

const EVERYTHING: Rule = {
  name: 'all of it',
  enabled: false,
  when: {
    models: ['claude-*'],
    formats: ['openai-chat'],
    bytes_min: '4KiB',
    bytes_max: '1MiB',
    tools: true,
    images: false,
    stream: true,
    headers: { 'user-agent': 'acme/*', 'x-team': 'Blue' },
    labels: ['batch'],
    hours: '22:00-06:00',
    days: ['mon', 'sun'],
    zone: 'Europe/Berlin',
  },
  do: {
    model: 'claude-haiku-4-5',
    channels: ['one', 'two'],
    parameters: { seed: null, effort: 'low', said: '"two words"' },
  },
}

describe('a rule in a form', () => {
  test.each([[EVERYTHING], [{ do: { refuse: 'Not now.' } }], [{ when: { models: ['a'] } }], [{}]] as const)(
    'is written as it was read: %p',
    (rule) => {
      expect(ruleOf(draftOf(rule))).toEqual(rule)
    },
  )

  test('leaves out what the gateway names although nothing is said of it', () => {
    const shown = {
      name: null,
      enabled: true,
      when: { models: ['a'], tools: null, headers: {}, bytes_min: null, zone: 'UTC' },
      do: { model: null, channels: null, parameters: { seed: null }, refuse: null },
    }
    expect(ruleOf(draftOf(shown))).toEqual({ when: { models: ['a'] }, do: { parameters: { seed: null } } })
  })

  test.each([
    ['0.20', '0.20'],
    ['0.2', 0.2],
    ['true', true],
    ['low', 'low'],
    ['12345678901234567890', '12345678901234567890'],
    ['{"type": "disabled"}', { type: 'disabled' }],
    ['"two words"', '"two words"'],
    ['null', 'null'],
  ])('a parameter %p is sent as %p, so that nothing of it is lost', (value, sent) => {
    const draft: RuleDraft = { ...EMPTY_RULE, parameters: [{ name: 'a', isGone: false, value }] }
    expect(ruleOf(draft).do?.parameters as unknown).toEqual({ a: sent })
  })

  test('does only what its kind says, whatever was entered for another kind before', () => {
    const draft: RuleDraft = { ...EMPTY_RULE, deed: 'refuse', model: 'a', message: 'No.' }
    expect(ruleOf(draft).do).toEqual({ refuse: 'No.' })
    expect(ruleOf({ ...draft, deed: 'nothing' }).do).toBeUndefined()
  })
})

describe('what is wrong with a rule', () => {
  const asking = (changes: Partial<RuleDraft['conditions'][number]>, field = changes.field ?? 'models'): RuleDraft => ({
    ...EMPTY_RULE,
    model: 'a',
    conditions: [{ ...conditionOf(field), ...changes }],
  })
  const CASES: readonly (readonly [RuleDraft, Readonly<Record<string, RuleFault>>])[] = [
    [{ ...EMPTY_RULE, model: 'a' }, {}],
    [EMPTY_RULE, { do: 'effect' }],
    [{ ...EMPTY_RULE, deed: 'nothing', name: 'a;b' }, { name: 'name' }],
    [{ ...EMPTY_RULE, deed: 'refuse' }, { 'do.refuse': 'message' }],
    [{ ...EMPTY_RULE, deed: 'refuse', message: 'x'.repeat(1_001) }, { 'do.refuse': 'message' }],
    [{ ...EMPTY_RULE, model: 'a', name: 'x'.repeat(65) }, { name: 'name' }],
    [asking({ field: 'models' }), { 'conditions.0': 'choose' }],
    [asking({ field: 'size', text: '512 KiB' }), {}],
    [asking({ field: 'size', text: 'large' }), { 'conditions.0': 'size' }],
    [asking({ field: 'hours', text: '08:00-24:00' }), {}],
    [asking({ field: 'hours', text: '08:00-08:00' }), { 'conditions.0': 'hours' }],
    [asking({ field: 'header', name: 'user agent', text: 'a' }), { 'conditions.0': 'header' }],
    [asking({ field: 'header', name: 'user-agent' }), { 'conditions.0': 'value' }],
    [{ ...asking({ field: 'days', list: ['mon'] }), zone: 'Mars' }, { 'when.zone': 'zone' }],
    [
      { ...EMPTY_RULE, deed: 'nothing', conditions: [conditionOf('tools'), conditionOf('tools')] },
      { 'conditions.1': 'twice' },
    ],
    [
      {
        ...EMPTY_RULE,
        deed: 'nothing',
        conditions: ['user-agent', 'User-Agent'].map((name) => ({ ...conditionOf('header'), name, text: 'a' })),
      },
      { 'conditions.1': 'twice' },
    ],
    [{ ...EMPTY_RULE, parameters: [{ name: 'model', isGone: true, value: '' }] }, { 'parameters.0': 'parameter' }],
    [{ ...EMPTY_RULE, parameters: [{ name: 'a', isGone: false, value: 'two words' }] }, { 'parameters.0': 'json' }],
  ]
  test.each(CASES)('%p: %p', (draft, faults) => {
    expect(faultsOf(draft)).toEqual(faults)
  })

  test.each(Object.entries(TEMPLATES))('the template %s lacks no more than what it does', (_name, template) => {
    const left = Object.keys(faultsOf(template)).filter((key) => !key.startsWith('do'))
    expect(left).toEqual([])
  })
})

describe('a rule as JSON', () => {
  test.each([
    ['', []],
    ['[{"do": {}}]', [{ do: {} }]],
    ['{"do": {}}', undefined],
    ['[{', undefined],
  ])('of a list, %p is read as %p', (text, rules) => {
    expect(rulesOfText(text)).toEqual(rules)
  })

  test.each([
    ['{"name": "a", "when": {"bytes_min": 2048}}', true],
    ['{"wehn": {}}', false],
    ['{"when": {"models": "a"}}', false],
    ['{"when": {"model": ["a"]}}', false],
    ['{"do": {"parameters": []}}', false],
    // A form would leave something of these out.
    ['{"do": {"refuse": "No.", "model": "a"}}', false],
    ['{"do": {"channels": []}}', false],
    ['{"name": ""}', false],
    ['{"name": null, "enabled": true, "when": {"zone": "UTC", "tools": null}, "do": {}}', true],
    ['{"when": {"zone": "Europe/Berlin"}}', true],
    ['{"when": {"hours": " 08:00 - 09:00", "bytes_max": "2 MB"}}', true],
    ['{"do": {"parameters": {"a": {"b": [1, null]}, "c": null, "d": "0.2", "e": "two words"}}}', true],
    ['[]', false],
    ['{', false],
  ])('%p is one that a form can show: %p', (text, isShown) => {
    expect(draftOfText(text) !== undefined).toBe(isShown)
  })

  test('keeps a time zone that nothing is read in, as it may be needed later', () => {
    const zoned = { when: { zone: 'Europe/Berlin' } }
    expect(ruleOf(draftOf(zoned))).toEqual(zoned)
  })

  test('is sent as it was written, also where a form cannot show it', () => {
    expect(ruleOfText('{"wehn": {}}') as unknown).toEqual({ wehn: {} })
  })
})

describe('a request that is described', () => {
  test.each([
    ['2048', 2_048],
    [' 512KiB ', 524_288],
    ['1MiB', 1_048_576],
    ['2 mb', 2_000_000],
    ['12b', 12],
    ['', undefined],
    ['1.5MB', undefined],
    ['1 TB', undefined],
    ['999999999999GiB', undefined],
  ])('with a size of %p has %p bytes', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes)
  })

  const FAULTY: readonly (readonly [Partial<TryDraft>, TryFaults])[] = [
    [{}, {}],
    [{ bytes: '', headers: '\n', at: '' }, {}],
    [{ bytes: '1MiB', headers: 'user-agent: acme/1.0:x\n\nX-Empty:\n', at: '2026-11-21T09:30' }, {}],
    [{ bytes: 'large' }, { bytes: 'size' }],
    [{ headers: 'a: 1\nuser-agent' }, { headers: 'user-agent' }],
    [{ headers: ': 1' }, { headers: ': 1' }],
    [{ headers: 'user agent: 1' }, { headers: 'user agent: 1' }],
    [{ headers: 'x-name: José' }, { headers: 'x-name: José' }],
    [{ headers: 'x-a: 1\nX-A: 2' }, { headers: 'X-A: 2' }],
    [{ at: 'soon' }, { at: 'moment' }],
  ]
  test.each(FAULTY)('as %p has the faults %p, and is not sent without what has them', (changes, faults) => {
    expect(tryFaultsOf({ ...EMPTY_TRY, ...changes })).toEqual(faults)
  })

  test('is sent with all that was entered', () => {
    const draft = {
      ...EMPTY_TRY,
      model: ' a ',
      bytes: '1MiB',
      headers: 'user-agent: acme/1.0: x\nX-Empty:',
      labels: ['b'],
    }
    expect(requestOf(draft)).toEqual({
      ...{ model: 'a', format: 'openai-chat', bytes: 1_048_576, tools: false, images: false, stream: false },
      ...{ labels: ['b'], headers: { 'user-agent': 'acme/1.0: x', 'X-Empty': '' } },
    })
    expect(requestOf({ ...EMPTY_TRY, bytes: '' })).not.toHaveProperty('bytes')
  })
})
