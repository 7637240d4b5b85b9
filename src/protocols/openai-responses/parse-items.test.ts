import { describe, expect, test } from 'bun:test'

import type { ReasoningBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { parsed, read, blocks, shapes, say, call, result, reasoning } from './test-parse.ts'

describe('turns', () => {
  test('a string is one turn of the user', () => {
    expect(read({}).turns).toMatchObject([{ role: 'user', pointer: '/input', blocks: [{ kind: 'text', text: 'hi' }] }])
  })

  test('instructions are the first system turn, marked by their pointer', () => {
    const turns = read({ instructions: 'be brief', input: [say('developer', 'x')] }).turns
    expect(turns.map(({ role, pointer }) => [role, pointer])).toEqual([
      ['system', '/instructions'],
      ['developer', '/input/0'],
    ])
  })

  const cases: readonly (readonly [title: string, input: readonly JsonObject[], turns: readonly string[]])[] = [
    [
      '36 system and developer items stay in place',
      [say('user', 'a'), say('assistant', 'b'), say('system', 'c'), say('user', 'd')],
      ['user: text', 'assistant: text', 'system: text', 'user: text'],
    ],
    [
      'what a model put out at once is one turn, and its results another',
      [reasoning(), say('assistant', 'b'), call('1'), call('2'), result('1'), result('2'), say('user', 'c')],
      ['assistant: reasoning text tool-call tool-call', 'user: tool-result tool-result', 'user: text'],
    ],
    [
      'two messages of the assistant in a row are two turns, each with its reasoning',
      [reasoning(), say('assistant', 'a'), reasoning(), say('assistant', 'b')],
      ['assistant: reasoning text', 'assistant: reasoning text'],
    ],
    [
      'a message between parallel calls does not part them',
      [say('assistant', 'a'), call('1'), say('assistant', 'b'), call('2'), result('1'), result('2')],
      ['assistant: text tool-call text tool-call', 'user: tool-result tool-result'],
    ],
    ['reasoning at the end is kept', [say('user', 'a'), reasoning()], ['user: text', 'assistant: reasoning']],
    ['a message without parts has an empty text', [say('user', [])], ['user: text']],
  ]
  for (const [title, input, turns] of cases) test(title, () => expect(shapes(...input)).toEqual([...turns]))

  test('every turn and block of a list has a pointer and its item', () => {
    const item = say('user', [
      { type: 'input_text', text: 'a' },
      { type: 'input_text', text: 'b' },
    ])
    expect(read({ input: [say('user', 'x'), item] }).turns[1]).toMatchObject({
      pointer: '/input/1',
      native: { value: item },
      blocks: [
        { text: 'a', pointer: '/input/1/content/0', native: { value: item } },
        { text: 'b', pointer: '/input/1/content/1' },
      ],
    })
  })

  test('128 the phase of a message is kept', () => {
    expect(blocks(say('assistant', 'a', { phase: 'commentary' }))).toMatchObject([{ phase: 'commentary' }])
  })
})

const PNG = 'iVBORw0KGgoAAAANSUhEUg=='

describe('content', () => {
  const cases: readonly (readonly [title: string, part: JsonObject, block: JsonObject])[] = [
    ['input text', { type: 'input_text', text: 'a' }, { kind: 'text', text: 'a' }],
    ['a refusal', { type: 'refusal', refusal: 'no' }, { kind: 'refusal', text: 'no' }],
    [
      'a cache breakpoint',
      { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
      { kind: 'text', cache: { ttl: undefined } },
    ],
    [
      '53 an image whose type is a lie',
      { type: 'input_image', image_url: `data:image/jpeg;base64,${PNG}`, detail: 'low' },
      { kind: 'media', media: 'image', detail: 'low', source: { kind: 'base64', mediaType: 'image/png', data: PNG } },
    ],
    [
      'an image by URL',
      { type: 'input_image', image_url: 'https://x.test/a.png' },
      { source: { kind: 'url', url: 'https://x.test/a.png' } },
    ],
    [
      '56 a file of OpenAI',
      { type: 'input_file', file_id: 'f' },
      { source: { kind: 'file', id: 'f', family: 'openai' } },
    ],
    [
      'a document',
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQ=' },
      { media: 'document', filename: 'a.pdf', source: { kind: 'base64', mediaType: 'application/pdf' } },
    ],
    [
      'a document of text',
      { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' },
      { media: 'document', source: { kind: 'text', text: 'hi', mediaType: 'text/plain' } },
    ],
    [
      'audio',
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { media: 'audio', source: { kind: 'base64', mediaType: 'audio/wav' } },
    ],
    ['a part nobody knows', { type: 'input_hologram', x: 1 }, { kind: 'vendor', type: 'input_hologram', text: '' }],
    [
      'a citation',
      {
        type: 'output_text',
        text: 'see it',
        annotations: [{ type: 'url_citation', url: 'https://x.test', title: 'X', start_index: 0, end_index: 3 }],
      },
      { citations: [{ url: 'https://x.test', title: 'X', start: 0, end: 3 }] },
    ],
  ]
  for (const [title, part, block] of cases)
    test(`reads ${title}`, () => expect(blocks(say('user', [part]))).toMatchObject([block]))
})

describe('reasoning', () => {
  const only = (item: JsonObject): ReasoningBlock => blocks(item)[0] as ReasoningBlock

  test('2 of OpenAI without text is its state', () => {
    const data = '{"id":"rs_1","summary":[],"encrypted_content":"gAAA"}'
    expect(only(reasoning({ encrypted_content: 'gAAA' }))).toMatchObject({
      text: '',
      opaque: { family: 'openai', kind: 'reasoning-item', data },
    })
  })

  test('4 of another vendor is opened, and never written back as it came', () => {
    const block = only(reasoning({ encrypted_content: 'sealed:anthropic:thinking:{"x":1}' }))
    expect(block.opaque).toEqual({ family: 'anthropic', kind: 'thinking', data: '{"x":1}' })
    expect(block.native).toBeUndefined()
  })

  test('4 whose envelope is damaged is dropped whole, saying so', () => {
    const { conversation, losses } = parsed({ input: [reasoning({ encrypted_content: 'sealed:damaged' }), call('1')] })
    expect(conversation.turns.flatMap((turn) => turn.blocks.map(({ kind }) => kind))).toEqual(['tool-call'])
    expect(losses).toEqual([{ pointer: '/input/0', code: 'reasoning_damaged' }])
  })

  test('parts of a summary are paragraphs', () => {
    const summary = [
      { type: 'summary_text', text: 'a' },
      { type: 'summary_text', text: 'b' },
    ]
    expect(only(reasoning({ summary })).text).toBe('a\n\nb')
  })
})

describe('calls and results', () => {
  test('51 calls are paired by their call id, never by the id of the item', () => {
    expect(blocks(call('call_1', { id: 'fc_1' }), result('call_1'))).toMatchObject([
      { kind: 'tool-call', id: 'call_1', form: 'function', arguments: '{}' },
      { kind: 'tool-result', callId: 'call_1', name: 'f', content: [{ kind: 'text', text: 'out' }] },
    ])
  })

  test('143 arguments are kept as they were written', () => {
    const text = '{ "n": 9007199254740993, "x": 1.0 }'
    expect(blocks(call('1', { arguments: text }))).toMatchObject([{ arguments: text }])
  })

  test('70 custom calls are free text', () => {
    const input = '*** Begin Patch'
    expect(
      blocks(
        { type: 'custom_tool_call', call_id: '1', name: 'apply_patch', input },
        { type: 'custom_tool_call_output', call_id: '1', output: 'ok' },
      ),
    ).toMatchObject([
      { form: 'custom', name: 'apply_patch', arguments: input },
      { form: 'custom', name: 'apply_patch' },
    ])
  })

  test('69 a call knows its namespace', () => {
    expect(blocks(call('1', { namespace: 'crm' }))).toMatchObject([{ name: 'f', namespace: 'crm' }])
  })

  test('an empty result has no content', () => {
    expect(blocks(call('1'), result('1', ''))[1]).toMatchObject({ content: [] })
  })

  const image = { type: 'input_image', image_url: `data:image/png;base64,${PNG}` }
  test('44 a result may hold pictures', () => {
    const content = blocks(call('1'), result('1', [{ type: 'input_text', text: 'a' }, image]))[1]
    expect(content).toMatchObject({ content: [{ kind: 'text' }, { kind: 'media', media: 'image' }] })
  })

  const typed: readonly (readonly [item: JsonObject, name: string, text: string])[] = [
    [
      { type: 'local_shell_call', id: 'lsh_1', call_id: '1', action: { type: 'exec', command: ['ls'], env: {} } },
      'local_shell',
      '{"command":["ls"],"env":{}}',
    ],
    [
      { type: 'shell_call', call_id: '1', action: { commands: ['ls'], timeout_ms: null } },
      'shell',
      '{"commands":["ls"]}',
    ],
    [
      { type: 'apply_patch_call', call_id: '1', operation: { type: 'delete_file', path: 'a' } },
      'apply_patch',
      '{"type":"delete_file","path":"a"}',
    ],
  ]
  for (const [item, name, text] of typed)
    test(`153 a call of ${name} is a call of a function that the client runs`, () =>
      expect(blocks(item)).toMatchObject([{ kind: 'tool-call', id: '1', name, typed: name, arguments: text }]))

  test('a local shell may be answered by the id of its item', () => {
    const action = { type: 'exec', command: ['ls'], env: {} }
    const made = { type: 'local_shell_call', id: 'lsh_1', call_id: 'call_1', action }
    expect(blocks(made, { type: 'local_shell_call_output', id: 'lsh_1', output: 'x' })[1]).toMatchObject({
      callId: 'call_1',
      name: 'local_shell',
    })
  })

  test('the outputs of a shell are shown, and a patch that failed is an error', () => {
    const output = [{ stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 0 } }]
    const shell = { type: 'shell_call_output', call_id: '1', output }
    const patch = { type: 'apply_patch_call_output', call_id: '2', status: 'failed', output: 'no such file' }
    expect(blocks(shell, patch)).toMatchObject([
      { content: [{ text: JSON.stringify(output) }] },
      { isError: true, content: [{ text: 'no such file' }] },
    ])
  })
})

describe('items of one vendor', () => {
  const cases: readonly (readonly [type: string, role: string, refused: boolean])[] = [
    ['file_search_call', 'assistant', false],
    ['web_search_call', 'assistant', false],
    ['image_generation_call', 'assistant', false],
    ['code_interpreter_call', 'assistant', false],
    ['tool_search_call', 'assistant', false],
    ['tool_search_output', 'assistant', false],
    ['additional_tools', 'developer', false],
    ['computer_call', 'assistant', true],
    ['computer_call_output', 'user', true],
    ['compaction', 'assistant', true],
    ['compaction_trigger', 'user', true],
    ['mcp_list_tools', 'assistant', true],
    ['mcp_approval_request', 'assistant', true],
    ['mcp_approval_response', 'user', true],
    ['mcp_call', 'assistant', true],
    ['program', 'assistant', true],
    ['program_output', 'assistant', true],
    ['from_the_future', 'assistant', false],
  ]
  for (const [type, role, refused] of cases)
    test(`${type} is kept whole, and ${refused ? 'refused' : 'left out'} elsewhere`, () => {
      const { turns, unmapped } = read({ input: [{ type, id: 'x' }] })
      expect(turns).toMatchObject([{ role, blocks: [{ kind: 'vendor', type, opaque: { family: 'openai' } }] }])
      expect(unmapped.some(({ effect }) => effect === 'refuse')).toBe(refused)
    })

  test('tools that items bring along join the others, which win', () => {
    const tool = (name: string, description: string) => ({ type: 'function', name, description, parameters: null })
    const item = { type: 'additional_tools', role: 'developer', tools: [tool('a', 'later'), tool('b', 'later')] }
    const { tools: all } = read({ tools: [tool('a', 'first')], input: [item] })
    expect(all.map(({ name, description }) => [name, description])).toEqual([
      ['a', 'first'],
      ['b', 'later'],
    ])
  })
})
