import type { JsonObject } from '../../canon/codec.ts'
import type { CustomTool, FunctionTool, HostedTool, Sourced, Tool, ToolChoice } from '../../canon/conversation.ts'
import { isObject, objectOf } from '../json.ts'
import { CACHE_FIELDS, cacheOf } from './parse-cache.ts'
import { isAbsent, type Reader } from './reader.ts'

/** Every tool of the request: `tools`, legacy `functions`, and the web search that has a field of its own. */
export const parseTools = (reader: Reader, body: JsonObject): readonly Tool[] => {
  const tools = (reader.list(body.tools, '/tools') ?? []).map((value, index) =>
    parseTool(reader, value, `/tools/${index}`),
  )
  const functions = isAbsent(body.tools) ? (reader.list(body.functions, '/functions') ?? []) : []
  const legacy = functions.map((value, index) => {
    const pointer = `/functions/${index}`
    const declared = reader.object(value, pointer) ?? {}
    return functionTool(reader, declared, pointer, declared, pointer)
  })
  const search = parseWebSearch(reader, body.web_search_options)
  return [...tools, ...legacy, ...(search ? [search] : [])].filter((tool) => tool !== undefined)
}

const parseTool = (reader: Reader, value: unknown, pointer: string): Tool | undefined => {
  const tool = reader.object(value, pointer)
  if (!tool) return reader.wrong(pointer, 'an object', value)
  if (tool.type === 'custom') return customTool(reader, tool, pointer)
  if (tool.type === 'function' || (isAbsent(tool.type) && isObject(tool.function))) {
    reader.leaveOthers(tool, TOOL_FIELDS, pointer)
    const declared = reader.object(tool.function, `${pointer}/function`) ?? {}
    return functionTool(reader, declared, `${pointer}/function`, tool, pointer)
  }
  if (typeof tool.type !== 'string') return reader.wrong(`${pointer}/type`, '"function" or "custom"', tool.type)
  // A tool that only one vendor runs: `$web_search`, `web_search`, `code_interpreter`.
  return { kind: 'hosted', hosted: 'other', name: tool.type, pointer, native: { format: 'openai-chat', value: tool } }
}

const TOOL_FIELDS: ReadonlySet<string> = new Set(['type', 'function', 'custom', ...CACHE_FIELDS])
const FUNCTION_FIELDS: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict', ...CACHE_FIELDS])

const functionTool = (
  reader: Reader,
  declared: JsonObject,
  at: string,
  whole: JsonObject,
  pointer: string,
): FunctionTool => {
  reader.leaveOthers(declared, FUNCTION_FIELDS, at)
  const description = reader.text(declared.description, `${at}/description`)
  const strict = reader.flag(declared.strict, `${at}/strict`)
  return {
    kind: 'function',
    name: nameOf(reader, declared, at),
    ...(description !== undefined && { description }),
    schema: reader.object(declared.parameters, `${at}/parameters`),
    ...(strict !== undefined && { strict }),
    // Some proxies take the mark inside the function, and some beside it.
    ...(declared !== whole && cacheOf(reader, declared, at)),
    ...cacheOf(reader, whole, pointer),
    pointer,
    native: { format: 'openai-chat', value: whole },
  }
}

const customTool = (reader: Reader, tool: JsonObject, pointer: string): CustomTool => {
  const at = `${pointer}/custom`
  reader.leaveOthers(tool, TOOL_FIELDS, pointer)
  const declared = reader.object(tool.custom, at) ?? {}
  reader.leaveOthers(declared, new Set(['name', 'description', 'format']), at)
  const description = reader.text(declared.description, `${at}/description`)
  const grammar = parseGrammar(reader, declared.format, `${at}/format`)
  return {
    kind: 'custom',
    name: nameOf(reader, declared, at),
    ...(description !== undefined && { description }),
    ...(grammar && { grammar }),
    ...cacheOf(reader, tool, pointer),
    pointer,
    native: { format: 'openai-chat', value: tool },
  }
}

/** A grammar as Responses writes it, `{type, syntax, definition}`; Chat has it one level deeper. */
const parseGrammar = (reader: Reader, value: unknown, pointer: string): JsonObject | undefined => {
  const format = reader.object(value, pointer)
  if (format?.type !== 'grammar') return undefined
  return { type: 'grammar', ...reader.object(format.grammar, `${pointer}/grammar`) }
}

const nameOf = (reader: Reader, declared: JsonObject, at: string): string =>
  reader.text(declared.name, `${at}/name`) ?? reader.wrong(`${at}/name`, "the tool's name", declared.name) ?? ''

const parseWebSearch = (reader: Reader, value: unknown): HostedTool | undefined => {
  const pointer = '/web_search_options'
  const options = reader.object(value, pointer)
  if (!options) return undefined
  reader.leaveOthers(options, new Set(['user_location', 'search_context_size']), pointer)
  const contextSize = reader.text(options.search_context_size, `${pointer}/search_context_size`)
  const place = objectOf(reader.object(options.user_location, `${pointer}/user_location`)?.approximate)
  const userLocation = Object.fromEntries(
    Object.entries(place).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  return {
    kind: 'hosted',
    hosted: 'web-search',
    name: 'web_search',
    ...(Object.keys(userLocation).length > 0 && { userLocation }),
    ...(contextSize !== undefined && { contextSize }),
    pointer,
    native: { format: 'openai-chat', value: options },
  }
}

/** Reads `tool_choice`, or the legacy `function_call`. */
export const parseToolChoice = (reader: Reader, body: JsonObject): Sourced<ToolChoice> | undefined => {
  const [value, pointer] = isAbsent(body.tool_choice)
    ? [body.function_call, '/function_call']
    : [body.tool_choice, '/tool_choice']
  if (isAbsent(value)) return undefined
  const choice = typeof value === 'string' ? WORDS.get(value) : isObject(value) ? choiceOf(value) : undefined
  if (!choice) return reader.wrong(pointer, '"auto", "none", "required" or an object that names tools', value)
  return { value: choice, pointer }
}

const WORDS: ReadonlyMap<string, ToolChoice> = new Map([
  ['auto', { kind: 'auto' }],
  ['none', { kind: 'none' }],
  ['required', { kind: 'required' }],
  // Mistral's word for it.
  ['any', { kind: 'required' }],
])

const namedBy = (value: JsonObject): string | undefined => {
  const { name } = objectOf(value.function ?? value.custom ?? value)
  return typeof name === 'string' && name !== '' ? name : undefined
}

const choiceOf = (value: JsonObject): ToolChoice | undefined => {
  if (value.type !== 'allowed_tools') {
    const name = namedBy(value)
    return name === undefined ? undefined : { kind: 'tool', name }
  }
  const { mode, tools } = objectOf(value.allowed_tools)
  if (!Array.isArray(tools)) return undefined
  const names = tools.map((tool) => namedBy(objectOf(tool))).filter((name) => name !== undefined)
  return { kind: 'allowed', required: mode === 'required', names }
}
