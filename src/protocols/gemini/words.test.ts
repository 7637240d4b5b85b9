import { describe, expect, test } from 'bun:test'
import type { Carriers, JsonObject } from '../../canon/codec.ts'
import type { MediaSource } from '../../canon/blocks.ts'
import { collect } from '../../canon/collect.ts'
import type { Conversation } from '../../canon/conversation.ts'
import { geminiCodec } from './codec.ts'
import { isStandIn } from './signatures.ts'
import { conversation, HI, PROFILE, refusal, render, turn } from './test-render.ts'

/** Every word of Gemini's that means something in other formats, row by row. */

const CARRIERS: Carriers = { seal: () => '', open: () => undefined }

const parse = (body: JsonObject): Conversation => {
  const operation = { format: 'gemini', action: 'generate', pathModel: 'm', pathStream: false } as const
  const result = geminiCodec.parseRequest({ contents: [], ...body }, operation, CARRIERS)
  if (!result.ok) throw new Error(result.error.message)
  return result.value.conversation
}
const answer = (chunk: JsonObject) => {
  const parser = geminiCodec.parseStream({ family: 'google', requestId: 'req1' })
  return collect([...parser.push(chunk, ''), ...parser.end()])
}
const ended = (finishReason: unknown) =>
  answer({ candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason }] }).stop

describe('the end of an answer', () => {
  test.each([
    ['STOP', 'natural'],
    ['MAX_TOKENS', 'output-limit'],
    ['SAFETY', 'filter'],
    ['RECITATION', 'filter'],
    ['LANGUAGE', 'filter'],
    ['BLOCKLIST', 'filter'],
    ['PROHIBITED_CONTENT', 'filter'],
    ['SPII', 'filter'],
    ['MODEL_ARMOR', 'filter'],
    ['IMAGE_SAFETY', 'filter'],
    ['IMAGE_PROHIBITED_CONTENT', 'filter'],
    ['IMAGE_RECITATION', 'filter'],
    ['TOO_MANY_TOOL_CALLS', 'paused'],
    ['MALFORMED_FUNCTION_CALL', 'malformed-call'],
    ['UNEXPECTED_TOOL_CALL', 'malformed-call'],
    ['OTHER', 'other'],
    ['SOMETHING_NEW', 'other'],
  ])('%s means %s', (native, reason) => {
    expect(ended(native)).toMatchObject({ native, reason })
  })

  test.each([
    [1, 'STOP'],
    [2, 'MAX_TOKENS'],
    [3, 'SAFETY'],
    [4, 'RECITATION'],
    [5, 'OTHER'],
    [6, 'BLOCKLIST'],
    [7, 'PROHIBITED_CONTENT'],
    [8, 'SPII'],
    [9, 'MALFORMED_FUNCTION_CALL'],
    [10, 'MODEL_ARMOR'],
    [11, 'FINISH_REASON_11'],
  ])('as number %d is %s', (number, native) => {
    expect(ended(number)?.native).toBe(native)
  })
})

describe('the tier of service', () => {
  test.each([
    ['ON_DEMAND', 'default'],
    ['ON_DEMAND_PRIORITY', 'priority'],
    ['ON_DEMAND_FLEX', 'flex'],
    ['PROVISIONED_THROUGHPUT', 'scale'],
    [1, 'default'],
    [2, 'scale'],
    ['TRAFFIC_TYPE_UNSPECIFIED', undefined],
  ])('%p is %p', (trafficType, tier) => {
    const usageMetadata = { promptTokenCount: 1, trafficType }
    const candidates = [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }]
    expect(answer({ candidates, usageMetadata }).serviceTier).toBe(tier)
  })
})

