import { describe, expect, test } from 'bun:test'
import type { Block, Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject } from '../../canon/codec.ts'
import type { Conversation, Role, Settings, Tool, ToolChoice, Turn } from '../../canon/conversation.ts'
import { readJson, writeJson } from '../../canon/json-text.ts'
import type { Profile } from '../../canon/profile.ts'
import { geminiCodec } from './codec.ts'

const PROFILE: Profile = {
  family: 'google',
  temperature: 'any',
  topP: 'any',
  topK: true,
  penalties: true,
  seed: true,
  logprobs: true,
  stopMax: 5,
  choicesMax: 8,
  reasoning: {
    style: 'level',
    efforts: ['low', 'high'],
    canBeOff: false,
    replay: 'none',
    limitsToolChoice: false,
    demandsCallSignature: true,
  },
  outputLimitField: 'max_tokens',
  outputTokensDefault: 8_192,
  outputTokensMax: 65_536,
  systemRole: 'system',
  laterSystem: false,
  prefill: true,
  media: {
    images: true,
    imageUrls: true,
    documents: true,
    documentUrls: true,
    audio: true,
    video: true,
    inToolResults: true,
  },
  tools: {
    functions: true,
    custom: false,
    strict: false,
    parallelFlag: false,
    choice: 'all',
    schemaDialect: 'json-schema',
    nameLengthMax: 128,
    nameAllowsDots: true,
    callIdLengthMax: 64,
    callIds: true,
  },
  structured: 'json-schema',
  cacheMarks: 'none',
  cacheTtlHour: false,
  promptCacheKey: false,
  verbosity: false,
  user: false,
  metadata: false,
  serviceTier: true,
  store: false,
  webSearch: true,
}
const LEGACY: Profile = {
  ...PROFILE,
  reasoning: { ...PROFILE.reasoning, style: 'gemini-budget', canBeOff: true, demandsCallSignature: false },
  media: { ...PROFILE.media, inToolResults: false },
  tools: { ...PROFILE.tools, callIds: false },
}

const turn = (role: Role, ...blocks: readonly Block[]): Turn => ({
  role,
  blocks: blocks.map((block, index) => ({ pointer: `/${role}/${index}`, ...block })),
  pointer: `/${role}`,
})
const text = (words: string): Block => ({ kind: 'text', text: words })
const call = (id: string, more: Partial<Extract<Block, { kind: 'tool-call' }>> = {}): Block => ({
  kind: 'tool-call',
  id,
  name: 'f',
  form: 'function',
  arguments: '{"a":1}',
  ...more,
})
const result = (callId: string, words: string, more: Partial<Extract<Block, { kind: 'tool-result' }>> = {}): Block => ({
  kind: 'tool-result',
  callId,
  form: 'function',
  content: words === '' ? [] : [{ kind: 'text', text: words }],
  ...more,
})
const signed = (signature: string, on: string): Opaque => ({
  family: 'google',
  kind: 'thought-signature',
  data: JSON.stringify({ signature, on }),
})
const reasoning = (opaque?: Opaque, words = ''): Block => ({
  kind: 'reasoning',
  text: words,
  ...(opaque && { opaque }),
})

const conversation = (turns: readonly Turn[], more: Partial<Conversation> = {}): Conversation => ({
  format: 'openai-chat',
  model: 'm',
  stream: false,
  turns,
  tools: [],
  settings: {},
  unmapped: [],
  wishes: { includesUsage: true, legacyFunctions: false, echo: {} },
  native: { format: 'openai-chat', value: {} },
  ...more,
})

