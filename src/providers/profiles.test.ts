import { describe, expect, test } from 'bun:test'
import { CONVERSATION_FORMATS, type WireFormat, WIRE_FORMATS } from '../canon/operation.ts'
import type { Profile } from '../canon/profile.ts'
import { builtInCatalogue } from './built-in.ts'
import { CHAT, GEMINI, KINDS, kindOf, MESSAGES, modelOf, profile } from './profiles/test-parts.ts'
import { DEFAULT_PROFILES, PROFILE_ROWS, profileOf } from './profiles.ts'

describe('what is not known', () => {
  test.each(WIRE_FORMATS.map((format) => [format] as const))('%s: all that the format has', (format) => {
    const found = profile('openai-compatible', 'somebodys-model', format)
    expect({ ...found, family: '' }).toEqual({ ...DEFAULT_PROFILES[format], family: '' })
  })
})

describe('the names a model goes by', () => {
  const at = (kind: string, id: string, upstreamModel: string): Profile =>
    profileOf({ kind: kindOf(kind), model: modelOf(id), upstreamModel, format: CHAT })

  test('a deployment of any name is what the catalogue says it is', () => {
    expect(at('azure', 'gpt-5.1', 'production').reasoning.efforts).toEqual(['none', 'low', 'medium', 'high'])
  })

  test('a model sent under another model’s name is that other one', () => {
    expect(at('openai', 'gpt-5.1', 'gpt-4o').reasoning.style).toBe('none')
  })
})

describe('what the catalogue adds', () => {
  const limited = (maxOutputTokens: number | undefined): Profile =>
    profileOf({
      kind: kindOf('anthropic'),
      model: modelOf('claude-sonnet-5', maxOutputTokens),
      upstreamModel: 'claude-sonnet-5',
      format: MESSAGES,
    })

  test('79 the output limit, also where the client sets none', () => {
    expect(limited(128_000)).toMatchObject({ outputTokensMax: 128_000, outputTokensDefault: 128_000 })
    expect(limited(undefined)).toMatchObject({ outputTokensMax: undefined, outputTokensDefault: 8_192 })
  })

  test('one answer for one model, kind, name and format', () => {
    const [kind, one] = [kindOf('anthropic'), modelOf('claude-opus-5', 1)]
    const ask = (format: WireFormat) => profileOf({ kind, model: one, upstreamModel: one.id, format })
    expect(ask(MESSAGES)).toBe(ask(MESSAGES))
    expect(ask(MESSAGES)).not.toBe(ask(CHAT))
  })
})

describe('the rows', () => {
  test('name kinds that there are', () => {
    const named = new Set(PROFILE_ROWS.flatMap(({ kinds = [] }) => kinds))
    expect([...named].filter((kind) => !KINDS.has(kind))).toEqual([])
  })

  test('have patterns that can match: lower case, one star, at the end', () => {
    const odd = PROFILE_ROWS.flatMap(({ models }) => models).filter(
      (pattern) => !/^[a-z0-9.-]*\*?$/.test(pattern) || pattern === '',
    )
    expect(odd).toEqual([])
  })

  test('make of every model of the catalogue a profile that does not contradict itself', () => {
    const chatModels = builtInCatalogue().models.filter(({ type }) => type === 'chat')
    for (const [, kind] of KINDS) {
      for (const one of chatModels.filter(({ vendor }) => kind.vendors.includes(vendor))) {
        for (const format of kind.formats.filter((spoken) => CONVERSATION_FORMATS.has(spoken))) {
          const { reasoning, tools, media, ...found } = profileOf({ kind, model: one, upstreamModel: one.id, format })
          const where = `${kind.kind} ${one.id} ${format}`
          if (reasoning.style === 'none')
            expect([where, reasoning.efforts, reasoning.canBeOff]).toEqual([where, [], false])
          if (reasoning.style === 'effort' || reasoning.style === 'level')
            expect([where, reasoning.efforts.length > 0]).toEqual([where, true])
          if (reasoning.efforts.includes('none')) expect([where, reasoning.canBeOff]).toEqual([where, true])
          if (reasoning.style === 'level' || reasoning.style === 'gemini-budget')
            expect([where, format]).toEqual([where, GEMINI])
          if (reasoning.style === 'adaptive' || reasoning.style === 'budget')
            expect([where, format]).toEqual([where, MESSAGES])
          if (media.imageUrls) expect([where, media.images]).toEqual([where, true])
          expect(tools.callIdLengthMax).toBeGreaterThan(0)
          expect(found.outputTokensMax).toBe(one.maxOutputTokens)
        }
      }
    }
  })
})
