import type { CustomTool, FunctionTool, HostedTool, Tool } from '../../canon/conversation.ts'
import { below } from '../shared/pointers.ts'
import { type Members, membersOf, type Reading } from './reading.ts'
import { isTypedName, TYPED_TOOLS, type TypedName } from './typed-tools.ts'

const FORMAT = 'openai-responses'

/** Reads declared tools; those of a namespace stand beside the others, and know their namespace. */
export const parseTools = (tools: readonly unknown[], pointer: string, reading: Reading): readonly Tool[] =>
  tools.flatMap((value, index) => {
    const tool = membersOf(value, below(pointer, index), reading)
    return tool ? parseTool(tool, reading) : []
  })

const parseTool = (tool: Members, reading: Reading): readonly Tool[] => {
  const type = tool.text('type')
  if (type === undefined) return reading.fail(tool.at('type'), 'the type of a tool') ?? []
  if (type === 'namespace') return parseNamespace(tool, reading)
  if (type === 'function' || type === 'custom') return parseNamed(tool, type, undefined, reading)
  if (type === 'tool_search') return parseToolSearch(tool, reading)
  return isTypedName(type) && runsLocally(tool) ? [parseTyped(tool, type)] : [parseHosted(tool, type, reading)]
}

/** A shell without an environment is the client's own, as all were before there were containers. */
const runsLocally = ({ value }: Members): boolean => {
  const environment = value.environment as { readonly type?: unknown } | null | undefined
  return environment === undefined || environment === null || environment.type === 'local'
}

/**
 * A search among tools that are declared but not loaded: elsewhere all are loaded, and there is nothing to search for. A
 * search that the client runs finds tools that are declared nowhere.
 */
const parseToolSearch = (tool: Members, reading: Reading): readonly Tool[] => {
  if (tool.value.execution === 'client') return [parseHosted(tool, 'tool_search', reading)]
  reading.leave(tool.pointer, 'drop')
  return []
}

const parseNamespace = (namespace: Members, reading: Reading): readonly Tool[] => {
  const name = namespace.text('name') ?? reading.fail(namespace.at('name'), 'the name of the namespace') ?? ''
  namespace.any('type')
  const tools = namespace.list('tools') ?? []
  namespace.rest()
  return tools.flatMap((value, index) => {
    const tool = membersOf(value, below(namespace.at('tools'), index), reading)
    const type = tool?.text('type')
    if (!tool) return []
    if (type === 'function' || type === 'custom') return parseNamed(tool, type, name, reading)
    return reading.fail(tool.at('type'), 'one of function, custom') ?? []
  })
}

const parseNamed = (
  tool: Members,
  kind: 'function' | 'custom',
  namespace: string | undefined,
  reading: Reading,
): readonly Tool[] => {
  const name = tool.text('name')
  if (name === undefined) return reading.fail(tool.at('name'), 'the name of the tool') ?? []
  const description = tool.text('description')
  const head = {
    name,
    pointer: tool.pointer,
    native: { format: FORMAT, value: tool.value },
    ...(description !== undefined && { description }),
    ...(namespace !== undefined && { namespace }),
  } as const
  return [kind === 'function' ? parseFunction(tool, head) : parseCustom(tool, head)]
}

type Head = Omit<CustomTool, 'kind' | 'grammar'>