const render = (asked: Conversation, profile: Profile = PROFILE) => {
  const rendered = geminiCodec.renderRequest(asked, { model: 'gemini-x', profile, stream: false })
  if (!rendered.ok) throw new Error(`${rendered.error.param}: ${rendered.error.message}`)
  const { body, losses, tools } = rendered.value
  return { body, losses: losses.map(({ code, pointer }) => `${code} ${pointer}`), tools }
}
const refusal = (asked: Conversation, profile: Profile = PROFILE): string | undefined => {
  const rendered = geminiCodec.renderRequest(asked, { model: 'gemini-x', profile, stream: false })
  return rendered.ok ? undefined : rendered.error.param
}
const HI = turn('user', text('hi'))
const modelParts = (...blocks: readonly Block[]) => {
  const { body, losses } = render(conversation([HI, turn('assistant', ...blocks), turn('user', text('go on'))]))
  return { parts: (body.contents as readonly { parts: readonly JsonObject[] }[])[1]?.parts, losses }
}

describe('turns', () => {
  test('162 keeps the texts of the system prompt apart', () => {
    const { body, losses } = render(
      conversation([turn('system', text('a'), text('b')), turn('developer', text('c')), HI]),
    )
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] })
    expect(losses).toEqual([])
  })

  test('36 an instruction in the middle stays in its place, saying so', () => {
    const { body, losses } = render(conversation([HI, turn('assistant', text('yes')), turn('system', text('stop'))]))
    expect(body.systemInstruction).toBeUndefined()
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ text: 'yes' }] },
      { role: 'user', parts: [{ text: '<system-reminder>\nstop\n</system-reminder>' }] },
    ])
    expect(losses).toEqual(['approximated /system'])
  })

  test('39 refuses an image in the system prompt', () => {
    const image: Block = { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://a/b.png' } }
    expect(refusal(conversation([turn('system', image), HI]))).toBe('/system/0')
  })

  test('58 begins with the user', () => {
    const { body, losses } = render(conversation([turn('assistant', text('hello'))]))
    expect((body.contents as readonly JsonObject[]).map(({ role }) => role)).toEqual(['user', 'model'])
    expect(losses).toEqual(['added /assistant'])
  })

  test('46 results stand right behind their calls, in the order of the calls, under their names', () => {
    const { body } = render(
      conversation([
        HI,
        turn('assistant', call('c1'), call('c2', { name: 'g' })),
        turn('user', result('c2', 'two'), result('c1', 'one')),
      ]),
    )
    expect((body.contents as readonly JsonObject[])[2]).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'f', response: { output: 'one' } } },
        { functionResponse: { id: 'c2', name: 'g', response: { output: 'two' } } },
      ],
    })
  })

  test.each([
    ['47 wraps a text', result('c', '259.75'), { output: '259.75' }],
    ['47 wraps an object so that it can be unwrapped', result('c', '{"a":1}'), { output: { a: 1 } }],
    ['an object that would be written otherwise stays text', result('c', '{ "a": 1 }'), { output: '{ "a": 1 }' }],
    ['45 says that a tool failed', result('c', 'bad', { isError: true }), { error: 'bad' }],
    ['an empty result is an empty output', result('c', ''), { output: '' }],
  ])('%s', (_, block, response) => {
    const { body } = render(conversation([HI, turn('assistant', call('c')), turn('user', block)]))
    const [part] = (body.contents as readonly { parts: readonly { functionResponse: JsonObject }[] }[])[2]?.parts ?? []
    expect(part?.functionResponse.response).toEqual(response)
  })

  test('44 an image in a result goes into the response where the model takes it there, and beside it elsewhere', () => {
    const image = {
      kind: 'media',
      media: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
    } as const
    const asked = conversation([
      HI,
      turn('assistant', call('c')),
      turn('user', { kind: 'tool-result', callId: 'c', form: 'function', content: [{ ...image, pointer: '/image' }] }),
    ])
    const inlineData = { mimeType: 'image/png', data: 'AA==' }
    const inside = render(asked)
    expect((inside.body.contents as readonly JsonObject[])[2]).toMatchObject({
      parts: [{ functionResponse: { response: { output: '' }, parts: [{ inlineData }] } }],
    })
    const beside = render(asked, LEGACY)
    expect((beside.body.contents as readonly JsonObject[])[2]).toEqual({
      role: 'user',
      parts: [{ functionResponse: { name: 'f', response: { output: '' } } }, { inlineData }],
    })
    expect(beside.losses).toEqual(['moved /image'])
  })

  test('48 leaves ids out where they are refused', () => {
    const { body } = render(conversation([HI, turn('assistant', call('c')), turn('user', result('c', 'x'))]), LEGACY)
    expect(JSON.stringify(body)).not.toContain('"id"')
  })

  test('31 arguments that are no object travel whole under another name, saying so', () => {
    const { parts, losses } = modelParts(call('c', { arguments: '{"a":', opaque: signed('s', 'call') }))
    expect(parts).toEqual([
      { functionCall: { id: 'c', name: 'f', args: { __raw_arguments: '{"a":' } }, thoughtSignature: 's' },
    ])
    expect(losses).toContain('approximated /assistant/0')
  })

  test('32 143 no arguments are an empty object, and numbers keep their spelling', () => {
    const { parts } = modelParts(call('c', { arguments: '' }), call('d', { arguments: '{"n":1.0}' }))
    expect(writeJson(parts)).toContain('"args":{}')
    expect(writeJson(parts)).toContain('"args":{"n":1.0}')
  })

  test('133 a longer conversation begins with the same bytes', () => {
    const turns = [
      HI,
      turn('assistant', text('a'), call('c')),
      turn('user', result('c', 'r')),
      turn('assistant', text('b')),
      HI,
    ]
    const written = (count: number) => writeJson(render(conversation(turns.slice(0, count))).body.contents).slice(0, -1)
    expect(written(5).startsWith(written(3))).toBe(true)
  })
})

