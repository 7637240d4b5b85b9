import { describe, expect, test } from 'bun:test'
import type { Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject } from '../../canon/codec.ts'
import type { Conversation } from '../../canon/conversation.ts'
import { readJson } from '../../canon/json-text.ts'
import type { Operation } from '../../canon/operation.ts'
import { geminiCodec } from './codec.ts'
import { writeSlot } from './signatures.ts'

const OPERATION: Operation = { format: 'gemini', action: 'generate', pathModel: 'gemini-x', pathStream: false }

const carriers: Carriers = {
  seal: (opaque) => `sealed.${Buffer.from(JSON.stringify(opaque)).toString('base64url')}.ok`,
  open(text) {
    const [prefix, payload = '', seal] = text.split('.')
    if (prefix !== 'sealed') return undefined
    return seal === 'ok' ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : 'damaged'
  },
}

const read = (body: JsonObject, operation: Operation = OPERATION) => geminiCodec.parseRequest(body, operation, carriers)

const parse = (body: JsonObject, operation?: Operation): Conversation => {
  const result = read(body, operation)
  if (!result.ok) throw new Error(result.error.message)
  return result.value.conversation
}

const parts = (...list: readonly JsonObject[]): Conversation =>
  parse({
    contents: [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: list },
    ],
  })

/** The blocks of the model's turn without what says where they stood. */
const blocksOf = ({ turns }: Conversation) =>
  (turns[1]?.blocks ?? []).map(({ pointer: _, native: __, ...block }) => block)

const user = (text: string): JsonObject => ({ contents: [{ role: 'user', parts: [{ text }] }] })

const thinking: Opaque = { family: 'anthropic', kind: 'thinking', data: '{"thinking":"Hm.","signature":"EqQ"}' }
const redacted: Opaque = { family: 'anthropic', kind: 'redacted-thinking', data: 'xyz' }
const google = (signature: string, on: string): Opaque => ({
  family: 'google',
  kind: 'thought-signature',
  data: JSON.stringify({ signature, on }),
})

