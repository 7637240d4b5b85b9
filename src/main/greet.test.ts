import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../config/load.ts'
import { firstExample } from './greet.ts'
import { catalogueOf, channelsOf } from './routing.ts'

const exampleOf = (text: string, defaultOnly = true) => {
  const loaded = loadConfig({ text, environment: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
  return firstExample(channelsOf(loaded.value, catalogueOf(loaded.value)), catalogueOf(loaded.value), defaultOnly)
}

const OWN = 'own: { kind: openai-compatible, base_url: "http://127.0.0.1:1/v1" }'
const CLAUDE = 'claude: { kind: anthropic, keys: [k] }'
const CHANNEL = '{ id: own, provider: own, groups: [default], models: [claude-haiku-4-5] }'

describe('the command on the first screen asks', () => {
  test('the demo, where there is nothing else', () => {
    expect(exampleOf('')).toEqual({ format: 'openai-chat', model: 'demo' })
  })

  test('a vendor for one of its own models, in a format it speaks', () => {
    const example = exampleOf(`providers: { ${CLAUDE} }`)
    expect(example).toMatchObject({ format: 'anthropic-messages', model: expect.stringContaining('claude') })
  })

  test('for a model that is named, the first of the catalogue and with a price', () => {
    const text = `providers: { ${OWN} }\nchannels: [{ id: own, provider: own, models: [unknown, gpt-5-mini] }]`
    expect(exampleOf(text)).toEqual({ format: 'openai-chat', model: 'gpt-5-mini' })
  })

  test('the next channel, where nobody knows what the first serves', () => {
    expect(exampleOf(`providers: { ${OWN}, ${CLAUDE} }`)?.format).toBe('anthropic-messages')
  })

  test('a channel of group default before others, and none without a key', () => {
    const providers = `providers: { openai: { kind: openai }, ${CLAUDE}, ${OWN} }\ngroups: { team: {} }`
    const text = `${providers}\nchannels: [{ id: a, provider: openai }, { id: b, provider: claude, groups: [team] }, ${CHANNEL}]`
    expect(exampleOf(text, false)).toEqual({ format: 'openai-chat', model: 'claude-haiku-4-5' })
  })

  test('another group only where the key is not of group default for certain', () => {
    const text = `providers: { ${CLAUDE} }\ngroups: { team: {} }\nchannels: [{ id: b, provider: claude, groups: [team] }]`
    expect(exampleOf(text)).toBeUndefined()
    expect(exampleOf(text, false)?.format).toBe('anthropic-messages')
  })

  test('nothing, where nobody knows what is served', () => {
    expect(exampleOf(`providers: { ${OWN} }`)).toBeUndefined()
  })
})