describe('signatures', () => {
  test('16 17 the first call of a step without one gets the word for none, the others nothing', () => {
    const { parts, losses } = modelParts(call('c'), call('d'))
    expect(parts?.map((part) => part.thoughtSignature)).toEqual(['skip_thought_signature_validator', undefined])
    expect(losses).toContain('added /assistant/0')
  })

  test('a model that demands none gets none', () => {
    const { body } = render(conversation([HI, turn('assistant', call('c')), turn('user', result('c', 'x'))]), LEGACY)
    expect(JSON.stringify(body)).not.toContain('thoughtSignature')
  })

  test.each([
    ['on its call', [call('c', { opaque: signed('s', 'call') })], ['s']],
    ['before its call', [reasoning(signed('s', 'call')), call('c')], ['s']],
    [
      'before the second call',
      [call('c', { opaque: signed('r', 'call') }), reasoning(signed('s', 'call')), call('d')],
      ['r', 's'],
    ],
    ['on its text', [{ kind: 'text', text: 'x', opaque: signed('s', 'text') } as Block], ['s']],
    ['after its text', [text('x'), reasoning(signed('s', 'text'))], ['s']],
    ['before its text', [reasoning(signed('s', 'text')), text('x')], ['s']],
    ['on its thought', [reasoning(signed('s', 'thought'), 'Hm')], ['s']],
    ['without its part', [text('x'), reasoning(signed('s', 'call'))], [undefined, 's']],
  ])('16 18 19 one that came back %s is written there', (_, blocks, expected) => {
    const { parts } = modelParts(...blocks)
    expect(parts?.map((part) => part.thoughtSignature as string | undefined)).toEqual(expected)
  })

  test.each([
    [
      '4 of another vendor',
      reasoning({ family: 'anthropic', kind: 'thinking', data: '{}' }, 'Hm'),
      'reasoning_foreign',
    ],
    ['20 of nobody', reasoning(undefined, 'Hm'), 'reasoning_unsigned'],
  ])('reasoning %s is left out whole, saying so', (_, block, code) => {
    const { parts, losses } = modelParts(block, text('yes'))
    expect(parts).toEqual([{ text: 'yes' }])
    expect(losses).toEqual([`${code} /assistant/0`])
  })

  test('what Google alone understands goes back as it came', () => {
    const part = { executableCode: { code: 'x' }, thoughtSignature: 's' }
    const opaque: Opaque = { family: 'google', kind: 'native-block', data: JSON.stringify(part) }
    expect(modelParts({ kind: 'vendor', type: 'executableCode', opaque, text: 'x' }).parts).toEqual([part])
  })
})

