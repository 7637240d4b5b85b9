import type { JsonObject, ToolIdentity } from '../../canon/codec.ts'
import type { Conversation, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { isObject } from '../json.ts'
import { FREE_TEXT, freeTextDescription } from '../shared/free-text.ts'
import { declareLimits, isDispensable } from '../shared/hosted-tools.ts'
import { declareParallel } from '../shared/parallel-calls.ts'
import { toolField } from '../shared/pointers.ts'
import { isStrictSubset, objectRoot } from '../shared/schema.ts'
import { type SentNames, sentNames } from '../shared/tool-names.ts'
import { isAbsent } from './reader.ts'
import type { Marks } from './render-cache.ts'

export interface RenderedTools {
  readonly fields: JsonObject
  readonly identities: ReadonlyMap<string, ToolIdentity>
}

/** The names that tools are sent under. */
export const namesOf = (tools: readonly Tool[], { tools: rules }: Profile): SentNames =>
  sentNames(
    tools.filter(({ kind }) => kind !== 'hosted'),
    { lengthMax: rules.nameLengthMax, allowsDots: rules.nameAllowsDots },
  )

/** Writes the tools, the choice among them and the parallel flag; a choice or a flag without tools is refused upstream. */
export const renderTools = (
  conversation: Conversation,
  profile: Profile,
  names: SentNames,
  marks: Marks,
  losses: Losses,
): RenderedTools => {
  const identities = new Map<string, ToolIdentity>()
  const search: JsonObject[] = []
  const tools: { readonly tool: Tool; readonly value: JsonObject }[] = []
  for (const tool of conversation.tools) {
    if (tool.kind === 'hosted') search.push(...renderHosted(tool, conversation, profile, losses))
    else tools.push({ tool, value: { ...renderTool(tool, profile, names, losses), ...marks.get(tool) } })
    identify(tool, profile, names, identities)
  }
  if (tools.length > 0 && !profile.tools.functions)
    losses.refuse(conversation.tools[0]?.pointer, 'This model takes no tools. Leave them out, or choose another model.')
  const allowed = allowedTools(conversation, profile, losses)
  const kept = tools.filter(({ tool }) => !allowed || allowed.has(tool.name)).map(({ value }) => value)
  return {
    fields: {
      ...(kept.length > 0 && { tools: kept }),
      ...(kept.length > 0 && renderChoice(conversation, profile, names, losses)),
      ...(kept.length > 0 && renderParallel(conversation, profile, losses)),
      ...(search[0] && { web_search_options: search[0] }),
    },
    identities,
  }
}

const identify = (tool: Tool, profile: Profile, names: SentNames, identities: Map<string, ToolIdentity>): void => {
  if (tool.kind === 'hosted') return
  const sent = names.sent(tool.name, tool.namespace)
  const typed = tool.kind === 'function' ? tool.typed : undefined
  const isPlain = sent === tool.name && !tool.namespace && tool.kind === 'function' && typed === undefined
  if (isPlain) return
  identities.set(sent, {
    name: tool.name,
    form: tool.kind,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
    ...(typed !== undefined && { typed }),
    ...(tool.kind === 'custom' && !profile.tools.custom && { wrapped: true }),
  })
}

const renderTool = (
  tool: FunctionTool | CustomTool,
  profile: Profile,
  names: SentNames,
  losses: Losses,
): JsonObject => {
  const name = names.sent(tool.name, tool.namespace)
  if (names.renamed.has(name)) losses.declare(toolField(tool, 'name'), 'renamed')
  const described = { name, ...(tool.description !== undefined && { description: tool.description }) }
  if (tool.kind === 'function') return renderFunction(tool, described, profile, losses)
  if (profile.tools.custom) {
    const format = grammarOf(tool.grammar)
    return { type: 'custom', custom: { ...described, ...(format && { format }) } }
  }
  losses.declare(tool.pointer, 'emulated')
  return { type: 'function', function: { ...described, ...freeTextDescription(tool), parameters: FREE_TEXT } }
}

/** Chat has a grammar one level deeper than Responses. */
const grammarOf = (grammar: unknown): JsonObject | undefined => {
  if (!isObject(grammar)) return undefined
  const { type, ...rest } = grammar
  if (type !== 'grammar') return { ...grammar }
  return { type: 'grammar', grammar: isObject(rest.grammar) ? rest.grammar : rest }
}

const renderFunction = (tool: FunctionTool, described: JsonObject, profile: Profile, losses: Losses): JsonObject => {
  if (tool.typed !== undefined) losses.declare(tool.pointer, 'emulated')
  for (const field of tool.unmapped ?? []) losses.declare(`${tool.pointer}/${field}`, 'unsupported')
  const { schema, changed } = isAbsent(tool.schema)
    ? { schema: { type: 'object', properties: {} }, changed: false }
    : objectRoot(tool.schema)
  if (changed) losses.declare(tool.pointer, 'simplified')
  const strict = tool.strict === true && profile.tools.strict && isStrictSubset(schema)
  if (tool.strict === true && !strict) losses.declare(toolField(tool, 'strict'), 'unsupported')
  return { type: 'function', function: { ...described, parameters: schema, ...(strict && { strict }) } }
}

const renderHosted = (
  tool: HostedTool,
  conversation: Conversation,
  profile: Profile,
  losses: Losses,
): readonly JsonObject[] => {
  if (!profile.webSearch && isDispensable(tool, conversation)) {
    losses.declare(tool.pointer, 'unsupported')
    return []
  }
  if (tool.hosted !== 'web-search' || !profile.webSearch) {
    const message = `This model cannot run the tool \`${tool.name}\`. Leave it out, or choose a model whose vendor runs it.`
    losses.refuse(tool.pointer, message)
    return []
  }
  declareLimits(tool, ['userLocation', 'contextSize'], losses)
  const { userLocation: approximate, contextSize } = tool
  return [
    {
      ...(contextSize !== undefined && { search_context_size: contextSize }),
      ...(approximate && { user_location: { type: 'approximate', approximate } }),
    },
  ]
}

/** Which of the tools are sent, where a choice among some can only be told by leaving out the others. */
const allowedTools = (
  { toolChoice }: Conversation,
  profile: Profile,
  losses: Losses,
): ReadonlySet<string> | undefined => {
  if (toolChoice?.value.kind !== 'allowed' || knowsAllowed(profile)) return undefined
  losses.declare(toolChoice.pointer, 'approximated')
  return new Set(toolChoice.value.names)
}

/** Servers that know free-text tools are those that follow OpenAI closely enough to know `allowed_tools`. */
const knowsAllowed = ({ tools }: Profile): boolean => tools.custom

const renderChoice = (
  { tools, toolChoice }: Conversation,
  profile: Profile,
  names: SentNames,
  losses: Losses,
): JsonObject => {
  if (!toolChoice) return {}
  const choice = toolChoice.value
  const isForced =
    choice.kind === 'required' || choice.kind === 'tool' || (choice.kind === 'allowed' && choice.required)
  if (isForced && profile.tools.choice === 'auto') {
    losses.declare(toolChoice.pointer, 'approximated')
    return { tool_choice: 'auto' }
  }
  return { tool_choice: choiceOf(choice, tools, profile, names) }
}

const choiceOf = (choice: ToolChoice, tools: readonly Tool[], profile: Profile, names: SentNames): unknown => {
  const named = (name: string, namespace?: string): JsonObject => {
    const tool = tools.find((one) => one.name === name && (namespace === undefined || one.namespace === namespace))
    const type = tool?.kind === 'custom' && profile.tools.custom ? 'custom' : 'function'
    return { type, [type]: { name: names.sent(name, namespace ?? tool?.namespace) } }
  }
  switch (choice.kind) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.kind
    case 'tool':
      return named(choice.name, choice.namespace)
    case 'allowed': {
      const mode = choice.required ? 'required' : 'auto'
      if (!knowsAllowed(profile)) return mode
      return { type: 'allowed_tools', allowed_tools: { mode, tools: choice.names.map((name) => named(name)) } }
    }
  }
}

const renderParallel = (conversation: Conversation, profile: Profile, losses: Losses): JsonObject => {
  const { parallelTools } = conversation
  if (!parallelTools) return {}
  if (profile.tools.parallelFlag) return { parallel_tool_calls: parallelTools.value }
  // It is what a server without the flag does anyway.
  declareParallel(conversation, losses)
  return {}
}
