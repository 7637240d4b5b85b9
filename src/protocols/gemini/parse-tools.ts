import type { HostedTool, Sourced, Tool, ToolChoice } from '../../canon/conversation.ts'
import { fromOpenApi } from '../shared/schema.ts'
import {
  type Entry,
  type Field,
  type Reading,
  leaveOut,
  leaveOutRest,
  membersIn,
  membersOf,
  mistaken,
  objectsIn,
  stringIn,
  stringsIn,
} from './members.ts'

const HOSTED: Readonly<Record<string, HostedTool['hosted']>> = {
  googleSearch: 'web-search',
  googleSearchRetrieval: 'web-search',
  urlContext: 'web-fetch',
  codeExecution: 'code-execution',
  fileSearch: 'file-search',
  mcpServers: 'mcp',
}

/** `tools`: each of its objects may hold functions and any number of Google's own tools. */
export const parseTools = (reading: Reading, field: Field | undefined, strict: boolean): readonly Tool[] =>
  objectsIn(reading, field, 'an array of tools').flatMap(({ value, pointer }) => {
    const members = membersOf(value, pointer)
    const declared = objectsIn(reading, members.take('functionDeclarations'), 'an array of function declarations')
    const functions = declared.flatMap((entry) => parseFunction(reading, entry, strict))
    return [...functions, ...members.rest().map(([name, hosted]) => parseHosted(reading, name, hosted))]
  })

const parseFunction = (reading: Reading, { value, pointer }: Entry, strict: boolean): readonly Tool[] => {
  const members = membersOf(value, pointer)
  const name = stringIn(reading, members.take('name')) ?? mistaken(reading, `${pointer}/name`, 'a function name')
  const description = stringIn(reading, members.take('description'))
  const openApi = members.take('parameters')
  const schema = members.take('parametersJsonSchema')
  if (name === undefined) return []
  const unmapped = members.rest().map(([, field]) => field.pointer.slice(pointer.length + 1))
  return [
    {
      kind: 'function',
      name,
      ...(description !== undefined && { description }),
      schema: schema ? schema.value : openApi && fromOpenApi(openApi.value),
      ...(strict && { strict }),
      ...(unmapped.length > 0 && { unmapped }),
      pointer,
      native: { format: 'gemini', value },
    },
  ]
}

const parseHosted = (reading: Reading, name: string, field: Field): Tool => {
  const members = typeof field.value === 'object' && !Array.isArray(field.value) && membersIn(reading, field)
  if (members) leaveOutRest(reading, members)
  const native = { format: 'gemini', value: { [name]: field.value } } as const
  return { kind: 'hosted', hosted: HOSTED[name] ?? 'other', name, pointer: field.pointer, native }
}

export interface ParsedToolConfig {
  readonly choice?: Sourced<ToolChoice>
  /** Mode `VALIDATED`: calls always fit their schema. */
  readonly strict: boolean
}

export const parseToolConfig = (reading: Reading, field: Field | undefined): ParsedToolConfig => {
  const config = membersIn(reading, field)
  const calling = config && membersIn(reading, config.take('functionCallingConfig'))
  const serverSide = config?.take('includeServerSideToolInvocations')
  if (serverSide) leaveOut(reading, serverSide, serverSide.value === true ? 'drop' : 'ignore')
  if (config) leaveOutRest(reading, config)
  if (!calling) return { strict: false }
  const mode = calling.take('mode')
  const names = calling.take('allowedFunctionNames')
  const allowed = stringsIn(reading, names, 'an array of function names') ?? []
  // Whole calls are what every stream of Tollgate has.
  leaveOut(reading, calling.take('streamFunctionCallArguments'), 'ignore')
  leaveOutRest(reading, calling)
  const word = (stringIn(reading, mode) ?? 'AUTO').toUpperCase()
  const value = choiceOf(word, allowed)
  if (!value) {
    mistaken(reading, mode?.pointer ?? calling.pointer, '"AUTO", "ANY", "NONE" or "VALIDATED"')
    return { strict: false }
  }
  if (allowed.length > 0 && !('name' in value || 'names' in value)) leaveOut(reading, names, 'drop')
  const isSaid = mode !== undefined && word !== 'MODE_UNSPECIFIED'
  return { ...(isSaid && { choice: { value, pointer: calling.pointer } }), strict: word === 'VALIDATED' }
}

const choiceOf = (mode: string, allowed: readonly string[]): ToolChoice | undefined => {
  const [name] = allowed
  switch (mode) {
    case 'AUTO':
    case 'MODE_UNSPECIFIED':
      return { kind: 'auto' }
    case 'NONE':
      return { kind: 'none' }
    case 'ANY':
      if (name === undefined) return { kind: 'required' }
      return allowed.length === 1 ? { kind: 'tool', name } : { kind: 'allowed', required: true, names: allowed }
    case 'VALIDATED':
      return name === undefined ? { kind: 'auto' } : { kind: 'allowed', required: false, names: allowed }
    default:
      return undefined
  }
}