const tool = (name: string, more: Partial<Extract<Tool, { kind: 'function' }>> = {}): Tool => ({
  kind: 'function',
  name,
  schema: { type: 'object', properties: { a: { type: 'string' } } },
  pointer: `/tools/${name}`,
  ...more,
})

describe('tools', () => {
  const declared = (tools: readonly Tool[], more: Partial<Conversation> = {}, profile = PROFILE) =>
    render(conversation([HI], { tools, ...more }), profile)

  test("63 a schema goes as JSON Schema or as Google's own, as the model takes it", () => {
    const schema = { type: 'object', properties: { a: { const: 1, type: 'integer' } } }
    const json = declared([tool('f', { schema })])
    expect(JSON.stringify(json.body.tools)).toContain('parametersJsonSchema')
    const own = declared(
      [tool('f', { schema })],
      {},
      { ...PROFILE, tools: { ...PROFILE.tools, schemaDialect: 'openapi' } },
    )
    expect(JSON.stringify(own.body.tools)).toContain('"parameters":')
    expect(JSON.stringify(own.body.tools)).not.toContain('const')
  })

  test.each([
    [undefined],
    [{ type: 'object', properties: {} }],
    [{ type: 'object', properties: {}, additionalProperties: false }],
  ])('66 a function that takes nothing (%j) has no parameters', (schema) => {
    expect(declared([tool('f', { schema })]).body.tools).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
  })

  test('68 69 a name that does not fit is sent under another, and known again', () => {
    const long = `mcp__${'x'.repeat(140)}`
    const { body, tools, losses } = declared([tool(long), tool('a b'), tool('a_b')])
    const names = (
      body.tools as readonly { functionDeclarations: readonly { name: string }[] }[]
    )[0]?.functionDeclarations.map(({ name }) => name)
    expect(new Set(names).size).toBe(3)
    for (const name of names ?? []) expect(name).toMatch(/^[A-Za-z_][\w.:-]{0,127}$/)
    expect([...tools.values()].map(({ name }) => name)).toEqual([long, 'a b'])
    expect(losses).toEqual([`renamed /tools/${long}/name`, 'renamed /tools/a b/name'])
  })

  test('70 a tool that takes free text is a function of one, to be unwrapped', () => {
    const { body, tools, losses } = declared([{ kind: 'custom', name: 'patch', pointer: '/tools/0' }])
    expect(JSON.stringify(body.tools)).toContain('"input"')
    expect(tools.get('patch')).toEqual({ name: 'patch', form: 'custom', wrapped: true })
    expect(losses).toEqual(['emulated /tools/0'])
  })

  test.each([
    ['71', { kind: 'required' }, { mode: 'ANY' }],
    ['72', { kind: 'none' }, { mode: 'NONE' }],
    ['158', { kind: 'tool', name: 'f' }, { mode: 'ANY', allowedFunctionNames: ['f'] }],
    ['158', { kind: 'allowed', required: false, names: ['f'] }, { mode: 'VALIDATED', allowedFunctionNames: ['f'] }],
    ['158', { kind: 'allowed', required: true, names: ['f'] }, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  ])('%s the choice %j becomes %j', (_, value, functionCallingConfig) => {
    const toolChoice = { value: value as ToolChoice, pointer: '/tool_choice' }
    expect(declared([tool('f')], { toolChoice }).body.toolConfig).toEqual({ functionCallingConfig })
  })

  test('73 a choice without tools is left out, saying so', () => {
    const { body, losses } = declared([], { toolChoice: { value: { kind: 'required' }, pointer: '/tool_choice' } })
    expect(body.toolConfig).toBeUndefined()
    expect(losses).toEqual(['unsupported /tool_choice'])
  })

  test('74 one call at a time cannot be asked for', () => {
    const parallelTools = { value: false, pointer: '/parallel_tool_calls' }
    expect(declared([tool('f')], { parallelTools }).losses).toEqual(['unsupported /parallel_tool_calls'])
  })

  test("77 a tool that another vendor runs is refused, and a web search is Google's", () => {
    const hosted = (kind: 'mcp' | 'web-search'): Tool => ({
      kind: 'hosted',
      hosted: kind,
      name: 'h',
      pointer: '/tools/0',
    })
    expect(refusal(conversation([HI], { tools: [hosted('mcp')] }))).toBe('/tools/0')
    expect(declared([hosted('web-search')]).body.tools).toEqual([{ googleSearch: {} }])
  })
})

const at = <Value>(value: Value, pointer = '/x') => ({ value, pointer })

describe('settings', () => {
  const config = (settings: Settings, profile = PROFILE) => {
    const { body, losses } = render(conversation([HI], { settings }), profile)
    return [body.generationConfig, losses]
  }

  test.each<[string, Settings, unknown, readonly string[]]>([
    ['the limit', { outputTokensMax: at(9) }, { maxOutputTokens: 9 }, []],
    ["a limit above the model's", { outputTokensMax: at(99_999) }, { maxOutputTokens: 65_536 }, ['clamped /x']],
    ['82 a temperature above the range', { temperature: at(2.5) }, { temperature: 2 }, ['clamped /x']],
    ['stop sequences', { stop: at(['a']) }, { stopSequences: ['a'] }, []],
    [
      'penalties and seed',
      { presencePenalty: at(1), frequencyPenalty: at(0), seed: at(3) },
      { seed: 3, frequencyPenalty: 0, presencePenalty: 1 },
      [],
    ],
    ['likelihoods', { logprobs: at(2) }, { responseLogprobs: true, logprobs: 2 }, []],
    [
      'verbosity, user and cache key',
      { verbosity: at('low'), user: at('u', '/u'), promptCacheKey: at('k', '/k') },
      undefined,
      ['unsupported /x', 'unsupported /u', 'unsupported /k'],
    ],
    ['not storing', { store: at(false) }, undefined, []],
    ['any JSON', { shape: at({ kind: 'json-object' }) }, { responseMimeType: 'application/json' }, []],
    [
      '60 JSON of a schema',
      { shape: at({ kind: 'json-schema', schema: { type: 'object', properties: { a: { type: 'string' } } } }) },
      {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { a: { type: 'string' } } },
      },
      [],
    ],
    [
      '27 an effort beyond',
      { reasoning: at({ mode: 'effort', effort: 'max' }) },
      { thinkingConfig: { thinkingLevel: 'HIGH' } },
      ['approximated /x'],
    ],
    [
      '21 no thinking',
      { reasoning: at({ mode: 'off' }) },
      { thinkingConfig: { thinkingLevel: 'LOW' } },
      ['approximated /x'],
    ],
    [
      '28 hidden thoughts',
      { reasoning: at({ mode: 'adaptive', visible: false }) },
      { thinkingConfig: { includeThoughts: false } },
      [],
    ],
  ])('%s', (_, settings, expected, losses) => {
    expect(config(settings)).toEqual([expected, losses])
  })

  test.each<[Settings['reasoning'], unknown]>([
    [at({ mode: 'off' }), 0],
    [at({ mode: 'adaptive' }), -1],
    [at({ mode: 'budget', budgetTokens: 2_000 }), 2_000],
    [at({ mode: 'effort', effort: 'high' }), 24_576],
  ])('23 writes the wish %j as a budget', (reasoning, thinkingBudget) => {
    expect(config(reasoning ? { reasoning } : {}, LEGACY)).toEqual([{ thinkingConfig: { thinkingBudget } }, []])
  })

  test.each<[string, Settings]>([
    ['87 two answers', { choices: at(2) }],
    ['an answer of no tokens', { outputTokensMax: at(0) }],
  ])('refuses %s', (_, settings) => {
    expect(refusal(conversation([HI], { settings }))).toBe('/x')
  })

  test('88 refuses likelihoods where the model tells none', () => {
    expect(refusal(conversation([HI], { settings: { logprobs: at(0) } }), { ...PROFILE, logprobs: false })).toBe('/x')
  })

  test('136 keeps the service tier', () => {
    expect(render(conversation([HI], { settings: { serviceTier: at('flex') } })).body.serviceTier).toBe('flex')
    expect(render(conversation([HI], { settings: { serviceTier: at('default') } })).body.serviceTier).toBe('standard')
    expect(render(conversation([HI], { settings: { serviceTier: at('auto') } })).body.serviceTier).toBeUndefined()
  })

  test('75 asks for a shape in words where the model cannot be held to it, saying so', () => {
    const settings: Settings = { shape: at({ kind: 'json-object' }) }
    const { body, losses } = render(conversation([HI], { settings }), { ...PROFILE, structured: 'none' })
    expect(JSON.stringify(body.systemInstruction)).toContain('JSON')
    expect(losses).toEqual(['emulated /x'])
  })

  test('130 what has no place is declared or refused, as its format says', () => {
    const unmapped = [
      { pointer: '/logit_bias', effect: 'drop' },
      { pointer: '/stream_options', effect: 'ignore' },
    ] as const
    expect(render(conversation([HI], { unmapped })).losses).toEqual(['unsupported /logit_bias'])
    expect(refusal(conversation([HI], { unmapped: [{ pointer: '/audio', effect: 'refuse' }] }))).toBe('/audio')
  })

  test('150 a count wraps the request, which names its model', () => {
    const rendered = geminiCodec.renderRequest(conversation([HI]), {
      model: 'g',
      profile: PROFILE,
      stream: false,
      action: 'count-tokens',
    })
    expect(rendered.ok && rendered.value.body).toEqual({
      generateContentRequest: { model: 'models/g', contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    })
  })
})

describe('media', () => {
  const media = (block: Partial<Extract<Block, { kind: 'media' }>>): Block => ({
    kind: 'media',
    media: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
    ...block,
  })

  test.each<[string, Block, JsonObject]>([
    ['bytes', media({}), { inlineData: { mimeType: 'image/png', data: 'AA==' } }],
    [
      '157 an address',
      media({ source: { kind: 'url', url: 'https://a/b.png' } }),
      { fileData: { mimeType: 'image/png', fileUri: 'https://a/b.png' } },
    ],
    [
      'its own file',
      media({ source: { kind: 'file', id: 'files/1', family: 'google' } }),
      { fileData: { fileUri: 'files/1' } },
    ],
    [
      'a text',
      media({ media: 'document', source: { kind: 'text', text: 'é', mediaType: 'text/plain' } }),
      { inlineData: { mimeType: 'text/plain', data: 'w6k=' } },
    ],
  ])('%s', (_, block, part) => {
    expect(render(conversation([turn('user', block)])).body.contents).toEqual([{ role: 'user', parts: [part] }])
  })

  test('56 refuses a file of another vendor', () => {
    expect(
      refusal(conversation([turn('user', media({ source: { kind: 'file', id: 'file-a', family: 'openai' } }))])),
    ).toBe('/user/0')
  })

  test('refuses what the model does not take', () => {
    const profile = { ...PROFILE, media: { ...PROFILE.media, video: false } }
    expect(refusal(conversation([turn('user', media({ media: 'video' }))]), profile)).toBe('/user/0')
  })

  test('a detail that all images share becomes the resolution of the request', () => {
    const { body, losses } = render(conversation([turn('user', media({ detail: 'low' }))]))
    expect(body.generationConfig).toEqual({ mediaResolution: 'MEDIA_RESOLUTION_LOW' })
    expect(losses).toEqual(['approximated /user/0'])
  })
})

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

  test('a wrapped count is written as it came', () => {
    const source = '{"generateContentRequest":{"model":"models/gemini-x","contents":[{"parts":[{"text":"hi"}]}]}}'
    expect(writeJson(again(source, PROFILE, 'count-tokens').body)).toBe(source)
  })

  test('48 loses the ids that this provider refuses', () => {
    const source = '{"contents":[{"role":"model","parts":[{"functionCall":{"id":"c","name":"f"}}]}]}'
    expect(writeJson(again(source, LEGACY).body)).toBe(source.replace('"id":"c",', ''))
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
