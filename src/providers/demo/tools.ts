import { isRecord } from './words.ts'

/** A tool as any format offers it, reduced to what the demo needs to call it. */
export interface OfferedTool {
  readonly name: string
  readonly schema: unknown
}

export interface ToolCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly tokens: number
}

/** Whoever writes this word in a prompt that offers tools gets a call of the first one. */
const TRIGGER = 'TOOLTEST'
const DEPTH_MAX = 4

/** The call the demo answers with, if the last words of the user ask for one and a tool is offered. */
export const toolCallFor = (lastUserText: string, tools: readonly OfferedTool[]): ToolCall | undefined => {
  const [tool] = tools
  if (!tool || !lastUserText.includes(TRIGGER)) return undefined
  const args = plausible(tool.schema, DEPTH_MAX)
  return {
    name: tool.name,
    args: isRecord(args) ? args : {},
    tokens: 1 + (isRecord(args) ? Object.keys(args).length : 0),
  }
}

/** A value that a JSON schema would accept, as far as its types say. */
const plausible = (schema: unknown, depth: number): unknown => {
  if (!isRecord(schema) || depth === 0) return {}
  const [first] = Array.isArray(schema.enum) ? schema.enum : []
  if (first !== undefined) return first
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  // Gemini writes its types in capitals.
  switch (typeof type === 'string' ? type.toLowerCase() : 'object') {
    case 'string':
      return 'demo'
    case 'number':
    case 'integer':
      return 1
    case 'boolean':
      return true
    case 'array':
      return []
    default:
      return plausibleObject(schema, depth)
  }
}

const plausibleObject = (schema: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> => {
  const properties = isRecord(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties)
  const value: Record<string, unknown> = {}
  for (const key of required) if (typeof key === 'string') value[key] = plausible(properties[key], depth - 1)
  return value
}
