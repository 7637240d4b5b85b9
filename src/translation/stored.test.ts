import { describe, expect, test } from 'bun:test'
import {
  continueFrom,
  inputItems,
  itemsOf,
  listedItems,
  readTurn,
  referredIds,
  responsesOfInput,
  type StoredTurn,
} from './stored.ts'

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })
const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi', annotations: [] }] }
const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' }
const turn: StoredTurn = {
  id: 'resp_1',
  input: [user('hello')],
  output: [
    { ...thought, status: 'completed' },
    { ...said, id: 'msg_1', status: 'completed' },
    { ...call, id: 'fc_1', status: 'completed' },
    { type: 'reasoning', id: 'rs_2', summary: [] },
  ],
}

describe('a request that goes on from an earlier one', () => {
  test('says everything itself, oldest first, with reasoning that can be read again and no foreign ids', () => {
    const result = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
    expect(continueFrom({ model: 'm', previous_response_id: 'resp_1', input: [result] }, [turn])).toEqual({
      body: { model: 'm', input: [user('hello'), thought, said, call, result] },
      losses: [{ pointer: '/previous_response_id', code: 'reasoning_unsigned' }],
    })
  })

  test('does not inherit instructions, and keeps its own', () => {
    const { body: continued } = continueFrom({ input: 'more', instructions: 'be brief', previous_response_id: 'r' }, [
      turn,
    ])
    expect(continued.instructions).toBe('be brief')
    expect(continued.input).toEqual([user('hello'), thought, said, call, user('more')])
  })

  test('does not say twice what it only refers to', () => {
    const input = [{ type: 'item_reference', id: 'fc_1' }, user('x')]
    expect(continueFrom({ input }, [turn]).body.input).toEqual([user('hello'), thought, said, call, user('x')])
    expect(referredIds({ input }, [turn])).toEqual([])
  })

  test('does not say twice what it was asked before and refers to, and knows it from what was answered', () => {
    const own: StoredTurn = { ...turn, input: [user('hello'), { ...user('again'), id: 'msg_own' }] }
    const [asked, again] = listedItems(JSON.stringify(own.input), own.id)
    const input = [asked, again].map((item) => ({ type: 'item_reference', id: item?.id }))
    expect(input.map(({ id }) => id)).toEqual(['msg_in_1_0', 'msg_own'])
    expect(referredIds({ input }, [own])).toEqual([])
    expect(continueFrom({ input }, [own]).body.input).toEqual([...own.input, thought, said, call])
    expect(itemsOf(own).map(({ id }) => id)).toEqual(['msg_in_1_0', 'msg_own', 'rs_1', 'msg_1', 'fc_1', 'rs_2'])
  })

  test('takes a reference among its earlier turns for no item of theirs', () => {
    const reference = { type: 'item_reference', id: 'msg_9' }
    expect(itemsOf({ id: 'resp_1', input: [reference, user('a')], output: [] }).map(({ id }) => id)).toEqual([
      'msg_in_1_1',
    ])
  })

  test('says what it refers to elsewhere in its place, in earlier turns too', () => {
    const reference = { type: 'item_reference', id: 'msg_9' }
    const earlier: StoredTurn = { id: 'resp_0', input: [reference, user('a')], output: [] }
    const input = [user('b'), reference]
    expect(referredIds({ input }, [earlier])).toEqual(['msg_9', 'msg_9'])
    const referred = new Map([['msg_9', { ...said, id: 'msg_9', status: 'completed' }]])
    expect(continueFrom({ input }, [earlier], referred).body.input).toEqual([said, user('a'), user('b'), said])
    expect(continueFrom({ input }, [earlier]).body.input).toEqual([reference, user('a'), user('b'), reference])
  })
})

