/** Messages: results with pictures, ids of calls, media, and how a conversation begins and ends. */
import { ABSENT, type HazardRow } from './row.ts'
import {
  assistant,
  chat,
  chatCall,
  chatCalls,
  chatResult,
  chatTool,
  claude,
  claudeTool,
  gemini,
  geminiAnswer,
  GEMINI_HI,
  HI,
  responses,
  responsesAnswer,
  responsesTool,
  text,
  toolResult,
  toolUse,
  user,
} from './said.ts'

const TOOLS = [chatTool('f', { type: 'object', properties: {} })]
/** The first bytes of a JPEG and of a PNG, in base64. */
const JPEG = '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0a'
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const picture = (data: string, media_type = 'image/png') => ({
  type: 'image',
  source: { type: 'base64', media_type, data },
})
const chatPicture = (url: string) => ({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] })
const LONG_ID = `call_${'x'.repeat(80)}`
const OTHER_LONG_ID = `call_${'x'.repeat(80)}y`

/** A picture as some client writes its address, and what a Messages upstream is sent. */
const address = (number: number, title: string, url: string, media_type: string, data: string): HazardRow => ({
  number,
  title,
  kind: 'request',
  from: 'openai-chat',
  to: 'anthropic-messages',
  input: chat([chatPicture(url)]),
  expect: { body: { '/messages/0/content/0': picture(data, media_type) }, losses: [] },
})

const CALLED_TWICE = [HI, chatCalls(chatCall('c1', 'f'), chatCall('c2', 'g'))]

