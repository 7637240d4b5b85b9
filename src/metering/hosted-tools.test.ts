import { expect, test } from 'bun:test'
import type { WireFormat } from '../canon/operation.ts'
import { scanObject } from '../canon/scan-object.ts'
import { bringsInput, type ToolKind, toolKinds } from './hosted-tools.ts'

const kindsIn = (format: WireFormat, members: string): readonly ToolKind[] => {
  // In the middle of a larger buffer, as a body read from a connection is.
  const body = new TextEncoder().encode(`xx{"model":"m",${members},"messages":[]}`).subarray(2)
  const scan = scanObject(body, { depthMax: 20 })
  if (!scan.ok) throw new Error(scan.error.message)
  return [...toolKinds(scan.value, format)]
}
const toolsOf = (format: WireFormat, ...tools: readonly string[]) => kindsIn(format, `"tools":[${tools.join()}]`)

const typed: readonly (readonly [WireFormat, ToolKind, readonly string[]])[] = [
  [
    'openai-responses',
    'own',
    ['function', 'custom', 'namespace', 'local_shell', 'shell', 'apply_patch', 'computer_use_preview', 'tool_search'],
  ],
  ['openai-responses', 'search', ['web_search', 'web_search_preview_2025_03_11', 'x_search']],
  ['openai-responses', 'image', ['image_generation']],
  ['openai-responses', 'files', ['file_search']],
  ['openai-responses', 'code', ['code_interpreter']],
  ['openai-responses', 'reads', ['mcp', 'programmatic_tool_calling', 'functions', 'of_tomorrow']],
  ['openai-chat', 'own', ['function', 'custom', 'builtin_function']],
  ['openai-chat', 'search', ['web_search', 'web_search_preview']],
  ['openai-chat', 'reads', ['code_interpreter', 'mcp', 'of_tomorrow']],
  [
    'anthropic-messages',
    'own',
    [
      'custom',
      'bash_20250124',
      'text_editor_20250728',
      'computer_20251124',
      'memory_20250818',
      'tool_search_tool_bm25_20251119',
    ],
  ],
  ['anthropic-messages', 'search', ['web_search_20250305', 'web_search_20260318']],
  [
    'anthropic-messages',
    'reads',
    ['web_fetch_20250910', 'code_execution_20250825', 'mcp_toolset', 'advisor_20260301', 'of_tomorrow_20300101'],
  ],
]
test.each(typed.flatMap(([format, kind, types]) => types.map((type) => [format, type, kind] as const)))(
  '%s: a tool of type %s is one that `%s`',
  (format, type, kind) => {
    expect(toolsOf(format, `{"type":"${type}","name":"a"}`)).toEqual([kind])
  },
)

const named: readonly (readonly [string, ToolKind])[] = [
  ['functionDeclarations', 'own'],
  ['function_declarations', 'own'],
  ['computerUse', 'own'],
  ['googleSearch', 'search'],
  ['google_search_retrieval', 'search'],
  ['enterpriseWebSearch', 'search'],
  ['googleMaps', 'search'],
  ['urlContext', 'reads'],
  ['url_context', 'reads'],
  ['fileSearch', 'reads'],
  ['codeExecution', 'reads'],
  ['mcpServers', 'reads'],
  ['ofTomorrow', 'reads'],
  ['retrieval', 'unpriced'],
]
test.each(named)('gemini: a tool `%s` is one that `%s`', (name, kind) => {
  expect(toolsOf('gemini', `{"${name}" : {}}`)).toEqual([kind])
})

test('a tool is known by any way of writing it, and among others', () => {
  expect(toolsOf('anthropic-messages', '{"name":"a","t\\u0079pe" : "web_f\\u0065tch_20260209"}')).toEqual(['reads'])
  expect(toolsOf('gemini', '{"url\\u0043ontext":{}}')).toEqual(['reads'])
  expect(toolsOf('gemini', '{"functionDeclarations":[{"name":"f"}],"googleSearch":{}}')).toEqual(['own', 'search'])
  expect(toolsOf('openai-responses', '{"type":"function"}', '{"type":"mcp"}')).toEqual(['own', 'reads'])
  expect(toolsOf('openai-responses', '{"type":"mcp","type":"function"}')).toEqual(['reads', 'own'])
})

test.each([
  ['anthropic-messages', '{"name":"web_fetch","input_schema":{"type":"object","properties":{"type":{"type":"mcp"}}}}'],
  ['openai-chat', '{"function":{"type":"mcp","name":"web_fetch"}}'],
  ['gemini', '{"functionDeclarations":[{"name":"urlContext","parameters":{"urlContext":{}}}]}'],
] as const)('%s: what a client calls its own functions says nothing: %s', (format, tool) => {
  expect(toolsOf(format, tool).filter((kind) => kind !== 'own')).toEqual([])
})

test('a shell with an environment may be a container of the vendor’s', () => {
  expect(toolsOf('openai-responses', '{"type":"shell"}')).toEqual(['own'])
  expect(toolsOf('openai-responses', '{"type":"shell","environment":{"type":"container_auto"}}')).toContain('code')
})

test('more types than anybody declares count as unknown ones', () => {
  const tools = Array.from({ length: 500 }, (_, index) => `{"type":"bash_${index}"}`)
  expect(toolsOf('anthropic-messages', ...tools.slice(0, 60))).toEqual(['own'])
  expect(toolsOf('anthropic-messages', ...tools)).toEqual(['own', 'reads'])
  expect(toolsOf('anthropic-messages', `{"type":"bash_${'x'.repeat(1_000)}"}`)).toEqual(['reads'])
})

test.each([
  ['anthropic-messages', '"mcp_servers":[{"type":"url","url":"https://a.test","name":"a"}]', ['reads']],
  ['anthropic-messages', '"mcp_servers":[]', []],
  ['openai-chat', '"plugins":[{"id":"web"}]', ['reads']],
  ['openai-chat', '"data_sources":null', []],
  ['openai-chat', '"web_search_options":{"search_context_size":"low"}', ['search']],
  ['openai-responses', '"mcp_servers":[{}]', []],
] as const)('%s: %s beside the tools is seen', (format, members, kinds) => {
  expect(kindsIn(format, members)).toEqual([...kinds])
})

test.each([
  ['own', false],
  ['search', false],
  ['image', false],
  ['files', true],
  ['code', true],
  ['reads', true],
] as const)('a tool that `%s` brings input of unknown size: %p', (kind, brings) => {
  expect(bringsInput(new Set([kind]))).toBe(brings)
})
