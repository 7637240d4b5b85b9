import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, Tool } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import { call, refused, rendered, result, sourced, tool, turn } from './render-test-parts.ts'
import { userTurn } from './test-parts.ts'

describe('tools', () => {
  test('66 without a schema take an object', () => {
    expect(rendered({ tools: [tool('now', { schema: undefined })] }).body.tools).toMatchObject([
      { name: 'now', input_schema: { type: 'object' } },
    ])
  })

  test('59 lifts a root oneOf, and says so', () => {
    const schema = {
      oneOf: [
        { type: 'object', properties: { a: {} } },
        { type: 'object', properties: { b: {} } },
      ],
    }
    const out = rendered({ tools: [tool('f', { schema })] })
    expect(out.body.tools).toMatchObject([{ input_schema: { type: 'object' } }])
    expect(writeJson(out.body.tools)).not.toContain('oneOf')
    expect(out.losses).toEqual(['/tools/f simplified'])
  })

  test('70 of free text are wrapped, and unwrapped by what is remembered of them', () => {
    const custom: Tool = { kind: 'custom', name: 'patch', pointer: '/tools/0', grammar: { definition: 'start: "x"' } }
    const out = rendered({ tools: [custom] })
    expect(out.body.tools).toMatchObject([{ name: 'patch', input_schema: { required: ['input'] } }])
    expect(writeJson(out.body.tools)).toContain('start:')
    expect([...out.tools]).toEqual([['patch', { name: 'patch', form: 'custom', wrapped: true }]])
    expect(out.losses).toEqual(['/tools/0 emulated'])
  })

  test('68, 69 get names that are taken, everywhere the same', () => {
    const turns = [userTurn('a'), turn('assistant', 1, call('c', 'a.b')), turn('user', 2, result('c'))]
    const choice = sourced({ kind: 'tool', name: 'a.b' } as const, '/tool_choice')
    const { body, tools } = rendered({ tools: [tool('a.b'), tool('a_b')], turns, toolChoice: choice })
    const [first, second] = (body.tools as JsonObject[]).map(({ name }) => name)
    expect([second, first === second]).toEqual(['a_b', false])
    expect(body).toMatchObject({ tool_choice: { name: first }, messages: [{}, { content: [{ name: first }] }, {}] })
    expect(tools.get(String(first))).toEqual({ name: 'a.b', form: 'function' })
  })

  const CHOICES: readonly [title: string, more: Partial<Conversation>, choice: JsonObject | undefined][] = [
    ['72 none, and stay', { toolChoice: sourced({ kind: 'none' }, '/c') }, { type: 'none' }],
    ['71, 158 any', { toolChoice: sourced({ kind: 'required' }, '/c') }, { type: 'any' }],
    ['74 one at a time', { parallelTools: sourced(false, '/p') }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      '74 none, which needs no order',
      { toolChoice: sourced({ kind: 'none' }, '/c'), parallelTools: sourced(false, '/p') },
      { type: 'none' },
    ],
    ['as it likes', {}, undefined],
  ]
  test.each(CHOICES)('are chosen: %s', (_, more, choice) => {
    const { body } = rendered({ tools: [tool('f')], ...more })
    expect([body.tool_choice, (body.tools as unknown[]).length]).toEqual([choice, 1])
  })

  test('73 a choice without tools is left out', () => {
    const out = rendered({ toolChoice: sourced({ kind: 'auto' }, '/c') })
    expect(['tools' in out.body, 'tool_choice' in out.body, out.losses]).toEqual([false, false, []])
  })

  test('some of which are allowed leave the others out', () => {
    const toolChoice = sourced({ kind: 'allowed', required: true, names: ['b'] } as const, '/c')
    const out = rendered({ tools: [tool('a'), tool('b')], toolChoice })
    expect(out.body).toMatchObject({ tools: [{ name: 'b' }], tool_choice: { type: 'any' } })
    expect(out.losses).toEqual(['/c emulated'])
  })

  test('72 called in the history and no longer declared are declared, and none of them may be called', () => {
    const turns = [userTurn('a'), turn('assistant', 1, call('c')), turn('user', 2, result('c'))]
    const out = rendered({ turns })
    expect(out.body).toMatchObject({ tools: [{ name: 'f' }], tool_choice: { type: 'none' } })
    expect(out.losses).toEqual(['/tools added'])
  })

  test('77 that a vendor runs are its own, or refused', () => {
    const search: Tool = { kind: 'hosted', hosted: 'web-search', name: 'web_search', usesMax: 2, pointer: '/tools/0' }
    expect(rendered({ tools: [search] }).body.tools).toEqual([
      { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
    ])
    expect(refused({ tools: [{ ...search, hosted: 'file-search' }] })).toBe('/tools/0')
  })
})