/** Members that say nothing new: a tool that is loaded at once and called by the model is what every format has. */
const isUsual = (name: string, value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (name === 'defer_loading' && value === false) ||
  (name === 'allowed_callers' && Array.isArray(value) && value.join() === 'direct')

const FUNCTION_MEMBERS = ['type', 'name', 'description', 'parameters', 'strict']

const parseFunction = (tool: Members, head: Head): FunctionTool => {
  const schema = tool.object('parameters')?.value
  const strict = tool.flag('strict')
  const unmapped = Object.keys(tool.value).filter(
    (name) => !FUNCTION_MEMBERS.includes(name) && !isUsual(name, tool.value[name]),
  )
  return {
    kind: 'function',
    ...head,
    schema,
    ...(strict !== undefined && { strict }),
    ...(unmapped.length > 0 && { unmapped }),
  }
}

const parseCustom = (tool: Members, head: Head): CustomTool => {
  const format = tool.object('format')
  for (const name of ['defer_loading', 'allowed_callers']) if (isUsual(name, tool.value[name])) tool.any(name)
  tool.rest()
  return { kind: 'custom', ...head, ...(format?.value.type === 'grammar' && { grammar: format.value }) }
}

/** A tool the client runs: any other model is told of it as a function. */
const parseTyped = (tool: Members, type: TypedName): FunctionTool => {
  const { description, schema } = TYPED_TOOLS[type]
  const unmapped = Object.keys(tool.value).filter((name) => name !== 'type' && !isUsual(name, tool.value[name]))
  const more = unmapped.filter((name) => name !== 'environment')
  return {
    kind: 'function',
    name: type,
    description,
    schema,
    strict: false,
    typed: type,
    pointer: tool.pointer,
    native: { format: FORMAT, value: tool.value },
    ...(more.length > 0 && { unmapped: more }),
  }
}

const HOSTED: readonly (readonly [prefix: string, hosted: HostedTool['hosted']])[] = [
  ['web_search', 'web-search'],
  ['code_interpreter', 'code-execution'],
  ['file_search', 'file-search'],
  ['image_generation', 'image-generation'],
  ['mcp', 'mcp'],
]

const parseHosted = (tool: Members, type: string, reading: Reading): HostedTool => {
  const hosted = HOSTED.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'other'
  const web = hosted === 'web-search' ? parseWebSearch(tool) : {}
  if (hosted === 'code-execution') leaveContainer(tool, reading)
  // The others are refused as a whole, or written back as they came.
  if (hosted === 'web-search' || hosted === 'code-execution') tool.rest()
  return {
    kind: 'hosted',
    name: type,
    hosted,
    ...web,
    pointer: tool.pointer,
    native: { format: FORMAT, value: tool.value },
  }
}

const parseWebSearch = (tool: Members): Pick<HostedTool, 'allowedDomains' | 'userLocation' | 'contextSize'> => {
  const contextSize = tool.text('search_context_size')
  tool.leave(tool.value.external_web_access === true ? 'ignore' : 'drop', 'external_web_access')
  const filters = tool.object('filters')
  const domains = filters?.list('allowed_domains')?.filter((domain) => typeof domain === 'string')
  filters?.rest()
  const place = Object.entries(tool.object('user_location')?.value ?? {}).filter(
    (entry): entry is [string, string] => entry[0] !== 'type' && typeof entry[1] === 'string',
  )
  return {
    ...(domains && domains.length > 0 && { allowedDomains: domains }),
    ...(place.length > 0 && { userLocation: Object.fromEntries(place) }),
    ...(contextSize !== undefined && { contextSize }),
  }
}

/** A container of its own is what every vendor gives; one that exists holds what the code works on. */
const leaveContainer = (tool: Members, reading: Reading): void => {
  const container = tool.any('container')
  const isFresh = typeof container === 'object' && container !== null && !('file_ids' in container)
  if (!isFresh && container !== undefined) reading.leave(tool.at('container'), 'refuse')
}

/** Tools that an item of the input adds join those of the request, which win. */
export const mergeTools = (own: readonly Tool[], added: readonly Tool[]): readonly Tool[] => {
  const keyOf = ({ name, namespace }: Tool): string => JSON.stringify([namespace ?? '', name])
  const known = new Set(own.map(keyOf))
  const more = added.filter((tool) => {
    const isNew = !known.has(keyOf(tool))
    known.add(keyOf(tool))
    return isNew
  })
  return more.length === 0 ? own : [...own, ...more]
}
