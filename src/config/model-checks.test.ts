import { expect, test } from 'bun:test'
import { loadBase, loadConfig } from './load.ts'

const PROVIDER = 'providers: { main: { kind: openai-compatible, base_url: "http://127.0.0.1:1/v1" } }'
const NAMES = 'aliases: { house: gpt-5 }\nretired: { gpt-old: gpt-5 }'

const warningsOf = (channel: string): readonly string[] => {
  const loaded = loadConfig({
    text: `${PROVIDER}\n${NAMES}\nchannels: [{ id: c1, provider: main, ${channel} }]`,
    environment: {},
  })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
  return loaded.value.warnings
}

const cases: readonly (readonly [channel: string, warning: RegExp | undefined])[] = [
  ['models: [gpt-5, house]', undefined],
  ['models: null', undefined],
  ['model_map: { gpt-5: mine, house: mine }', undefined],
  [
    'models: [gpt-5, gpt-5-mimi]',
    /^The channel c1 names a model that cannot be served\. There is no model "gpt-5-mimi"\. Did you mean "gpt-5-mini"/,
  ],
  ['models: [gpt-old]', /c1 names a model that cannot be served\. Model "gpt-old" has been retired\. Use "gpt-5"/],
  ['models: [main/gpt-5]', /There is no model "main\/gpt-5"/],
  ['models: [gpt-5-2024-01-02]', /^The channel c1 names gpt-5-2024-01-02, which is gpt-5 of one date: name gpt-5,/],
  ['model_map: { gpt-5x: mine }', /^`model_map` of the channel c1 names a model that cannot be served\. There is no/],
]

test.each(cases)('of a channel with %s is said: %p', (channel, warning) => {
  expect(warningsOf(channel)).toEqual(warning ? [expect.stringMatching(warning)] : [])
})

test('a provider without channels is looked at as the channel that it gets', () => {
  const text = 'providers: { main: { kind: demo, models: [demo, nothing-like-it-9] } }'
  const loaded = loadConfig({ text, environment: {} })
  expect(loaded.ok && loaded.value.warnings).toEqual([
    expect.stringContaining('The channel main names a model that cannot be served. There is no model'),
  ])
})

test('a channel that is administered is looked at as one of the file', () => {
  const base = loadBase({ text: PROVIDER, environment: {} })
  if (!base.ok) throw new Error('the case itself is wrong')
  const body = { provider: 'main', models: ['nothing-like-it-9'] }
  const made = base.value.with([{ kind: 'channel', id: 'c2', body }])
  expect(made.ok && made.value.warnings).toEqual([expect.stringContaining('The channel c2 names a model that cannot')])
})