describe('the request', () => {
  test('149 means the same in snake case as in camel case', () => {
    const camel = parse({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a_b: 1 } }, thoughtSignature: 'c2ln' }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'ok' } } }] },
      ],
      generationConfig: { maxOutputTokens: 5, thinkingConfig: { thinkingBudget: 0, includeThoughts: true } },
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
    })
    const snake = parse({
      system_instruction: { parts: { text: 'Be brief.' } },
      contents: [
        { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: 'iVBORw0KGgo=' } }] },
        { role: 'model', parts: [{ function_call: { name: 'f', args: { a_b: 1 } }, thought_signature: 'c2ln' }] },
        { role: 'user', parts: [{ function_response: { name: 'f', response: { output: 'ok' } } }] },
      ],
      generation_config: { max_output_tokens: 5, thinking_config: { thinking_budget: 0, include_thoughts: true } },
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
      tools: { function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object' } }] },
    })
    const bare = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, member) => (key === 'native' || key === 'pointer' ? undefined : member)))
    expect(bare(snake)).toEqual(bare(camel))
    expect(snake.unmapped).toEqual([])
  })

  test('takes model and streaming from the path', () => {
    const { model, stream } = parse(user('hi'), { ...OPERATION, pathStream: true })
    expect({ model, stream }).toEqual({ model: 'gemini-x', stream: true })
  })

  test.each([
    [
      'the wrapper',
      { generateContentRequest: { model: 'models/x', ...user('hi') } },
      '/generateContentRequest/contents/0',
    ],
    ['bare contents', user('hi'), '/contents/0'],
  ])('counts tokens of %s', (_, body, pointer) => {
    const conversation = parse(body, { ...OPERATION, action: 'count-tokens' })
    expect(conversation.turns.map((turn) => turn.pointer)).toEqual([pointer])
    expect(conversation.unmapped.every(({ effect }) => effect === 'ignore')).toBe(true)
  })

  test.each([
    [{}, 'contents'],
    [{ contents: 'hi' }, 'contents'],
    [{ contents: [{ role: 'system', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ role: 'user', parts: [{ text: 5 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{ functionCall: { args: {} } }] }] }, 'contents[0].parts[0].functionCall.name'],
    [{ contents: [{ parts: [{ inlineData: { data: '!' } }] }] }, 'contents[0].parts[0].inlineData.data'],
    [{ ...user('x'), generationConfig: { temperature: 'warm' } }, 'generationConfig.temperature'],
    [{ ...user('x'), generation_config: { stop_sequences: [1] } }, 'generation_config.stop_sequences'],
    [
      { ...user('x'), toolConfig: { functionCallingConfig: { mode: 'MAYBE' } } },
      'toolConfig.functionCallingConfig.mode',
    ],
    [{ ...user('x'), tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
  ])('names the field at fault in %j', (body, param) => {
    const result = read(body)
    expect(result.ok ? undefined : [result.error.kind, result.error.param]).toEqual(['invalid-request', param])
  })

  test.each([
    ['safetySettings', [{ category: 'A', threshold: 'B' }], 'drop'],
    ['modelArmorConfig', {}, 'drop'],
    ['cachedContent', 'cachedContents/1', 'refuse'],
    ['model', 'models/x', 'ignore'],
    ['somethingNew', 1, 'drop'],
  ])('says of `%s` what leaving it out means', (name, value, effect) => {
    expect(parse({ ...user('hi'), [name]: value }).unmapped).toEqual([
      { pointer: `/${name}`, effect: effect as 'drop' },
    ])
  })

  test.each([
    [{ responseModalities: ['TEXT'] }, 'ignore'],
    [{ responseModalities: ['TEXT', 'IMAGE'] }, 'refuse'],
    [{ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }, 'refuse'],
    [{ speechConfig: {} }, 'drop'],
    [{ imageConfig: {} }, 'drop'],
    [{ routingConfig: {} }, 'drop'],
  ])('says of the setting %j what leaving it out means', (generationConfig, effect) => {
    expect(parse({ ...user('hi'), generationConfig }).unmapped.map((entry) => entry.effect)).toEqual([effect as 'drop'])
  })

  test.each([
    [{ temperature: 0.5 }, { temperature: 0.5 }],
    [
      { candidateCount: 2, topK: 3, topP: 0.1, seed: 4 },
      { choices: 2, topK: 3, topP: 0.1, seed: 4 },
    ],
    [{ stopSequences: ['a'] }, { stop: ['a'] }],
    [{ responseLogprobs: true, logprobs: 3 }, { logprobs: 3 }],
    [{ thinkingConfig: { thinkingLevel: 'low' } }, { reasoning: { mode: 'effort', effort: 'low' } }],
    [{ thinkingConfig: { thinkingBudget: 0 } }, { reasoning: { mode: 'off' } }],
    [{ thinkingConfig: { thinkingBudget: -1 } }, { reasoning: { mode: 'adaptive' } }],
    [{ thinkingConfig: { thinkingBudget: 9 } }, { reasoning: { mode: 'budget', budgetTokens: 9 } }],
    [{ thinkingConfig: { includeThoughts: false } }, { reasoning: { mode: 'adaptive', visible: false } }],
    [{ responseMimeType: 'text/plain' }, {}],
    [{ responseMimeType: 'application/json' }, { shape: { kind: 'json-object' } }],
    [{ responseJsonSchema: { type: 'null' } }, { shape: { kind: 'json-schema', schema: { type: 'null' } } }],
    [
      { responseFormat: [{ text: { mimeType: 'application/json', schema: { type: 'string' } } }] },
      { shape: { kind: 'json-schema', schema: { type: 'string' } } },
    ],
  ])('reads the settings %j', (generationConfig, expected) => {
    const { settings } = parse({ ...user('hi'), generationConfig: generationConfig as JsonObject })
    const values = Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]))
    expect(values).toEqual(expected)
  })

  test.each([
    ['flex', 'flex'],
    ['standard', 'default'],
    ['PRIORITY', 'priority'],
  ])('reads the service tier %s as %s', (serviceTier, value) => {
    expect(parse({ ...user('hi'), serviceTier }).settings.serviceTier?.value).toBe(value)
  })

  test.each([
    [{ mode: 'AUTO' }, { kind: 'auto' }],
    [{ mode: 'none' }, { kind: 'none' }],
    [{ mode: 'ANY' }, { kind: 'required' }],
    [
      { mode: 'ANY', allowedFunctionNames: ['f'] },
      { kind: 'tool', name: 'f' },
    ],
    [
      { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
      { kind: 'allowed', required: true, names: ['f', 'g'] },
    ],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
      { kind: 'allowed', required: false, names: ['f'] },
    ],
  ])('reads the calling mode %j', (functionCallingConfig, expected) => {
    expect(parse({ ...user('hi'), toolConfig: { functionCallingConfig } }).toolChoice?.value).toEqual(
      expected as NonNullable<Conversation['toolChoice']>['value'],
    )
  })

  test('65 reads both kinds of schema, and what else a declaration says by name', () => {
    const { tools } = parse({
      ...user('hi'),
      tools: [
        {
          functionDeclarations: [
            { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } } },
            { name: 'g', parametersJsonSchema: { type: 'object' }, behavior: 'BLOCKING' },
          ],
          googleSearch: {},
        },
      ],
    })
    expect(tools.map(({ native: _, ...tool }) => tool)).toMatchObject([
      { kind: 'function', name: 'f', schema: { type: 'object' } },
      { kind: 'function', name: 'g', schema: { type: 'object' }, unmapped: ['behavior'] },
      { kind: 'hosted', hosted: 'web-search', pointer: '/tools/0/googleSearch' },
    ])
  })
})

