import { describe, expect, test } from 'bun:test'
import { builtInCatalogue } from '../../providers/built-in.ts'
import { createCatalogue } from '../../providers/catalogue.ts'
import { compileRules, type Conditions, type Effects } from '../../routing/rules.ts'
import { callOf, PRINCIPAL } from '../test-parts.ts'
import { readAsk } from './ask.ts'
import { readPassBody } from './body.ts'
import { createPassDirect, createSessionRuling } from './rules.ts'

const { resolve } = createCatalogue({ builtIn: builtInCatalogue(), aliases: { mine: 'gpt-5' } })
const EVERYTHING: Conditions = {
  ...{ models: null, formats: null, bytesMin: null, bytesMax: null, tools: null, images: null, stream: null },
  ...{ headers: new Map(), labels: null, hours: null, days: null, zone: 'UTC' },
}
const NOTHING: Effects = { model: null, channels: null, parameters: new Map(), refuse: null }

interface Wanted {
  readonly when?: Partial<Conditions>
  readonly do?: Partial<Effects>
}

const depsOf = (...rules: readonly Wanted[]) => ({
  resolve,
  rules: new Map([
    [
      'default',
      compileRules(
        rules.map((rule) => ({
          name: null,
          when: { ...EVERYTHING, ...rule.when },
          do: { ...NOTHING, ...rule.do },
        })),
      ),
    ],
  ]),
})

const REFUSE = { refuse: 'Not here.' }
const asked = (body: string, { type = 'application/json', query = '', isFree = false } = {}) => {
  const read = readPassBody(Buffer.from(body), type, 100)
  const ask = read.ok ? readAsk({ segments: ['x'] }, new URLSearchParams(query), read.value, isFree) : read
  if (!ask.ok) throw new Error(ask.error.message)
  return ask.value
}
const JSON_ASK = asked('{"model":"mine","tools":[{}],"stream":true,"input":[{"type":"image","source":{}}]}')
const PLAIN_ASK = asked('{"model":"mine","text":"x"}')
const SOUND_ASK = asked('sound', { type: 'audio/wav', query: 'model=mine' })
const FREE_ASK = asked('whatever', { type: 'application/octet-stream', isFree: true })

/** Whether a rule with these conditions counts for a request. */
const counts = (when: Partial<Conditions>, ask = JSON_ASK, headers = {}): boolean => {
  const request = new Request('http://127.0.0.1/v1/p/x', { headers })
  const call = { ...callOf(), request, startedAtMs: Date.parse('2026-01-05T23:30:00Z') }
  return !createPassDirect(depsOf({ when, do: REFUSE }))(call, { ...PRINCIPAL, labels: ['ci'] }, ask).ok
}

describe('for what is passed through, a condition', () => {
  const holding: readonly (readonly [string, boolean])[] = [
    ['on nothing', counts({})],
    ['on the model as it is written', counts({ models: ['mine'] })],
    ['on the id that it leads to', counts({ models: ['gpt-5'] })],
    ['on the model in the address', counts({ models: ['gpt-5'] }, SOUND_ASK)],
    ['on every model, where none is named', counts({ models: ['*'] }, FREE_ASK)],
    ['on what stands for none', counts({ models: ['pass-through'] }, FREE_ASK)],
    ['on the size of any body', counts({ bytesMin: 5, bytesMax: 5 }, SOUND_ASK)],
    ['on a header', counts({ headers: new Map([['x-app', 'a*']]) }, JSON_ASK, { 'x-app': 'Acme' })],
    ['on a label', counts({ labels: ['ci'] })],
    ['on the time', counts({ hours: '22:00-06:00', days: ['mon'] })],
    ['on tools that are seen', counts({ tools: true })],
    ['on images that are seen', counts({ images: true })],
    ['on a stream that is asked for', counts({ stream: true })],
    ['on a stream that is not wanted', counts({ stream: false }, asked('{"model":"m","stream":false}'))],
  ]
  test.each(holding)('%s holds', (_what, holds) => expect(holds).toBe(true))

  const failing: readonly (readonly [string, boolean])[] = [
    ['on another model', counts({ models: ['claude-*'] })],
    ['on a model, where none is named', counts({ models: ['gpt-5'] }, FREE_ASK)],
    ['on a format, which it has none of', counts({ formats: ['openai-chat', 'openai-responses'] })],
    [
      'on tools that are not seen, either way',
      counts({ tools: true }, PLAIN_ASK) || counts({ tools: false }, PLAIN_ASK),
    ],
    ['on images that are not seen', counts({ images: true }, PLAIN_ASK) || counts({ images: false }, PLAIN_ASK)],
    ['on tools in what is not read', counts({ tools: true }, FREE_ASK) || counts({ tools: false }, SOUND_ASK)],
    [
      'on a stream that nothing is said of',
      counts({ stream: false }, PLAIN_ASK) || counts({ stream: true }, PLAIN_ASK),
    ],
    ['on a size that is not reached', counts({ bytesMin: 6 }, SOUND_ASK)],
    ['that holds beside one that cannot be told', counts({ labels: ['ci'], tools: false }, PLAIN_ASK)],
  ]
  test.each(failing)('%s does not hold', (_what, holds) => expect(holds).toBe(false))
})

