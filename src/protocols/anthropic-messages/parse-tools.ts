import type { Conversation, HostedTool, Tool, ToolChoice } from '../../canon/conversation.ts'
import type { CacheMark } from '../../canon/blocks.ts'
import { below } from '../shared/pointers.ts'
import { type Fields, fieldsOf, type Reading } from './fields.ts'
import { hostedKind, TYPED_TOOLS } from './typed-tools.ts'

/** Reads the declared tools. Tools that only search among the others are left out: the others are all sent. */
export const parseTools = (body: Fields, reading: Reading): readonly Tool[] =>
  (body.list('tools') ?? []).flatMap((value, index) => {
    const tool = fieldsOf(value, below('/tools', index), reading)
    return tool ? (parseTool(tool, reading) ?? []) : []
  })

const parseTool = (tool: Fields, reading: Reading): Tool | undefined => {
  const type = tool.text('type')
  if (type === undefined || type === 'custom') return parseFunction(tool, reading)
  if (type.startsWith('tool_search_tool_')) {
    reading.leave(tool.pointer, 'drop')
    return undefined
  }
  return TYPED_TOOLS[type] ? parseTyped(tool, type, reading) : parseHosted(tool, type)
}

/** What every kind of tool has. */
const head = (tool: Fields) => {
  const [description, cache] = [tool.text('description'), parseCacheMark(tool)]
  return {
    pointer: tool.pointer,
    native: { format: 'anthropic-messages' as const, value: tool.value },
    ...(description !== undefined && { description }),
    ...(cache && { cache }),
  }
}

/** Members of a declaration that were not asked for. Those that change nothing elsewhere are not counted. */
const unread = (tool: Fields, read: readonly string[]): readonly string[] =>
  Object.keys(tool.value).filter(
    (name) => !read.includes(name) && tool.value[name] != null && tool.value[name] !== false,
  )

const FUNCTION_FIELDS = ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']

const parseFunction = (tool: Fields, reading: Reading): Tool | undefined => {
  const name = tool.text('name')
  if (name === undefined) return reading.fail(tool.at('name'), 'the name of the tool')
  tool.object('input_schema')
  const strict = tool.flag('strict')
  // "Everybody may call it" is what every other format means anyway.
  const unmapped = unread(tool, FUNCTION_FIELDS).filter((field) => !isDirectOnly(field, tool.value[field]))
  return {
    kind: 'function',
    ...head(tool),
    name,
    schema: tool.any('input_schema'),
    ...(strict !== undefined && { strict }),
    ...(unmapped.length > 0 && { unmapped }),
  }
}

const isDirectOnly = (field: string, value: unknown): boolean =>
  field === 'allowed_callers' && Array.isArray(value) && value.length === 1 && value[0] === 'direct'

const parseTyped = (tool: Fields, type: string, reading: Reading): Tool | undefined => {
  const known = TYPED_TOOLS[type]
  const name = tool.text('name')
  if (!known || name === undefined) return reading.fail(tool.at('name'), 'the name of the tool')
  const told = (known.told ?? []).flatMap((field) => {
    const value = tool.number(field)
    return value === undefined ? [] : [`${field}: ${value}.`]
  })
  const unmapped = unread(tool, ['type', 'name', 'cache_control', ...(known.told ?? [])])
  return {
    kind: 'function',
    ...head(tool),
    name,
    description: [known.description, ...told].join(' '),
    schema: known.schema,
    typed: type,
    ...(unmapped.length > 0 && { unmapped }),
  }
}

const parseHosted = (tool: Fields, type: string): HostedTool => {
  const allowedDomains = tool.list('allowed_domains')?.filter((domain) => typeof domain === 'string')
  const usesMax = tool.count('max_uses')
  const place = Object.entries(tool.object('user_location')?.value ?? {})
  const userLocation = place.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const hosted: HostedTool = {
    kind: 'hosted',
    ...head(tool),
    name: tool.text('name') ?? tool.text('mcp_server_name') ?? type,
    hosted: hostedKind(type),
    ...(allowedDomains && { allowedDomains }),
    ...(usesMax !== undefined && { usesMax }),
    ...(userLocation.length > 0 && {
      userLocation: Object.fromEntries(userLocation.filter(([name]) => name !== 'type')),
    }),
  }
  tool.rest()
  return hosted
}

/** `cache_control` of a block, a tool or the whole request. */
export const parseCacheMark = (holder: Fields): CacheMark | undefined => {
  const mark = holder.object('cache_control')
  if (!mark) return undefined
  const [type, ttl] = [mark.text('type'), mark.text('ttl')]
  // Of another type, or with members that nobody else knows, it is still a mark; what it says more is left out.
  if (type !== undefined && type !== 'ephemeral') mark.leave('drop', 'type')
  if (ttl !== undefined && ttl !== '5m' && ttl !== '1h') mark.leave('drop', 'ttl')
  mark.rest()
  return { ttl: ttl === '5m' || ttl === '1h' ? ttl : undefined }
}

export const parseToolChoice = (body: Fields, reading: Reading): Pick<Conversation, 'toolChoice' | 'parallelTools'> => {
  const choice = body.object('tool_choice')
  if (!choice) return {}
  const value = readChoice(choice, reading)
  const serial = choice.flag('disable_parallel_tool_use') === true
  choice.rest()
  return {
    ...(value && { toolChoice: { value, pointer: choice.pointer } }),
    ...(serial && { parallelTools: { value: false, pointer: choice.at('disable_parallel_tool_use') } }),
  }
}

const readChoice = (choice: Fields, reading: Reading): ToolChoice | undefined => {
  const type = choice.text('type')
  if (type === 'auto' || type === 'none') return { kind: type }
  if (type === 'any') return { kind: 'required' }
  if (type !== 'tool') return reading.fail(choice.at('type'), 'one of auto, any, tool, none')
  const name = choice.text('name')
  return name === undefined ? reading.fail(choice.at('name'), 'the name of a tool') : { kind: 'tool', name }
}