describe('parts', () => {
  test('49 gives parallel calls of one function ids of their own, and results theirs in order', () => {
    const call = { functionCall: { name: 'f', args: {} } }
    const result = (output: string) => ({ functionResponse: { name: 'f', response: { output } } })
    const { turns } = parse({
      contents: [
        { parts: [{ text: 'go' }] },
        { role: 'model', parts: [call, call] },
        { role: 'user', parts: [result('one'), result('two')] },
        { role: 'model', parts: [call] },
        { role: 'user', parts: [result('three')] },
      ],
    })
    const ids = turns.flatMap(({ blocks }) =>
      blocks.map((block) => (block.kind === 'tool-call' ? block.id : block.kind === 'tool-result' ? block.callId : '')),
    )
    expect(ids).toEqual([
      '',
      'call_gemini_1',
      'call_gemini_2',
      'call_gemini_1',
      'call_gemini_2',
      'call_gemini_3',
      'call_gemini_3',
    ])
  })

  test('a call that was never answered does not take the result of a later one', () => {
    const call = { functionCall: { name: 'f' } }
    const { turns } = parse({
      contents: [
        { role: 'model', parts: [call] },
        { parts: [{ text: 'again' }] },
        { role: 'model', parts: [call] },
        { parts: [{ functionResponse: { name: 'f', response: {} } }] },
      ],
    })
    expect(turns[3]?.blocks[0]).toMatchObject({ callId: 'call_gemini_2' })
  })

  test('143 keeps the spelling of numbers in arguments', () => {
    const body = readJson(
      '{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"n":9007199254740993,"x":1.0}}}]}]}',
    )
    expect(parse(body as JsonObject).turns[0]?.blocks[0]).toMatchObject({ arguments: '{"n":9007199254740993,"x":1.0}' })
  })

  test.each([
    [{ output: 'fine' }, { content: ['fine'] }],
    [{ output: { a: 1 } }, { content: ['{"a":1}'] }],
    [{ error: 'bad' }, { content: ['bad'], isError: true }],
    [{ result: 5, error: null }, { content: ['{"result":5,"error":null}'] }],
    [{ output: '' }, { content: [] }],
  ])('45 reads the response %j', (response, expected) => {
    const { turns } = parse({ contents: [{ parts: [{ functionResponse: { name: 'f', response } }] }] })
    const [block] = turns[0]?.blocks ?? []
    if (block?.kind !== 'tool-result') throw new Error('no result')
    const content = block.content.map((part) => (part.kind === 'text' ? part.text : part.kind))
    expect({ content, ...(block.isError && { isError: true }) }).toEqual(expected)
  })

  test.each([
    [
      { text: '42', thoughtSignature: 'c2ln' },
      { kind: 'text', text: '42', opaque: google('c2ln', 'text') },
    ],
    [
      { text: 'Hm', thought: true, thoughtSignature: 'c2ln' },
      { kind: 'reasoning', text: 'Hm', opaque: google('c2ln', 'thought') },
    ],
    [
      { thought: true, thoughtSignature: 'c2ln' },
      { kind: 'reasoning', text: '', opaque: google('c2ln', 'thought') },
    ],
    [
      { text: '', thoughtSignature: 'c2ln' },
      { kind: 'text', text: '', opaque: google('c2ln', 'text') },
    ],
    [
      { text: 'Hm', thought: true },
      { kind: 'reasoning', text: 'Hm' },
    ],
    [
      { text: 'x', thoughtSignature: 'skip_thought_signature_validator' },
      { kind: 'text', text: 'x' },
    ],
  ])('18 reads %j as what it is, signature or not', (part, block) => {
    expect(blocksOf(parts(part))).toEqual([block as never])
  })

  test('media: the type comes from the bytes, the detail from the general setting', () => {
    const { turns } = parse({
      contents: [
        {
          parts: [
            { inlineData: { mimeType: 'image/png', data: '_9j_4AAQ' } },
            { fileData: { fileUri: 'gs://a/b.pdf' } },
          ],
        },
      ],
      generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' },
    })
    expect(turns[0]?.blocks).toMatchObject([
      { kind: 'media', media: 'image', detail: 'low', source: { mediaType: 'image/jpeg', data: '/9j/4AAQ' } },
      { kind: 'media', media: 'document', source: { kind: 'file', id: 'gs://a/b.pdf', family: 'google' } },
    ])
  })

  test('what Google alone understands is kept whole', () => {
    const part = { executableCode: { language: 'PYTHON', code: 'print(1)' }, thoughtSignature: 'c2ln' }
    expect(blocksOf(parts(part))).toEqual([
      {
        kind: 'vendor',
        type: 'executableCode',
        text: 'print(1)',
        opaque: { family: 'google', kind: 'native-block', data: JSON.stringify(part) },
      },
    ])
  })
})

