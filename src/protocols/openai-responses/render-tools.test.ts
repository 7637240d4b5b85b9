import { describe, expect, test } from 'bun:test'

import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, Tool } from '../../canon/conversation.ts'
import type { Profile } from '../../canon/profile.ts'
import { toolsOf, render, rendered, turn, call, result, losses } from './test-render.ts'

const F: Tool = { kind: 'function', name: 'f', schema: { type: 'object', properties: {} }, pointer: '/tools/0' }
const sentTools = (tools: readonly Tool[], profile: Partial<Profile> = {}) => {
  const value = rendered({ tools }, profile)
  return { tools: value.body.tools, losses: losses(value), identities: [...value.tools] }
}

describe('tools', () => {
  test('61 strictness that was not wished for is denied', () => {
    expect(sentTools([F])).toEqual({
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }],
      losses: [],
      identities: [],
    })
  })

  const closed = { type: 'object', properties: {}, required: [], additionalProperties: false }
  test('62 strictness is passed on only for a schema that takes it', () => {
    expect(sentTools([{ ...F, strict: true, schema: closed }] as readonly Tool[])).toMatchObject({
      tools: [{ strict: true }],
      losses: [],
    })
    const open = { type: 'object', properties: { a: { type: 'string' } } }
    expect(sentTools([{ ...F, strict: true, schema: open }] as readonly Tool[])).toMatchObject({
      tools: [{ strict: false }],
      losses: ['/tools/0/strict unsupported'],
    })
  })

  test('66 a tool without parameters takes an object of nothing', () => {
    expect(sentTools([{ ...F, schema: undefined }] as readonly Tool[])).toMatchObject({
      tools: [{ parameters: { type: 'object', properties: {} } }],
    })
  })

  test('59 alternatives at the root are lifted', () => {
    const oneOf = [{ properties: { a: {} } }, { properties: { b: {} } }]
    const value = sentTools([{ ...F, schema: { oneOf } }] as readonly Tool[])
    expect(value).toMatchObject({ tools: [{ parameters: { type: 'object' } }], losses: ['/tools/0 simplified'] })
    expect(JSON.stringify(value.tools)).not.toContain('oneOf')
  })

  test('68 a name that does not fit is changed everywhere, and can be changed back', () => {
    const value = rendered({
      tools: [{ ...F, name: 'a.b' }],
      toolChoice: { value: { kind: 'tool', name: 'a.b' }, pointer: '/tc' },
      turns: [turn('assistant', [call({ name: 'a.b' })]), turn('user', [result()])],
    })
    const [[sent]] = [...value.tools] as [[string, unknown]]
    expect(sent).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(value.tools.get(sent)).toEqual({ name: 'a.b', form: 'function' })
    expect(value.body).toMatchObject({
      input: [{ name: sent }, {}],
      tools: [{ name: sent }],
      tool_choice: { type: 'function', name: sent },
    })
    expect(losses(value)).toEqual(['/tools/0/name renamed'])
  })

  test('a typed tool of another vendor is a function, and is known by its sent name', () => {
    const value = rendered({ tools: [{ ...F, name: 'bash', typed: 'bash_20250124' }] as readonly Tool[] })
    expect(value.tools.get('bash')).toEqual({ name: 'bash', form: 'function', typed: 'bash_20250124' })
  })

  const hosted = (kind: string, more: JsonObject = {}): Tool =>
    ({ kind: 'hosted', name: kind, hosted: kind, pointer: '/tools/0', ...more }) as Tool
  test('77 a search of the web is searched here as well', () => {
    const search = hosted('web-search', { allowedDomains: ['a.test'], userLocation: { city: 'Bonn' }, usesMax: 3 })
    expect(sentTools([search])).toMatchObject({
      tools: [
        {
          type: 'web_search',
          filters: { allowed_domains: ['a.test'] },
          user_location: { type: 'approximate', city: 'Bonn' },
        },
      ],
      losses: ['/tools/0 unsupported'],
    })
  })

  for (const kind of ['web-fetch', 'file-search', 'image-generation', 'mcp', 'other'])
    test(`77 ${kind} is refused`, () => expect(render({ tools: [hosted(kind)] }).ok).toBe(false))

  const choose = (value: NonNullable<Conversation['toolChoice']>['value'], profile: Partial<Profile> = {}) =>
    rendered({ tools: [F], toolChoice: { value, pointer: '/tc' } }, profile).body.tool_choice
  test('71 72 158 choices are those of Responses', () => {
    expect(choose({ kind: 'required' })).toBe('required')
    expect(choose({ kind: 'none' })).toBe('none')
    expect(choose({ kind: 'tool', name: 'f' })).toEqual({ type: 'function', name: 'f' })
    expect(choose({ kind: 'allowed', required: true, names: ['f'] })).toEqual({
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'f' }],
    })
    expect(choose({ kind: 'required' }, toolsOf({ choice: 'auto' }))).toBe('auto')
  })

  test('73 without tools there is no choice, 74 and a wish for one call at a time is passed on', () => {
    const bare = rendered({ toolChoice: { value: { kind: 'auto' }, pointer: '/tc' } }).body
    expect(bare).not.toHaveProperty('tool_choice')
    expect(bare).not.toHaveProperty('tools')
    const serial = { parallelTools: { value: false, pointer: '/p' }, tools: [F] }
    expect(rendered(serial).body.parallel_tool_calls).toBe(false)
    expect(losses(rendered(serial, toolsOf({ parallelFlag: false })))).toEqual(['/p unsupported'])
  })
})