describe('for what is passed through, a rule', () => {
  const direct = (effects: Partial<Effects>, ask = PLAIN_ASK) => {
    const directed = createPassDirect(depsOf({ do: effects }))(callOf(), PRINCIPAL, ask)
    if (!directed.ok) throw new Error(directed.error.message)
    return directed.value.envelope
  }

  test('refuses with its words', () => {
    expect(createPassDirect(depsOf({ do: REFUSE }))(callOf(), PRINCIPAL, PLAIN_ASK)).toMatchObject({
      ok: false,
      error: { kind: 'refused-by-rule', message: 'Not here.' },
    })
  })

  test('of another group says nothing, nor does one that does not match', () => {
    for (const deps of [depsOf({ when: { models: ['no'] }, do: REFUSE }), { resolve, rules: new Map() }]) {
      const directed = createPassDirect(deps)(callOf(), PRINCIPAL, PLAIN_ASK)
      expect(directed.ok && directed.value).toBe(PLAIN_ASK)
    }
  })

  test('says which model and which channels', () => {
    expect(direct({ model: 'gpt-5-mini', channels: ['b', 'a'] })).toMatchObject({
      model: 'mine',
      directed: { rule: 'rule 1', model: 'gpt-5-mini', channels: ['b', 'a'], fallbacks: [] },
    })
    expect(direct({ model: 'gpt-5-mini' })).not.toHaveProperty('lost')
  })

  test('declares what it cannot do: parameters, and another model where none is read', () => {
    const parameters = new Map([['temperature', '0']])
    expect(direct({ parameters }).lost).toEqual([{ pointer: '', code: 'unsupported' }])
    expect(direct({ model: 'gpt-5', parameters }, FREE_ASK).lost).toEqual([
      { pointer: '', code: 'unsupported' },
      { pointer: '/model', code: 'unsupported' },
    ])
  })
})

describe('for a session, a rule', () => {
  const ruled = (model: string | undefined, ...rules: readonly Wanted[]) => {
    const directed = createSessionRuling(depsOf(...rules)).directed(callOf(), PRINCIPAL, model)
    return directed.ok ? directed.value?.rule : 'refused'
  }
  const EXCEPTION: Wanted = { when: { models: ['gpt-5'] } }

  test('counts by its model, and not by what is said in it', () => {
    expect(ruled('mine', { when: { models: ['gpt-5'] }, do: REFUSE })).toBe('refused')
    expect(ruled('mine', { when: { bytesMax: 1_000_000 }, do: REFUSE })).toBeUndefined()
    expect(ruled('mine', { when: { tools: false } }, { do: { channels: ['a'] } })).toBe('rule 2')
  })

  test('counts before its model is known where it does whatever that is', () => {
    expect(ruled(undefined, { do: REFUSE })).toBe('refused')
    expect(ruled(undefined, EXCEPTION, { do: REFUSE })).toBeUndefined()
    expect(ruled(undefined, { when: { labels: ['x'] }, do: REFUSE }, { do: { channels: ['a'] } })).toBe('rule 2')
    expect(ruled(undefined)).toBeUndefined()
  })
})
