import { describe, expect, test } from 'bun:test'
import type { Conversation, Tool, ToolChoice } from '../../canon/conversation.ts'
import { conversation, HI, PROFILE, refusal, render } from './test-render.ts'

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
