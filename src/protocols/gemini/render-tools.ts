import type { JsonObject, ToolIdentity } from '../../canon/codec.ts'
import type { Conversation, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../canon/conversation.ts'
import { isObject, objectOf } from '../json.ts'
import { FREE_TEXT, freeTextDescription } from '../shared/free-text.ts'
import { declareLimits, isDispensable } from '../shared/hosted-tools.ts'
import { declareParallel } from '../shared/parallel-calls.ts'
import { toolField } from '../shared/pointers.ts'
import { objectRoot, toGeminiJsonSchema, toOpenApi } from '../shared/schema.ts'
import { markPointer } from '../shared/cache-marks.ts'
import type { Writing } from './render-parts.ts'

export interface RenderedTools {
  readonly tools: readonly JsonObject[]
  readonly identities: ReadonlyMap<string, ToolIdentity>
  /** Functions stand beside Google's own tools. */
  readonly isMixed: boolean
}

/** Functions in one list of declarations, then Google's own tools. */
export const renderTools = (conversation: Conversation, writing: Writing): RenderedTools => {
  const identities = new Map<string, ToolIdentity>()
  const declarations: JsonObject[] = []
  const hosted: JsonObject[] = []
  for (const tool of conversation.tools) {
    if (tool.cache) writing.losses.declare(markPointer(tool), 'unsupported')
    if (tool.kind === 'hosted') hosted.push(...renderHosted(tool, conversation, writing))
    else {
      const name = writing.names.sent(tool.name, tool.namespace)
      const identity = identityOf(tool, name)
      if (identity) identities.set(name, identity)
      if (name !== tool.name) writing.losses.declare(toolField(tool, 'name'), 'renamed')
      if (writing.profile.tools.functions) declarations.push(renderDeclaration(tool, name, writing))
      else writing.losses.refuse(tool.pointer, 'This model does not call functions. Leave the tools out.')
    }
  }
  const functions = declarations.length > 0 ? [{ functionDeclarations: declarations }] : []
  const isMixed = functions.length > 0 && hosted.length > 0
  return { tools: [...functions, ...hosted], identities, isMixed }
}

const identityOf = (tool: FunctionTool | CustomTool, sent: string): ToolIdentity | undefined => {
  const typed = tool.kind === 'function' ? tool.typed : undefined
  if (sent === tool.name && tool.namespace === undefined && tool.kind === 'function' && typed === undefined) return
  return {
    name: tool.name,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
    form: tool.kind,
    ...(typed !== undefined && { typed }),
    ...(tool.kind === 'custom' && { wrapped: true }),
  }
}

const renderDeclaration = (tool: FunctionTool | CustomTool, name: string, writing: Writing): JsonObject => {
  const { losses } = writing
  const described = tool.description === undefined ? {} : { description: tool.description }
  if (tool.kind === 'custom') {
    losses.declare(tool.pointer, 'emulated')
    return { name, ...freeTextDescription(tool), ...parametersOf(FREE_TEXT, tool, writing) }
  }
  if (tool.typed !== undefined) losses.declare(tool.pointer, 'emulated')
  if (tool.strict === true && !writing.profile.tools.strict) losses.declare(toolField(tool, 'strict'), 'unsupported')
  for (const field of tool.unmapped ?? []) losses.declare(`${tool.pointer}/${field}`, 'unsupported')
  return { name, ...described, ...parametersOf(tool.schema, tool, writing) }
}

/** Gemini refuses an object without properties: a function that takes nothing has no parameters. */
const takesNothing = (schema: unknown): boolean => {
  if (schema === undefined || schema === null) return true
  const { type, properties, ...rest } = objectOf(schema)
  const isEmpty = properties === undefined || Object.keys(objectOf(properties)).length === 0
  const meaning = Object.keys(rest).filter((key) => !['$schema', 'additionalProperties', 'required'].includes(key))
  return type === 'object' && isEmpty && meaning.length === 0 && !isObject(rest.additionalProperties)
}

const parametersOf = (schema: unknown, { pointer }: Tool, { profile, losses }: Writing): JsonObject => {
  if (takesNothing(schema)) return {}
  const root = objectRoot(schema)
  const isJson = profile.tools.schemaDialect === 'json-schema'
  const fitted = isJson ? toGeminiJsonSchema(root.schema) : toOpenApi(root.schema)
  if (root.changed || fitted.changed) losses.declare(pointer, 'simplified')
  if (fitted.schema === undefined) return {}
  return isJson ? { parametersJsonSchema: fitted.schema } : { parameters: fitted.schema }
}

const renderHosted = (
  tool: HostedTool,
  conversation: Conversation,
  { profile, losses }: Writing,
): readonly JsonObject[] => {
  const { pointer, hosted } = tool
  const refuse = (why = `This model has no tool like \`${tool.name}\`.`): readonly JsonObject[] => {
    losses.refuse(pointer, `${why} Leave it out, or choose another model.`)
    return []
  }
  const isBeside = profile.tools.besideHosted === 'never' && conversation.tools.some(({ kind }) => kind !== 'hosted')
  if ((isBeside || !profile.webSearch) && isDispensable(tool, conversation)) {
    losses.declare(pointer, 'unsupported')
    return []
  }
  switch (hosted) {
    case 'web-search':
    case 'web-fetch': {
      if (!profile.webSearch) return refuse()
      if (isBeside) return refuse(BESIDE_FUNCTIONS)
      declareLimits(tool, [], losses)
      losses.declare(pointer, 'approximated')
      return [hosted === 'web-search' ? { googleSearch: {} } : { urlContext: {} }]
    }
    case 'code-execution':
      if (isBeside) return refuse(BESIDE_FUNCTIONS)
      losses.declare(pointer, 'approximated')
      return [{ codeExecution: {} }]
    case 'file-search':
    case 'image-generation':
    case 'mcp':
    case 'other':
      return refuse()
  }
}

const BESIDE_FUNCTIONS = 'This model runs no tools of its own beside functions.'

/** How freely the model calls; `undefined` where Gemini's default is what the client asked for. */
export const renderToolConfig = (
  conversation: Conversation,
  isMixed: boolean,
  writing: Writing,
): JsonObject | undefined => {
  const config = choiceConfig(conversation, writing)
  if (!isMixed || writing.profile.tools.besideHosted !== 'told') return config
  // Google's own default beside its tools: the model chooses, and its arguments fit.
  const { mode, ...names } = objectOf(config?.functionCallingConfig)
  const asked = mode === undefined || mode === 'AUTO' ? 'VALIDATED' : mode
  return { functionCallingConfig: { mode: asked, ...names }, includeServerSideToolInvocations: true }
}

const choiceConfig = (conversation: Conversation, writing: Writing): JsonObject | undefined => {
  const { toolChoice, tools } = conversation
  const { losses, profile } = writing
  declareParallel(conversation, losses)
  const functions = tools.filter((tool) => tool.kind !== 'hosted')
  const choice = toolChoice?.value
  const isFree = choice === undefined || choice.kind === 'auto'
  const isStrict = functions.length > 0 && functions.every((tool) => tool.kind === 'function' && tool.strict === true)
  if (isFree && isStrict && profile.tools.strict) return { functionCallingConfig: { mode: 'VALIDATED' } }
  if (!toolChoice || !choice) return undefined
  if (functions.length === 0) {
    if (choice.kind !== 'auto' && choice.kind !== 'none') losses.declare(toolChoice.pointer, 'unsupported')
    return undefined
  }
  if (profile.tools.choice === 'auto' && choice.kind !== 'auto') {
    losses.declare(toolChoice.pointer, 'unsupported')
    return undefined
  }
  return { functionCallingConfig: callingConfig(choice, toolChoice.pointer, functions, writing) }
}

const callingConfig = (
  choice: ToolChoice,
  pointer: string,
  functions: readonly (FunctionTool | CustomTool)[],
  { losses, names }: Writing,
): JsonObject => {
  const sentOf = (name: string, namespace?: string): string | undefined => {
    const tool = functions.find(
      (other) => other.name === name && (namespace === undefined || other.namespace === namespace),
    )
    return tool && names.sent(tool.name, tool.namespace)
  }
  switch (choice.kind) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool': {
      const name = sentOf(choice.name, choice.namespace)
      if (name !== undefined) return { mode: 'ANY', allowedFunctionNames: [name] }
      // A tool of Google's own cannot be forced.
      losses.declare(pointer, 'approximated')
      return { mode: 'AUTO' }
    }
    case 'allowed': {
      const allowedFunctionNames = choice.names.flatMap((name) => sentOf(name) ?? [])
      if (allowedFunctionNames.length < choice.names.length) losses.declare(pointer, 'approximated')
      if (allowedFunctionNames.length === 0) return { mode: choice.required ? 'ANY' : 'AUTO' }
      return { mode: choice.required ? 'ANY' : 'VALIDATED', allowedFunctionNames }
    }
  }
}
