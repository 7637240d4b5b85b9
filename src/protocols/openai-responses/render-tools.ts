import type { JsonObject, ToolIdentity } from '../../canon/codec.ts'
import type { Conversation, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { isObject } from '../json.ts'
import { FREE_TEXT, freeTextDescription } from '../shared/free-text.ts'
import { declareLimits } from '../shared/hosted-tools.ts'
import { declareParallel } from '../shared/parallel-calls.ts'
import { toolField } from '../shared/pointers.ts'
import { isStrictSubset, objectRoot } from '../shared/schema.ts'
import { type SentNames, sentNames } from '../shared/tool-names.ts'

export interface ToolWriting {
  readonly profile: Profile
  readonly names: SentNames
  readonly losses: Losses
}

/** The names that tools are sent under. */
export const namesOf = (tools: readonly Tool[], { tools: rules }: Profile): SentNames =>
  sentNames(
    tools.filter(({ kind }) => kind !== 'hosted'),
    { lengthMax: rules.nameLengthMax, allowsDots: rules.nameAllowsDots },
  )

/** Writes the tools, the choice among them and the parallel flag, which mean nothing without tools. */
export const renderTools = (conversation: Conversation, writing: ToolWriting): JsonObject => {
  const { profile, losses } = writing
  const { tools, toolChoice } = conversation
  const functions = tools.find(({ kind }) => kind !== 'hosted')
  if (functions && !profile.tools.functions)
    losses.refuse(functions.pointer, 'This model takes no tools. Leave them out, or choose another model.')
  const rendered = tools.flatMap((tool) => renderTool(tool, writing) ?? [])
  if (rendered.length === 0) {
    const isForced = toolChoice?.value.kind === 'required' || toolChoice?.value.kind === 'tool'
    if (toolChoice && isForced) losses.declare(toolChoice.pointer, 'unsupported')
    return {}
  }
  return { tools: rendered, ...renderChoice(conversation, writing), ...renderParallel(conversation, writing) }
}

/** What was sent under another name or in another form, by the name that was sent. */
export const identitiesOf = (
  tools: readonly Tool[],
  { profile, names }: Pick<ToolWriting, 'profile' | 'names'>,
): ReadonlyMap<string, ToolIdentity> => {
  const identities = new Map<string, ToolIdentity>()
  for (const tool of tools) {
    if (tool.kind === 'hosted') continue
    const sent = names.sent(tool.name, tool.namespace)
    const typed = tool.kind === 'function' ? tool.typed : undefined
    if (sent === tool.name && !tool.namespace && tool.kind === 'function' && typed === undefined) continue
    identities.set(sent, {
      name: tool.name,
      form: tool.kind,
      ...(tool.namespace !== undefined && { namespace: tool.namespace }),
      ...(typed !== undefined && { typed }),
      ...(tool.kind === 'custom' && !profile.tools.custom && { wrapped: true }),
    })
  }
  return identities
}

const renderTool = (tool: Tool, writing: ToolWriting): JsonObject | undefined => {
  switch (tool.kind) {
    case 'function':
      return renderFunction(tool, writing)
    case 'custom':
      return renderCustom(tool, writing)
    case 'hosted':
      return renderHosted(tool, writing)
  }
}

const headOf = (tool: FunctionTool | CustomTool, { names, losses }: ToolWriting): JsonObject => {
  const name = names.sent(tool.name, tool.namespace)
  if (names.renamed.has(name)) losses.declare(toolField(tool, 'name'), 'renamed')
  return { name, ...(tool.description !== undefined && { description: tool.description }) }
}

/**
 * `strict` is always said: left out, it means "if it can be" here and `false` in Chat, and a tool that turns strict
 * demands every optional parameter.
 */
const renderFunction = (tool: FunctionTool, writing: ToolWriting): JsonObject => {
  const { profile, losses } = writing
  if (tool.typed !== undefined) losses.declare(tool.pointer, 'emulated')
  for (const field of tool.unmapped ?? []) losses.declare(`${tool.pointer}/${field}`, 'unsupported')
  const { schema, changed } = isObject(tool.schema) ? objectRoot(tool.schema) : { schema: NOTHING, changed: false }
  if (changed) losses.declare(tool.pointer, 'simplified')
  const strict = tool.strict === true && profile.tools.strict && isStrictSubset(schema)
  if (tool.strict === true && !strict) losses.declare(toolField(tool, 'strict'), 'unsupported')
  return { type: 'function', ...headOf(tool, writing), parameters: schema, strict }
}

const NOTHING: JsonObject = { type: 'object', properties: {} }

const renderCustom = (tool: CustomTool, writing: ToolWriting): JsonObject => {
  const head = headOf(tool, writing)
  const grammar = isObject(tool.grammar) ? tool.grammar : undefined
  if (writing.profile.tools.custom)
    return { type: 'custom', ...head, ...(grammar && { format: { ...grammar, type: 'grammar' } }) }
  writing.losses.declare(tool.pointer, 'emulated')
  const parameters = { ...FREE_TEXT, additionalProperties: false }
  return { type: 'function', ...head, ...freeTextDescription(tool), parameters, strict: false }
}

const renderHosted = (tool: HostedTool, { profile, losses }: ToolWriting): JsonObject | undefined => {
  if (tool.hosted === 'web-search' && profile.webSearch) return renderWebSearch(tool, losses)
  if (tool.hosted === 'code-execution') {
    losses.declare(tool.pointer, 'approximated')
    return { type: 'code_interpreter', container: { type: 'auto' } }
  }
  const message = `This model cannot run the tool \`${tool.name}\`. Leave it out, or choose a model whose vendor runs it.`
  return void losses.refuse(tool.pointer, message)
}

const renderWebSearch = (tool: HostedTool, losses: Losses): JsonObject => {
  const { allowedDomains, userLocation, contextSize } = tool
  declareLimits(tool, ['allowedDomains', 'userLocation', 'contextSize'], losses)
  return {
    type: 'web_search',
    ...(allowedDomains && { filters: { allowed_domains: allowedDomains } }),
    ...(userLocation && { user_location: { type: 'approximate', ...userLocation } }),
    ...(contextSize !== undefined && { search_context_size: contextSize }),
  }
}

const renderChoice = ({ tools, toolChoice }: Conversation, writing: ToolWriting): JsonObject => {
  if (!toolChoice) return {}
  const { value: choice, pointer } = toolChoice
  const isForced =
    choice.kind === 'required' || choice.kind === 'tool' || (choice.kind === 'allowed' && choice.required)
  if (isForced && writing.profile.tools.choice === 'auto') {
    writing.losses.declare(pointer, 'approximated')
    return { tool_choice: 'auto' }
  }
  return { tool_choice: choiceOf(choice, tools, writing) }
}

const choiceOf = (choice: ToolChoice, tools: readonly Tool[], { profile, names }: ToolWriting): unknown => {
  const named = (name: string, namespace?: string): JsonObject => {
    const tool = tools.find((one) => one.name === name && (namespace === undefined || one.namespace === namespace))
    const isCustom = tool?.kind === 'custom' && profile.tools.custom
    return { type: isCustom ? 'custom' : 'function', name: names.sent(name, namespace ?? tool?.namespace) }
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
      return { type: 'allowed_tools', mode, tools: choice.names.map((name) => named(name)) }
    }
  }
}

const renderParallel = (conversation: Conversation, { profile, losses }: ToolWriting): JsonObject => {
  const { parallelTools } = conversation
  if (!parallelTools) return {}
  if (profile.tools.parallelFlag) return { parallel_tool_calls: parallelTools.value }
  // Several calls are what a server without the flag may make anyway.
  declareParallel(conversation, losses)
  return {}
}