describe('an item of an answer becomes an item of a request', () => {
  const ACTION = { type: 'exec', command: ['ls'], env: {} }
  const OPERATION = { type: 'delete_file', path: 'a' }
  const ID = { id: 'x_1' }
  const STATUS = { status: 'completed' }
  /** The item without id and status, and which of them it keeps. */
  const ROWS: readonly (readonly [item: Readonly<Record<string, unknown>>, kept: object])[] = [
    [said, {}],
    [call, {}],
    [{ type: 'function_call_output', call_id: 'c', output: '' }, {}],
    [{ type: 'custom_tool_call', call_id: 'c', name: 'f', input: '' }, {}],
    [{ type: 'custom_tool_call_output', call_id: 'c', output: '' }, {}],
    [{ type: 'computer_call_output', call_id: 'c', output: {} }, {}],
    [{ type: 'compaction', encrypted_content: 'sealed' }, STATUS],
    [{ type: 'mcp_approval_response', approval_request_id: 'a', approve: true }, STATUS],
    [{ type: 'tool_search_call', arguments: {}, call_id: null, execution: 'server' }, {}],
    [{ type: 'tool_search_output', tools: [] }, {}],
    [{ type: 'shell_call', call_id: 'c', action: { commands: ['ls'] } }, {}],
    [{ type: 'shell_call_output', call_id: 'c', output: [] }, {}],
    [{ type: 'apply_patch_call', call_id: 'c', operation: OPERATION }, STATUS],
    [{ type: 'apply_patch_call_output', call_id: 'c' }, STATUS],
    [{ type: 'reasoning', summary: [], encrypted_content: 'sealed' }, ID],
    [
      { type: 'web_search_call', action: { type: 'search', query: 'q' } },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'file_search_call', queries: ['q'], results: null },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'computer_call', call_id: 'c', action: { type: 'wait' }, pending_safety_checks: [] },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'local_shell_call', call_id: 'c', action: ACTION },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'code_interpreter_call', code: '1', container_id: 'cntr_1', outputs: null },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'image_generation_call', result: 'aGk=' },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'mcp_call', arguments: '{}', name: 'f', server_label: 's' },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'mcp_list_tools', server_label: 's', tools: [] },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'mcp_approval_request', arguments: '{}', name: 'f', server_label: 's' },
      { ...ID, ...STATUS },
    ],
    [
      { type: 'program_output', call_id: 'c', result: '1' },
      { ...ID, ...STATUS },
    ],
    [{ type: 'of_tomorrow' }, { ...ID, ...STATUS }],
  ]
  test.each(ROWS)('%o', (item, kept) => {
    const answersOnly = { created_by: 'you', parsed: {}, parsed_arguments: {} }
    const answered: StoredTurn = { id: 'r', input: [], output: [{ ...item, ...ID, ...STATUS, ...answersOnly }] }
    expect(continueFrom({ input: [] }, [answered])).toEqual({ body: { input: [{ ...item, ...kept }] }, losses: [] })
  })

  test('and what cannot is declared where the request refers to it', () => {
    const bare = { type: 'reasoning', id: 'rs_9', summary: [] }
    const input = [user('a'), { type: 'item_reference', id: 'rs_9' }]
    expect(continueFrom({ input }, [], new Map([['rs_9', bare]]))).toEqual({
      body: { input: [user('a')] },
      losses: [{ pointer: '/input/1', code: 'reasoning_unsigned' }],
    })
  })
})

test('a turn is read from what was kept of it, its numbers as they were written', () => {
  const { input, output } = readTurn('[{"type":"x","n":1.0}]', '{"output":[{"type":"y","n":9007199254740993}]}')
  expect(JSON.stringify([input, output])).toBe('[[{"type":"x","n":1.0}],[{"type":"y","n":9007199254740993}]]')
  expect(readTurn('"hi"', '{"id":"r","output":null}')).toEqual({ id: 'r', input: [user('hi')], output: [] })
  expect(readTurn('null', '[]')).toEqual({ id: '', input: [], output: [] })
})

test('listed items have an id each, their own or one that stays the same', () => {
  const input = JSON.stringify([
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
    { ...call, id: 'fc_own' },
    { type: 'function_call_output', call_id: 'call_1', output: 'c' },
    { type: 'constructor' },
  ])
  expect(listedItems(input, 'resp_1')).toEqual([
    { ...user('a'), id: 'msg_in_1_0', status: 'completed' },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', annotations: [], text: 'b' }],
      id: 'msg_in_1_1',
      status: 'completed',
    },
    { ...call, id: 'fc_own' },
    { type: 'function_call_output', call_id: 'call_1', output: 'c', id: 'fco_in_1_3' },
    { type: 'constructor', id: 'item_in_1_4' },
  ])
})

test.each([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['function_call_output', 'fco'],
  ['custom_tool_call', 'ctc'],
  ['custom_tool_call_output', 'ctco'],
  ['shell_call', 'item'],
])('a listed item of type %s has an id that begins with %s', (type, prefix) => {
  expect(listedItems(JSON.stringify([{ type }]), 'resp_1')[0]?.id).toBe(`${prefix}_in_1_0`)
})

test.each([
  ['resp_abc', ['resp_abc', 'abc']],
  ['gen-1_in_2', ['resp_gen-1_in_2', 'gen-1_in_2']],
])('an item of the input of %s says by its id where it is found', (responseId, expected) => {
  const [item] = listedItems('"hi"', responseId)
  expect(responsesOfInput(String(item?.id))).toEqual(expected)
})

test.each(['msg_abc_0', 'msg_in_abc', 'msg', ''])('%s is the id of no input', (id) => {
  expect(responsesOfInput(id)).toEqual([])
})

test('a string is one user message', () => {
  expect(inputItems({ input: 'a' })).toEqual([user('a')])
  expect(inputItems({ input: [user('b'), 3] })).toEqual([user('b')])
  expect(inputItems({})).toEqual([])
})
