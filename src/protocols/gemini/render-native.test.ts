import { describe, expect, test } from 'bun:test'
import type { Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject } from '../../canon/codec.ts'
import { readJson, writeJson } from '../../canon/json-text.ts'
import { geminiCodec } from './codec.ts'
import { LEGACY, PROFILE, render, signed } from './test-render.ts'

describe("a request that was Gemini's", () => {
  const carriers: Carriers = {
    seal: (opaque) => `sealed.${JSON.stringify(opaque)}`,
    open: (sealed) => (sealed.startsWith('sealed.') ? JSON.parse(sealed.slice(7)) : undefined),
  }
  const again = (source: string, profile = PROFILE, action: 'generate' | 'count-tokens' = 'generate') => {
    const parsed = geminiCodec.parseRequest(
      readJson(source) as JsonObject,
      { format: 'gemini', action, pathModel: 'm' },
      carriers,
    )
    if (!parsed.ok) throw new Error(parsed.error.message)
    return render(parsed.value.conversation, profile)
  }

  test.each([
    '{"contents":[{"parts":[{"text":"hi","future":1}]}],"unknown":{"a":1.0},"generation_config":{"top_k":1,"x":2}}',
    '{"system_instruction":{"parts":{"text":"a"}},"contents":[{"role":"model","parts":[{"text":"","thought_signature":"c2ln"},{"function_call":{"name":"f","args":{"n":9007199254740993}}}]},{"parts":[{"functionResponse":{"name":"f","response":{}}}]}],"tools":{"function_declarations":[]},"cachedContent":"c"}',
    '{"contents":[{"role":"model","parts":[{"toolCall":{"id":"1"},"thoughtSignature":"c2ln"},{"inlineData":{"mimeType":"image/png","data":"AA=="},"thoughtSignature":"c2ln"},{},{"novel":{"a":1}}]}]}',
    '{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}]}]}',
  ])('is written as it came: %s', (source) => {
    const { body, losses } = again(source)
    expect(writeJson(body)).toBe(source)
    expect(losses).toEqual([])
  })

  test.each(['generateContentRequest', 'generate_content_request'])(
    'a count that is wrapped in %s names the model and has its contents as it was asked of',
    (wrapper) => {
      const call = '{"functionCall":{"id":"c","name":"f"}}'
      const source = `{"${wrapper}":{"model":"models/alias","contents":[{"role":"model","parts":[${call}]}]}}`
      const written = source.replace('alias', 'gemini-x').replace('"id":"c",', '')
      expect(writeJson(again(source, LEGACY, 'count-tokens').body)).toBe(written)
    },
  )

  test('a wrapped count is written as it came', () => {
    const source = '{"generateContentRequest":{"model":"models/gemini-x","contents":[{"parts":[{"text":"hi"}]}]}}'
    expect(writeJson(again(source, PROFILE, 'count-tokens').body)).toBe(source)
  })

  test.each(['functionCall', 'function_call', 'functionResponse', 'function_response'])(
    '48 loses the ids that this provider refuses: of a %s',
    (name) => {
      const source = `{"contents":[{"role":"model","parts":[{"${name}":{"id":"c","name":"f","response":{}}}]}]}`
      expect(writeJson(again(source, LEGACY).body)).toBe(source.replace('"id":"c",', ''))
    },
  )

  test.each(['functionCall', 'function_call'])('has the signature that a first %s must have, which is said', (name) => {
    const { body, losses } = again(`{"contents":[{"role":"model","parts":[{"${name}":{"name":"f"}}]}]}`)
    expect(body.contents).toMatchObject([{ parts: [{ thoughtSignature: 'skip_thought_signature_validator' }] }])
    expect(losses).toEqual(['added /contents/0/parts/0'])
  })

  test('4 loses what another vendor thought, and gets back what Google did', () => {
    const sealed = (opaque: Opaque) => Buffer.from(carriers.seal(opaque)).toString('base64')
    const foreign = sealed({ family: 'anthropic', kind: 'thinking', data: '{}' })
    const own = sealed(signed('c2ln', 'call'))
    const source = (first: string, second: string) =>
      `{"contents":[{"role":"model","parts":[{"text":"a"${first}},{"functionCall":{"name":"f"}${second}}]}]}`
    const { body, losses } = again(source(`,"thoughtSignature":"${foreign}"`, `,"thoughtSignature":"${own}"`))
    expect(writeJson(body)).toBe(source('', ',"thoughtSignature":"c2ln"'))
    expect(losses).toEqual(['reasoning_foreign /contents/0/parts/0'])
  })
})