describe('state of other vendors', () => {
  const slot = (...opaques: readonly Opaque[]): string => writeSlot(opaques, carriers)
  const call = { functionCall: { id: 'c', name: 'f', args: {} } }

  test('on a call it becomes the reasoning before it, with the text of the thought before', () => {
    const blocks = blocksOf(parts({ text: 'Hm.', thought: true }, { ...call, thoughtSignature: slot(thinking) }))
    expect(blocks).toMatchObject([
      { kind: 'reasoning', text: 'Hm.', opaque: thinking },
      { kind: 'tool-call', id: 'c' },
    ])
  })

  test('3 several pieces share one signature and keep their order', () => {
    const blocks = blocksOf(parts({ text: 'Done', thoughtSignature: slot(redacted, thinking) }))
    expect(blocks).toMatchObject([{ opaque: redacted }, { opaque: thinking }, { kind: 'text', text: 'Done' }])
  })

  test('finds thoughts that a client keeps in a content of their own', () => {
    const { turns } = parse({
      contents: [
        { role: 'model', parts: [{ text: 'Hm', thought: true }] },
        { role: 'model', parts: [{ text: '.', thought: true }] },
        { role: 'model', parts: [{ ...call, thoughtSignature: slot(thinking) }] },
      ],
    })
    expect(turns.flatMap(({ blocks }) => blocks)).toMatchObject([
      { text: 'Hm.', opaque: thinking },
      { kind: 'tool-call' },
    ])
  })

  test('a part of nothing but state leaves no empty text', () => {
    expect(blocksOf(parts({ text: '', thought: true, thoughtSignature: slot(thinking) }))).toEqual([
      { kind: 'reasoning', text: '', opaque: thinking },
    ])
  })

  test('4 an altered envelope loses the reasoning, saying so, and not the call', () => {
    const damaged = Buffer.from('sealed.abc.no').toString('base64')
    const result = read({
      contents: [{ role: 'model', parts: [{ text: 'Hm', thought: true, thoughtSignature: damaged }, call] }],
    })
    if (!result.ok) throw new Error(result.error.message)
    expect(result.value.conversation.turns[0]?.blocks.map(({ kind }) => kind)).toEqual(['tool-call'])
    expect(result.value.losses).toEqual([
      { pointer: '/contents/0/parts/0/thoughtSignature', code: 'reasoning_damaged' },
    ])
  })
})
