import { type Bed, type Planted, SCHEMA } from './planted.ts'

const user = (...parts: readonly object[]) => ({ role: 'user', parts })
const gemini = (...parts: readonly object[]) => ({ role: 'model', parts })
const text = (said: string, more: object = {}) => ({ text: said, ...more })
const call = (name = 'weather', more: object = {}) => ({ functionCall: { name, args: {} }, ...more })
const response = (name = 'weather', more: object = {}) => ({ functionResponse: { name, response: { c: 9 }, ...more } })
const declare = (...names: readonly string[]) => [
  { functionDeclarations: names.map((name) => ({ name, parametersJsonSchema: SCHEMA })) },
]
const tools = declare('weather', 'other')
const asked = user(text('Hi'))

const base = { contents: [asked] }
const with_ = (more: object) => ({ ...base, ...more })
const said = (...contents: readonly object[]) => ({ tools, contents })
const config = (generationConfig: object) => with_({ generationConfig })
const calling = (functionCallingConfig: object, more: object = { tools }) =>
  with_({ ...more, toolConfig: { functionCallingConfig } })

const searching = (more: object = {}) => with_({ tools: [{ googleSearch: {} }, ...tools], ...more })
const told = { toolConfig: { includeServerSideToolInvocations: true } }

const THREE = { isPassedThrough: true, model: 'gemini-3-pro-preview' }
const signed = { thoughtSignature: 'c2ln' }

const good = [
  base,
  said(
    asked,
    gemini(text('hm', { thought: true }), call('weather', signed), call('other')),
    user(response(), response('other')),
  ),
  calling({ mode: 'ANY', allowedFunctionNames: ['weather'] }),
  searching(told),
  config({ responseMimeType: 'application/json', responseJsonSchema: SCHEMA, thinkingConfig: { thinkingBudget: -1 } }),
]

