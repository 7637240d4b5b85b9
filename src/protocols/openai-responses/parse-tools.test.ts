import { describe, expect, test } from 'bun:test'

import type { JsonObject } from '../../canon/codec.ts'
import { read, tools } from './test-parse.ts'

describe('tools', () => {
  test('61 a function says of strictness what it said', () => {
    const f = { type: 'function', name: 'f', parameters: { type: 'object' } }
    expect(tools(f, { ...f, name: 'g', strict: true }, { ...f, name: 'h', strict: null })).toMatchObject([
      { kind: 'function', name: 'f', schema: { type: 'object' }, pointer: '/tools/0' },
      { name: 'g', strict: true },
      { name: 'h' },
    ])
    expect(tools(f)[0]).not.toHaveProperty('strict')
  })

  test('fields that others have no word for are named, usual ones are not', () => {
    const f = { type: 'function', name: 'f', parameters: {}, defer_loading: true, allowed_callers: ['direct'] }
    expect(tools(f)).toMatchObject([{ unmapped: ['defer_loading'] }])
  })

  test('68 tools of a namespace stand beside the others and know it', () => {
    const inner = { type: 'function', name: 'get', parameters: {} }
    expect(tools({ type: 'namespace', name: 'crm', description: 'x', tools: [inner] })).toMatchObject([
      { name: 'get', namespace: 'crm', pointer: '/tools/0/tools/0' },
    ])
  })

  test('70 a custom tool keeps its grammar', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' }
    expect(tools({ type: 'custom', name: 'p', format })).toMatchObject([{ kind: 'custom', name: 'p', grammar: format }])
  })

  for (const type of ['local_shell', 'shell', 'apply_patch'])
    test(`${type} is a function that the client runs`, () => {
      const [tool] = tools({ type })
      expect(tool).toMatchObject({ kind: 'function', name: type, typed: type, schema: { type: 'object' } })
    })

  const hosted: readonly (readonly [tool: JsonObject, expected: JsonObject])[] = [
    [
      {
        type: 'web_search',
        filters: { allowed_domains: ['a.test'] },
        user_location: { type: 'approximate', city: 'Bonn' },
      },
      { hosted: 'web-search', allowedDomains: ['a.test'], userLocation: { city: 'Bonn' } },
    ],
    [{ type: 'web_search_preview' }, { hosted: 'web-search' }],
    [{ type: 'code_interpreter', container: { type: 'auto' } }, { hosted: 'code-execution' }],
    [{ type: 'file_search', vector_store_ids: ['v'] }, { hosted: 'file-search' }],
    [{ type: 'image_generation' }, { hosted: 'image-generation' }],
    [{ type: 'mcp', server_label: 'x' }, { hosted: 'mcp' }],
    [{ type: 'computer' }, { hosted: 'other' }],
    [
      { type: 'shell', environment: { type: 'container_auto' } },
      { hosted: 'other', name: 'shell' },
    ],
    [{ type: 'tool_search', execution: 'client' }, { hosted: 'other' }],
    [{ type: 'programmatic_tool_calling' }, { hosted: 'other' }],
  ]
  for (const [tool, expected] of hosted)
    test(`77 ${JSON.stringify(tool)} is run by its vendor`, () =>
      expect(tools(tool)).toMatchObject([{ kind: 'hosted', ...expected }]))

  test('a search among tools is left out: they are all loaded', () => {
    const { tools: all, unmapped } = read({ tools: [{ type: 'tool_search' }] })
    expect(all).toEqual([])
    expect(unmapped).toEqual([{ pointer: '/tools/0', effect: 'drop' }])
  })

  const choices: readonly (readonly [choice: unknown, expected: JsonObject | undefined])[] = [
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    [
      { type: 'function', name: 'f' },
      { kind: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', name: 'f' },
      { kind: 'tool', name: 'f' },
    ],
    [{ type: 'shell' }, { kind: 'tool', name: 'shell' }],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { kind: 'allowed', required: true, names: ['f'] },
    ],
    [{ type: 'file_search' }, undefined],
    [{ type: 'mcp', server_label: 'x' }, undefined],
    [{ type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 'x' }] }, undefined],
  ]
  for (const [tool_choice, expected] of choices)
    test(`a choice of ${JSON.stringify(tool_choice)} is ${JSON.stringify(expected) ?? 'refused elsewhere'}`, () => {
      const { toolChoice, unmapped } = read({ tool_choice })
      expect(toolChoice?.value).toEqual(expected as never)
      expect(unmapped.map(({ effect }) => effect)).toEqual(expected ? [] : ['refuse'])
    })
})
