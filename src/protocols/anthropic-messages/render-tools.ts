import type { ToolIdentity } from '../../canon/codec.ts'
import type { Conversation, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../canon/conversation.ts'
import { FREE_TEXT, freeTextDescription } from '../shared/free-text.ts'
import { declareLimits } from '../shared/hosted-tools.ts'
import { declareParallel } from '../shared/parallel-calls.ts'
import { toolField } from '../shared/pointers.ts'
import { isRecursive } from '../shared/schema-cycles.ts'
import { isStrictSubset, objectRoot } from '../shared/schema.ts'
import type { Draft } from './marks.ts'
import type { Writing } from './render-blocks.ts'
import { WEB_FETCH, WEB_SEARCH } from './typed-tools.ts'

export interface RenderedTools {
  readonly tools: readonly Draft[]
  readonly identities: ReadonlyMap<string, ToolIdentity>
}

/** Writes the declared tools, those among them that may be called at all, and what their calls are turned back by. */
export const renderTools = ({ tools, toolChoice }: Conversation, writing: Writing): RenderedTools => {
  const identities = new Map<string, ToolIdentity>()
  const choice = toolChoice?.value
  const offered = choice?.kind === 'allowed' ? tools.filter(({ name }) => choice.names.includes(name)) : tools
  if (toolChoice && offered.length < tools.length) writing.losses.declare(toolChoice.pointer, 'emulated')
  const written = offered.flatMap((tool) => renderTool(tool, writing, identities))
  return { tools: written, identities }
}

const renderTool = (tool: Tool, writing: Writing, identities: Map<string, ToolIdentity>): readonly Draft[] => {
  const { profile, losses, marks } = writing
  if (tool.kind === 'hosted') return renderHosted(tool, writing)
  if (!profile.tools.functions) {
    losses.refuse(tool.pointer, 'This model takes no tools. Leave them out, or choose another model.')
    return []
  }
  const name = writing.names.sent(tool.name, tool.namespace)
  const identity = identityOf(tool)
  if (writing.names.renamed.has(name)) losses.declare(toolField(tool, 'name'), 'renamed')
  if (writing.names.renamed.has(name) || identity.form === 'custom' || identity.typed !== undefined)
    identities.set(name, identity)
  const written = tool.kind === 'function' ? functionOf(tool, name, writing) : wrapped(tool, name, writing)
  marks.put(written, tool)
  return [written]
}

const identityOf = (tool: FunctionTool | CustomTool): ToolIdentity => ({
  name: tool.name,
  ...(tool.namespace !== undefined && { namespace: tool.namespace }),
  ...(tool.kind === 'custom' ? { form: 'custom', wrapped: true } : { form: 'function' }),
  ...(tool.kind === 'function' && tool.typed !== undefined && { typed: tool.typed }),
})

const described = (description: string | undefined): Draft => (description ? { description } : {})

const functionOf = (tool: FunctionTool, name: string, { profile, losses }: Writing): Draft => {
  if (tool.typed !== undefined) losses.declare(tool.pointer, 'emulated')
  const { schema, changed } = objectRoot(tool.schema)
  if (changed) losses.declare(tool.pointer, 'simplified')
  const strict = tool.strict === true && profile.tools.strict && isStrictSubset(schema) && !isRecursive(schema)
  if (tool.strict === true && !strict) losses.declare(toolField(tool, 'strict'), 'unsupported')
  for (const field of tool.unmapped ?? []) losses.declare(`${tool.pointer}/${field}`, 'unsupported')
  return { name, ...described(tool.description), input_schema: schema, ...(strict && { strict: true }) }
}

/** Free text travels as the one member of an object; a grammar can only be told, not enforced. */
const wrapped = (tool: CustomTool, name: string, { losses }: Writing): Draft => {
  losses.declare(tool.pointer, 'emulated')
  return { name, ...freeTextDescription(tool), input_schema: FREE_TEXT }
}

const renderHosted = (tool: HostedTool, { profile, losses, marks }: Writing): readonly Draft[] => {
  const base = tool.hosted === 'web-search' ? WEB_SEARCH : tool.hosted === 'web-fetch' ? WEB_FETCH : undefined
  if (!base || !profile.webSearch) {
    const message = `This model has no tool like ${tool.name} that its provider runs. Leave it out, or choose another model.`
    losses.refuse(tool.pointer, message)
    return []
  }
  losses.declare(tool.pointer, 'approximated')
  const { usesMax, allowedDomains, userLocation } = tool
  const place = tool.hosted === 'web-search' ? userLocation : undefined
  if (!place) declareLimits(tool, ['allowedDomains', 'usesMax'], losses)
  const written: Draft = {
    ...base,
    ...(usesMax !== undefined && { max_uses: usesMax }),
    ...(allowedDomains && { allowed_domains: allowedDomains }),
    ...(place && { user_location: { type: 'approximate', ...place } }),
  }
  marks.put(written, tool)
  return [written]
}

/** Whether the client insists on a call. */
export const isForced = (choice: ToolChoice | undefined): boolean =>
  choice?.kind === 'required' || choice?.kind === 'tool' || (choice?.kind === 'allowed' && choice.required)

/** `tool_choice`; `free`: nothing may be forced. */
export const renderToolChoice = (
  { toolChoice, parallelTools, tools }: Conversation,
  { profile, losses, names }: Writing,
  free: boolean,
): Draft | undefined => {
  if (tools.length === 0) {
    if (toolChoice && isForced(toolChoice.value)) losses.declare(toolChoice.pointer, 'unsupported')
    return undefined
  }
  const forced = isForced(toolChoice?.value)
  const loosened = forced && (free || profile.tools.choice === 'auto')
  if (toolChoice && loosened) losses.declare(toolChoice.pointer, 'approximated')
  const choice = loosened ? { type: 'auto' } : choiceOf(toolChoice?.value, names.sent)
  const serial = parallelTools?.value === false && choice?.type !== 'none'
  if (!serial) return choice
  if (profile.tools.parallelFlag) return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
  declareParallel({ parallelTools }, losses)
  return choice
}

const choiceOf = (
  choice: ToolChoice | undefined,
  sent: (name: string, namespace?: string) => string,
): Draft | undefined => {
  switch (choice?.kind) {
    case undefined:
      return undefined
    case 'auto':
      return { type: 'auto' }
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: sent(choice.name, choice.namespace) }
    case 'allowed':
      return { type: choice.required ? 'any' : 'auto' }
  }
}