export const ROWS_44_TO_58: readonly HazardRow[] = [
  {
    number: 44,
    title: 'a picture in a result follows all results of the step, and its place says so',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude(
      [
        HI,
        assistant(toolUse('t1', 'f'), toolUse('t2', 'f')),
        user(toolResult('t1', [picture(PNG)]), toolResult('t2', 'done')),
      ],
      { tools: [claudeTool('f')] },
    ),
    expect: {
      body: {
        '/messages/2/content': '[image 1 is attached below]',
        '/messages/3/tool_call_id': 't2',
        '/messages/4/role': 'user',
        '/messages/4/content/1': { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
      },
      losses: ['/messages/2/content/0/content/0;moved'],
    },
  },
  {
    number: 45,
    title: 'that a tool failed is told to a Chat upstream in words',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-chat',
    input: claude([HI, assistant(toolUse('t1', 'f')), user(toolResult('t1', 'no disk', { is_error: true }))], {
      tools: [claudeTool('f')],
    }),
    expect: {
      body: { '/messages/2/content': 'ERROR: no disk' },
      losses: ['/messages/2/content/0;approximated'],
    },
  },
  {
    number: 45,
    title: 'that a tool failed has a word in Gemini',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'gemini',
    input: claude([HI, assistant(toolUse('t1', 'f')), user(toolResult('t1', 'no disk', { is_error: true }))], {
      tools: [claudeTool('f')],
    }),
    expect: { body: { '/contents/2/parts/0/functionResponse/response': { error: 'no disk' } } },
  },
  {
    number: 46,
    title: 'Gemini is given as many results as there were calls, in their order and under their names',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([...CALLED_TWICE, chatResult('c2', 'two')], { tools: [...TOOLS, chatTool('g')] }),
    expect: {
      body: {
        '/contents/2/parts/0/functionResponse/name': 'f',
        '/contents/2/parts/1/functionResponse/name': 'g',
        '/contents/2/parts/1/functionResponse/response': { output: 'two' },
        '/contents/2/parts/2': ABSENT,
      },
    },
  },
  {
    number: 47,
    title: 'a result that is no object is wrapped in one for Gemini',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([HI, chatCalls(chatCall('c1', 'f')), chatResult('c1', '259.75')], { tools: TOOLS }),
    expect: { body: { '/contents/2/parts/0/functionResponse/response': { output: '259.75' } } },
  },
  {
    number: 47,
    title: 'a result that is an object is wrapped too, and unwrapped for others',
    kind: 'request',
    from: 'gemini',
    to: 'openai-chat',
    input: gemini(
      [
        GEMINI_HI,
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: { a: 1 } } } }] },
      ],
      { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    ),
    expect: { body: { '/messages/2/content': '{"a":1}' } },
  },
  {
    number: 48,
    title: 'Vertex is sent no ids of calls',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    on: ['vertex', 'gemini-3-flash-preview'],
    input: chat([HI, chatCalls(chatCall('c1', 'f')), chatResult('c1', 'done')], { tools: TOOLS }),
    expect: { lacks: ['"id":'] },
  },
  {
    number: 49,
    title: 'two calls of one function without ids get two, each with its own result',
    kind: 'request',
    from: 'gemini',
    to: 'openai-chat',
    input: gemini(
      [
        GEMINI_HI,
        {
          role: 'model',
          parts: [{ functionCall: { name: 'f', args: { a: 1 } } }, { functionCall: { name: 'f', args: { a: 2 } } }],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'f', response: { output: 'one' } } },
            { functionResponse: { name: 'f', response: { output: 'two' } } },
          ],
        },
      ],
      { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    ),
    expect: { body: { '/messages/2/content': 'one', '/messages/3/content': 'two' } },
  },
  {
    number: 49,
    title: 'calls of an answer without ids get ids of their own',
    kind: 'stream',
    from: 'gemini',
    to: 'anthropic-messages',
    input: [geminiAnswer([{ functionCall: { name: 'f', args: {} } }, { functionCall: { name: 'f', args: {} } }])],
    expect: {
      end: 'success',
      hears: { blocks: [{ kind: 'tool-call' }, { kind: 'tool-call' }], stop: 'tool-calls' },
    },
  },
  {
    number: 50,
    title: 'an id outside Anthropic’s grammar is changed in call and result alike',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI, chatCalls(chatCall('call:1/é', 'f')), chatResult('call:1/é', 'done')], { tools: TOOLS }),
    expect: {
      lacks: ['call:1'],
      contains: ['"tool_use_id"'],
      losses: ['/messages/1/tool_calls/0;renamed'],
    },
  },
  {
    number: 50,
    title: 'two long ids that begin alike stay two in a Responses upstream',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat(
      [
        HI,
        chatCalls(chatCall(LONG_ID, 'f'), chatCall(OTHER_LONG_ID, 'f')),
        chatResult(OTHER_LONG_ID, 'other'),
        chatResult(LONG_ID, 'first'),
      ],
      { tools: TOOLS },
    ),
    expect: { lacks: ['x'.repeat(65)], body: { '/input/3/output': 'first', '/input/4/output': 'other' } },
  },
  {
    number: 51,
    title: 'a call is known by its call_id, never by the id of its item',
    kind: 'answer',
    from: 'openai-responses',
    to: 'openai-chat',
    input: responsesAnswer([
      { type: 'function_call', id: 'fc_item', call_id: 'call_1', name: 'f', arguments: '{}', status: 'completed' },
    ]),
    expect: { body: { '/choices/0/message/tool_calls/0/id': 'call_1' }, lacks: ['fc_item'] },
  },
  {
    number: 51,
    title: 'an item of a call is sent without an id that its vendor did not give',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI, chatCalls(chatCall('toolu_1', 'f')), chatResult('toolu_1', 'done')], { tools: TOOLS }),
    expect: { body: { '/input/1/call_id': 'toolu_1', '/input/1/id': ABSENT, '/input/2/id': ABSENT } },
  },
  {
    number: 52,
    title: 'what the assistant said is output to Responses',
    kind: 'request',
    from: 'openai-chat',
    to: 'openai-responses',
    input: chat([HI, { role: 'assistant', content: '42' }, HI]),
    expect: { body: { '/input/1/content/0/type': 'output_text', '/input/2/content/0/type': 'input_text' } },
  },
  address(53, 'the type of a picture is that of its bytes', `data:image/png;base64,${JPEG}`, 'image/jpeg', JPEG),
  address(53, 'image/jpg is image/jpeg', `data:image/jpg;base64,${JPEG}`, 'image/jpeg', JPEG),
  address(53, 'a picture without a type has that of its bytes', `data:;base64,${PNG}`, 'image/png', PNG),
  address(54, 'parameters of a data address are read over', `data:image/png;charset=x;base64,${PNG}`, 'image/png', PNG),
  address(54, 'a data address may be in capitals', `DATA:IMAGE/PNG;BASE64,${PNG}`, 'image/png', PNG),
  address(
    54,
    'white space inside base64 means nothing',
    `data:image/png;base64,${PNG.slice(0, 20)}\r\n ${PNG.slice(20)}`,
    'image/png',
    PNG,
  ),
  address(
    54,
    'the alphabet for addresses is written in the standard one, padded',
    `data:image/jpeg;base64,${JPEG.replaceAll('/', '_').replaceAll('+', '-').replace(/=+$/, '')}`,
    'image/jpeg',
    Buffer.from(JPEG, 'base64').toString('base64'),
  ),
  {
    number: 54,
    title: 'a data address without base64 is decoded',
    kind: 'request',
    from: 'openai-chat',
    to: 'gemini',
    input: chat([chatPicture('data:image/svg+xml,%3Csvg%2F%3E')]),
    expect: {
      body: {
        '/contents/0/parts/0/inlineData': {
          mimeType: 'image/svg+xml',
          data: Buffer.from('<svg/>').toString('base64'),
        },
      },
    },
  },
  {
    number: 55,
    title: 'bytes of which nobody knows the type are refused by name',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([chatPicture('data:application/octet-stream;base64,AAECAwQFBgc=')]),
    expect: { refused: '/messages/0/content/0' },
  },
  {
    number: 56,
    title: 'a file kept by OpenAI is refused where Claude would be asked',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-abc' } }] }]),
    expect: { refused: '/messages/0/content/0' },
  },
  {
    number: 56,
    title: 'a file kept by Anthropic is refused where OpenAI would be asked',
    kind: 'request',
    from: 'anthropic-messages',
    to: 'openai-responses',
    input: claude([user({ type: 'document', source: { type: 'file', file_id: 'file_011' } })]),
    expect: { refused: '/messages/0/content/0' },
  },
  {
    number: 57,
    title: 'words to be continued lose their trailing white space where the model continues them',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([HI, { role: 'assistant', content: 'The answer is \n' }]),
    expect: { body: { '/messages/1/content': [text('The answer is')] } },
  },
  {
    number: 57,
    title: 'words to be continued are refused where the model continues none, with what to do',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    on: ['anthropic', 'claude-opus-5'],
    input: chat([HI, { role: 'assistant', content: 'The answer is' }]),
    expect: { refused: '/messages/1' },
  },
  {
    number: 57,
    title: 'a last message of nothing stays the user’s, so that nothing is continued',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    on: ['anthropic', 'claude-opus-5'],
    input: chat([HI, { role: 'assistant', content: '42' }, { role: 'user', content: ' ' }]),
    expect: { body: { '/messages/2/role': 'user' }, contains: ['(empty message)'] },
  },
  {
    number: 58,
    title: 'a conversation that the assistant begins is begun by the user, and it is said',
    kind: 'request',
    from: 'openai-chat',
    to: 'anthropic-messages',
    input: chat([{ role: 'assistant', content: 'Hello!' }, HI]),
    expect: { body: { '/messages/0/role': 'user', '/messages/1/role': 'assistant' }, losses: ['/messages/0;added'] },
  },
  {
    number: 58,
    title: 'a conversation that the assistant begins is begun by the user for Gemini too',
    kind: 'request',
    from: 'openai-responses',
    to: 'gemini',
    input: responses([{ role: 'assistant', content: 'Hello!' }, HI], { tools: [responsesTool('f')] }),
    expect: { body: { '/contents/0/role': 'user', '/contents/1/role': 'model' } },
  },
]
