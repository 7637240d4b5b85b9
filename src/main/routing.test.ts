import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { servesModel } from '../routing/choose.ts'
import { catalogueOf, channelsOf, createKeyPicker } from './routing.ts'

const load = (text: string, environment: Record<string, string> = {}) => {
  const loaded = loadConfig({ text, environment })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
  return loaded.value
}

describe('a provider without a key', () => {
  const keysOf = (provider: string) =>
    channelsOf(load(`providers: { main: ${provider} }`)).map((channel) => channel.provider.keys)

  test.each([
    ['a server of one’s own is asked without', '{ kind: openai-compatible, base_url: "http://127.0.0.1:1/v1" }', ['']],
    ['nor has the demo any', '{ kind: demo }', ['']],
    [
      'a key that is given is used',
      '{ kind: openai-compatible, base_url: "http://127.0.0.1:1/v1", keys: [a, b] }',
      ['a', 'b'],
    ],
    ['a vendor is not asked', '{ kind: openai }', []],
    ['nor one that hosts what others made', '{ kind: groq, keys: [""] }', []],
  ])('%s', (_what, provider, keys) => {
    expect(keysOf(provider)).toEqual([[...keys]])
  })

  test('has the empty key picked for it, every time', () => {
    const pick = createKeyPicker()
    const [channel] = channelsOf(load('providers: { main: { kind: demo } }'))
    if (!channel) throw new Error('no channel')
    expect([pick(channel.provider), pick(channel.provider)]).toEqual(['', ''])
  })
})

describe('the configuration to start from', () => {
  // Its paths are relative to the root of the project, where these tests are run.
  const text = readFileSync(join(import.meta.dir, '..', '..', 'tollgate.example.yaml'), 'utf8')
  const config = load(text)
  const catalogue = catalogueOf(config)
  const channels = channelsOf(config)

  test('names only models that resolve, have a price and are served by a channel', () => {
    const named = [
      ...config.channels.flatMap(({ models, modelMap }) => [...(models ?? []), ...modelMap.keys()]),
      ...config.aliases.keys(),
      ...config.retired.values(),
    ]
    expect(named.length).toBeGreaterThan(2)
    for (const name of named) {
      const resolved = catalogue.resolve(name)
      if (!resolved.ok) throw new Error(resolved.error.message)
      const { model } = resolved.value
      expect([name, catalogue.priceAt(model, 0)]).toEqual([name, expect.any(Object)])
      expect([name, channels.some((channel) => servesModel(channel, model))]).toEqual([name, true])
    }
  })

  test('lets its own server be asked with no variable set', () => {
    const asked = channels.filter(({ provider }) => provider.keys.length > 0).map(({ id }) => id)
    expect(asked).toEqual(['local-1'])
  })
})