const planted: readonly Planted[] = [
  ['an unknown field', /^\/messages is not known/, with_({ messages: [] })],
  ['an unknown setting', /^\/generationConfig\/maxTokens is not known/, config({ maxTokens: 5 })],
  ['no contents', /^\/contents has 0 members/, { contents: [] }],
  ['a role of Chat', /\/role is "assistant"/, with_({ contents: [{ role: 'assistant', parts: [text('Hi')] }] })],
  ['no parts', /\/parts has 0 members/, with_({ contents: [user()] })],
  [
    'a part of two kinds',
    /exactly one of its data fields, not 2/,
    with_({ contents: [user({ text: 'a', inlineData: { mimeType: 'image/png', data: 'aGk=' } })] }),
  ],
  ['a part of no kind', /exactly one of its data fields, not 0/, with_({ contents: [user({ thought: true })] })],
  ['an empty text', /an empty text/, with_({ contents: [user(text(''))] })],
  ['a number as words', /temperature is "1"/, config({ temperature: '1' })],
  ['an unknown mode', /mode is "REQUIRED"/, calling({ mode: 'REQUIRED' })],
  ['an unknown level of thinking', /thinkingLevel is "XHIGH"/, config({ thinkingConfig: { thinkingLevel: 'XHIGH' } })],
  ['six stop words', /stopSequences has 6 members/, config({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] })],
  [
    'a category of harm that is none',
    /category is "VIOLENCE"/,
    with_({ safetySettings: [{ category: 'VIOLENCE', threshold: 'OFF' }] }),
  ],
  [
    'a threshold that is none',
    /threshold is "LOW"/,
    with_({ safetySettings: [{ category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'LOW' }] }),
  ],
  [
    'args that are no object',
    /\/args is "\{\}"/,
    said(asked, gemini({ functionCall: { name: 'weather', args: '{}' } }), user(response())),
  ],
  [
    'a response that is no object',
    /\/response is "9"/,
    said(asked, gemini(call()), user({ functionResponse: { name: 'weather', response: '9' } })),
  ],
  ['a name that no function may have', /\/name is "1st"/, with_({ tools: declare('1st') })],
  [
    'a signature that is no base64',
    /thoughtSignature is "\?"/,
    said(asked, gemini(call('weather', { thoughtSignature: '?' })), user(response())),
  ],
  [
    'a keyword outside the OpenAPI subset',
    /additionalProperties: Unknown name/,
    with_({
      tools: [{ functionDeclarations: [{ name: 'w', parameters: { type: 'OBJECT', additionalProperties: false } }] }],
    }),
  ],
  [
    'an array without items',
    /items is missing/,
    with_({ tools: [{ functionDeclarations: [{ name: 'w', parameters: { type: 'ARRAY' } }] }] }),
  ],
  [
    'a conversation that the model begins',
    /must begin with the user/,
    with_({ contents: [gemini(text('Hi')), asked] }),
  ],
  [
    'a call that nothing answers',
    /function response parts \(0\) is not that of function call parts \(1\)/,
    said(asked, gemini(call()), asked),
  ],
  [
    'one response of two',
    /function response parts \(1\) is not that of function call parts \(2\)/,
    said(asked, gemini(call(), call('other')), user(response())),
  ],
  ['a response that follows no call', /follows no functionCall/, said(user(response()))],
  ['a response of the model', /functionResponse of the model/, said(asked, gemini(response()))],
  ['a call of the user', /functionCall of the user/, said(user(call()))],
  [
    'responses in another order',
    /response 0 is of other, the call of weather/,
    said(asked, gemini(call(), call('other')), user(response('other'), response())),
  ],
  [
    'a response with another id',
    /response 0 has the id b, the call a/,
    said(asked, gemini({ functionCall: { id: 'a', name: 'weather' } }), user(response('weather', { id: 'b' }))),
  ],
  [
    'one id for two calls',
    /call ids twice/,
    said(
      asked,
      gemini({ functionCall: { id: 'a', name: 'weather' } }, { functionCall: { id: 'a', name: 'weather' } }),
      user(response('weather', { id: 'a' }), response('weather', { id: 'a' })),
    ),
  ],
  [
    'words before the responses',
    /other parts before the function responses/,
    said(asked, gemini(call()), user(text('so'), response())),
  ],
  [
    'a first call that lost its signature',
    /missing a thought_signature/,
    said(asked, gemini(call()), user(response())),
    THREE,
  ],
  [
    'a second step that lost its signature',
    /\/contents\/3: .*thought_signature/,
    said(asked, gemini(call('weather', signed)), user(response()), gemini(call()), user(response())),
    THREE,
  ],
  ['one name for two functions', /names must be unique/, with_({ tools: declare('a', 'a') })],
  [
    'allowed names with a free choice',
    /allowedFunctionNames with mode AUTO/,
    calling({ mode: 'AUTO', allowedFunctionNames: ['weather'] }),
  ],
  ['an allowed name of no function', /which is no function/, calling({ mode: 'ANY', allowedFunctionNames: ['none'] })],
  ['forced calls without functions', /mode ANY without functions/, calling({ mode: 'ANY' }, {})],
  [
    'parameters said twice',
    /parameters twice/,
    with_({
      tools: [{ functionDeclarations: [{ name: 'w', parameters: { type: 'OBJECT' }, parametersJsonSchema: SCHEMA }] }],
    }),
  ],
  [
    'two schemas for the answer',
    /two schemas/,
    config({ responseMimeType: 'application/json', responseSchema: { type: 'STRING' }, responseJsonSchema: SCHEMA }),
  ],
  ['a schema for an answer in words', /without responseMimeType/, config({ responseJsonSchema: SCHEMA })],
  ['logprobs that are not asked for', /logprobs without responseLogprobs/, config({ logprobs: 2 })],
  [
    'a budget and a level',
    /a budget and a level/,
    config({ thinkingConfig: { thinkingBudget: 5, thinkingLevel: 'LOW' } }),
  ],
  ['functions beside a search', /Please enable tool_config\.include_server_side_tool_invocations/, searching()],
  [
    'functions beside a search of an earlier model',
    /function calling is unsupported/,
    searching(told),
    { model: 'gemini-2.5-pro' },
  ],
  [
    'a word that Vertex does not know',
    /Unknown name "includeServerSideToolInvocations"/,
    searching(told),
    { vendor: 'vertex', model: 'gemini-3-flash-preview' },
  ],
  [
    'ids of calls at Vertex',
    /Unknown name "id"/,
    said(asked, gemini({ functionCall: { id: 'a', name: 'weather' } }), user(response('weather', { id: 'a' }))),
    { url: 'https://x-aiplatform.googleapis.com/v1' },
  ],
]

export const GEMINI: Bed = { format: 'gemini', good, planted }