describe('a request', () => {
  test.each([
    ['googleSearch', 'web-search'],
    ['googleSearchRetrieval', 'web-search'],
    ['urlContext', 'web-fetch'],
    ['codeExecution', 'code-execution'],
    ['fileSearch', 'file-search'],
    ['mcpServers', 'mcp'],
    ['computerUse', 'other'],
  ])('with the tool %s asks for %s', (name, hosted) => {
    expect(parse({ tools: [{ [name]: {} }] }).tools).toMatchObject([{ kind: 'hosted', name, hosted }])
  })

  test.each([
    ['user', 'user'],
    ['model', 'assistant'],
    ['function', 'user'],
  ])('with a content of role %s is the turn of the %s', (role, expected) => {
    expect(parse({ contents: [{ role, parts: [{ text: 'x' }] }] }).turns[0]?.role).toBe(expected as 'user')
  })

  test.each([
    ['MODE_UNSPECIFIED', undefined],
    ['AUTO', { kind: 'auto' }],
    ['NONE', { kind: 'none' }],
    ['ANY', { kind: 'required' }],
  ])('with mode %s of calling asks for %p', (mode, choice) => {
    expect(parse({ toolConfig: { functionCallingConfig: { mode } } }).toolChoice?.value).toEqual(choice as never)
  })

  test.each([
    ['MINIMAL', 'minimal'],
    ['LOW', 'low'],
    ['MEDIUM', 'medium'],
    ['HIGH', 'high'],
  ])('with thinking level %s asks for effort %s', (thinkingLevel, effort) => {
    const { settings } = parse({ generationConfig: { thinkingConfig: { thinkingLevel } } })
    expect(settings.reasoning?.value.effort).toBe(effort as 'low')
  })

  test.each(['temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const)(
    'with %s has it as a setting',
    (name) => {
      expect(parse({ generationConfig: { [name]: 1 } }).settings[name]?.value).toBe(1)
    },
  )
})

describe('a part', () => {
  const blocksOf = (part: JsonObject) => parse({ contents: [{ role: 'user', parts: [part] }] }).turns[0]?.blocks ?? []

  test.each(['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse', 'audioTranscription'])(
    'with %s is kept whole, whatever text is beside',
    (type) => {
      expect(blocksOf({ text: '', [type]: { a: 1 } })).toMatchObject([{ kind: 'vendor', type }])
    },
  )

  test.each(['videoMetadata', 'mediaResolution', 'partMetadata'])('with nothing but %s holds no data', (name) => {
    expect(blocksOf({ [name]: { a: 1 } })).toMatchObject([{ kind: 'text', text: '' }])
    const { blocks } = answer({ candidates: [{ content: { parts: [{ [name]: { a: 1 } }, { text: 'x' }] } }] })
    expect(blocks).toMatchObject([{ kind: 'text', text: 'x' }])
  })
})

describe('an address of media', () => {
  test.each([
    ['png', 'image/png'],
    ['JPG', 'image/jpeg'],
    ['jpeg', 'image/jpeg'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
    ['pdf', 'application/pdf'],
    ['mp4', 'video/mp4'],
    ['xyz', undefined],
  ])('that ends in .%s is of type %p', (suffix, mimeType) => {
    const fileUri = `https://example.com/a.${suffix}?size=1`
    const block = { kind: 'media', media: 'document', source: { kind: 'url', url: fileUri } } as const
    const { body } = render(conversation([turn('user', block)]))
    expect(body.contents).toEqual([{ role: 'user', parts: [{ fileData: { ...(mimeType && { mimeType }), fileUri } }] }])
  })
})

describe('media that a model does not take', () => {
  const NONE = { ...PROFILE, media: { ...PROFILE.media, images: false, documents: false, audio: false, video: false } }
  const asked = (media: 'image' | 'document' | 'audio' | 'video') =>
    conversation([
      HI,
      turn('user', { kind: 'media', media, source: { kind: 'base64', mediaType: 'a/b', data: 'AA==' } }),
    ])

  test.each([
    ['image', 'images'],
    ['document', 'documents'],
    ['audio', 'audio'],
    ['video', 'video'],
  ] as const)('is refused by name: %s', (media, noun) => {
    const result = geminiCodec.renderRequest(asked(media), { model: 'm', profile: NONE, stream: false })
    expect(result.ok ? '' : result.error.message).toStartWith(`This model does not take ${noun}.`)
    expect(refusal(asked(media), PROFILE)).toBeUndefined()
  })
})

describe('a setting of another format', () => {
  const sourced = <Value>(value: Value) => ({ value, pointer: '/s' })

  test.each([
    [{ outputTokensMax: sourced(9) }, { generationConfig: { maxOutputTokens: 9 } }],
    [{ temperature: sourced(0.5) }, { generationConfig: { temperature: 0.5 } }],
    [{ topP: sourced(0.5) }, { generationConfig: { topP: 0.5 } }],
    [{ topK: sourced(5) }, { generationConfig: { topK: 5 } }],
    [{ stop: sourced(['a']) }, { generationConfig: { stopSequences: ['a'] } }],
    [{ seed: sourced(3) }, { generationConfig: { seed: 3 } }],
    [{ frequencyPenalty: sourced(1) }, { generationConfig: { frequencyPenalty: 1 } }],
    [{ presencePenalty: sourced(1) }, { generationConfig: { presencePenalty: 1 } }],
    [{ serviceTier: sourced('default') }, { serviceTier: 'standard' }],
    [{ serviceTier: sourced('flex') }, { serviceTier: 'flex' }],
    [{ serviceTier: sourced('priority') }, { serviceTier: 'priority' }],
  ])('%j is %j', (settings, fields) => {
    const { body, losses } = render(conversation([HI], { settings }))
    expect(body).toMatchObject(fields)
    expect(losses).toEqual([])
  })

  test.each([
    [{ serviceTier: sourced('fast') }, 'approximated'],
    [{ serviceTier: sourced('batch') }, 'unsupported'],
    [{ verbosity: sourced('low') }, 'unsupported'],
    [{ user: sourced('u') }, 'unsupported'],
    [{ metadata: sourced({ a: 'b' }) }, 'unsupported'],
    [{ store: sourced(true) }, 'unsupported'],
    [{ promptCacheKey: sourced('k') }, 'unsupported'],
    [{ cache: sourced({ ttl: undefined }) }, 'unsupported'],
  ] as const)('%j is not written as it was, and that is said: %s', (settings, code) => {
    expect(render(conversation([HI], { settings })).losses).toEqual([`${code} /s`])
  })

  test('what happens anyway is left out, and nothing said of it', () => {
    const settings = { store: sourced(false), shape: sourced({ kind: 'text' } as const), serviceTier: sourced('auto') }
    const { body, losses } = render(conversation([HI], { settings }))
    expect(losses).toEqual([])
    expect(body.serviceTier).toBeUndefined()
  })

  test.each([
    [{ mode: 'effort', effort: 'high' }, 'HIGH'],
    [{ mode: 'adaptive', effort: 'low' }, 'LOW'],
    [{ mode: 'budget', budgetTokens: 100_000 }, 'HIGH'],
  ] as const)('%j asks for level %s', (wish, thinkingLevel) => {
    const { body } = render(conversation([HI], { settings: { reasoning: sourced(wish) } }))
    expect(body.generationConfig).toMatchObject({ thinkingConfig: { thinkingLevel } })
  })

  test.each([
    [{ kind: 'auto' }, { mode: 'AUTO' }],
    [{ kind: 'none' }, { mode: 'NONE' }],
    [{ kind: 'required' }, { mode: 'ANY' }],
    [
      { kind: 'tool', name: 'f' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ] as const)('the choice %j is %j', (value, functionCallingConfig) => {
    const tools = [{ kind: 'function', name: 'f', pointer: '/f', schema: { type: 'object' } }] as const
    const { body } = render(conversation([HI], { tools, toolChoice: { value, pointer: '/c' } }))
    expect(body.toolConfig).toEqual({ functionCallingConfig })
  })
})

describe('media in an answer', () => {
  const sources: readonly (readonly [MediaSource, JsonObject])[] = [
    [{ kind: 'base64', mediaType: 'image/png', data: 'AA==' }, { inlineData: { mimeType: 'image/png', data: 'AA==' } }],
    [{ kind: 'url', url: 'https://example.com/a' }, { fileData: { fileUri: 'https://example.com/a' } }],
    [{ kind: 'text', mediaType: 'text/plain', text: 'x' }, { text: 'x' }],
    [{ kind: 'file', id: 'files/1', family: 'google' }, { fileData: { fileUri: 'files/1' } }],
  ]

  test.each(sources)('from %j is the part %j', (source, part) => {
    const answered = {
      id: 'a',
      model: 'm',
      blocks: [{ kind: 'media', media: 'document', source }],
      usage: undefined,
      stop: { reason: 'natural' },
    } as const
    const { body } = geminiCodec.renderResponse(answered, {
      clientFormat: 'gemini',
      requestId: 'req1',
      createdAtMs: 0,
      model: 'm',
      wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
      showsReasoning: true,
      tools: new Map(),
      carriers: CARRIERS,
    })
    expect(body.candidates).toMatchObject([{ content: { parts: [part] } }])
  })
})

test.each(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'])(
  '%s stands for a signature, in base64 too, and no other word does',
  (word) => {
    expect([word, Buffer.from(word).toString('base64'), 'c2ln'].map(isStandIn)).toEqual([true, true, false])
  },
)
