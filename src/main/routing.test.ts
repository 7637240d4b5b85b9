import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { servesModel } from '../routing/choose.ts'
import { catalogueOf, channelsOf } from './routing.ts'

const load = (text: string, environment: Record<string, string> = {}) => {
  const loaded = loadConfig({ text, environment })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
  return loaded.value
}

describe('a provider without a key', () => {
  const keysOf = (provider: string) => {
    const config = load(`providers: { main: ${provider} }`)
    return channelsOf(config, catalogueOf(config)).map((channel) => channel.provider.keys.map(({ secret }) => secret))
  }

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
})

test('a channel serves and maps a model by its id, whatever it is called there', () => {
  const config = load(`
providers: { main: { kind: openai-compatible, base_url: "http://127.0.0.1:1/v1" } }
aliases: { house: gpt-5, cheap: gpt-5-mini }
channels: [{ id: c1, provider: main, models: [house, cheap], model_map: { house: by-alias, cheap: a, gpt-5-mini: by-id } }]`)
  const [channel] = channelsOf(config, catalogueOf(config))
  expect([...(channel?.models ?? [])]).toEqual(['gpt-5', 'gpt-5-mini'])
  expect(channel?.modelMap).toMatchObject({ 'gpt-5': 'by-alias', 'gpt-5-mini': 'by-id' })
})

describe('the configuration to start from', () => {
  // Its paths are relative to the root of the project, where these tests are run.
  const text = readFileSync(join(import.meta.dir, '..', '..', 'tollgate.example.yaml'), 'utf8')
  const config = load(text)
  const catalogue = catalogueOf(config)
  const channels = channelsOf(config, catalogue)

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
