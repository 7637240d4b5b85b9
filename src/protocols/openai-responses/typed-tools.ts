import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { objectOf, textOf } from '../json.ts'

/**
 * OpenAI's tools that the client runs and that have no schema on the wire: their models know them. Any other model has to
 * be told. Descriptions are ours; the members are those of the calls' own items (OpenAI's API reference, "Responses").
 */
export interface TypedTool {
  readonly description: string
  readonly schema: JsonObject
  /** Where in the item the arguments stand, and what stands there beside them. */
  readonly member: 'action' | 'operation'
  readonly fixed: JsonObject
}

const TEXT = { type: 'string' }
const WHOLE = { type: 'integer' }
const TEXTS = { type: 'array', items: TEXT }

const LOCAL_SHELL: TypedTool = {
  description: 'Runs one command on the local machine and returns its output.',
  schema: {
    type: 'object',
    properties: {
      command: { ...TEXTS, description: 'The program and its arguments, one element each.' },
      working_directory: TEXT,
      env: { type: 'object', additionalProperties: TEXT },
      timeout_ms: WHOLE,
      user: TEXT,
    },
    required: ['command'],
  },
  member: 'action',
  fixed: { type: 'exec' },
}

const SHELL: TypedTool = {
  description: 'Runs shell commands, which may run at the same time, and returns the output and exit code of each.',
  schema: {
    type: 'object',
    properties: {
      commands: { ...TEXTS, description: 'Lines for the shell, each run by itself.' },
      timeout_ms: WHOLE,
      max_output_length: { ...WHOLE, description: 'How many characters of output to return at most.' },
    },
    required: ['commands'],
  },
  member: 'action',
  fixed: {},
}

const APPLY_PATCH: TypedTool = {
  description:
    'Creates, updates or deletes one file. `diff` is in the V4A format: lines of context begin with a space, removed ones with "-", added ones with "+", and "@@" lines name the class or function that the change is in. A new file has only added lines; a deletion has no diff.',
  schema: {
    type: 'object',
    properties: {
      type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
      path: TEXT,
      diff: TEXT,
    },
    required: ['type', 'path'],
  },
  member: 'operation',
  fixed: {},
}

export const TYPED_TOOLS = { local_shell: LOCAL_SHELL, shell: SHELL, apply_patch: APPLY_PATCH } as const
export type TypedName = keyof typeof TYPED_TOOLS

export const isTypedName = (name: string): name is TypedName => Object.hasOwn(TYPED_TOOLS, name)

/** The tool an item calls or answers: `local_shell` of `local_shell_call` and `local_shell_call_output`. */
export const typedNameOf = (itemType: string): TypedName | undefined => {
  const name = itemType.replace(/_call(?:_output)?$/, '')
  return name !== itemType && isTypedName(name) ? name : undefined
}

/** The arguments in an item of a typed tool's call, as JSON text: what a function of its schema would be called with. */
export const typedArguments = (name: TypedName, item: JsonObject): string => {
  const { member, fixed } = TYPED_TOOLS[name]
  const given = Object.entries(objectOf(item[member]))
  return writeJson(Object.fromEntries(given.filter(([key, value]) => !Object.hasOwn(fixed, key) && value !== null)))
}

/** The text of what a typed tool gave back: a list of outputs is shown as the JSON it is. */
export const typedOutput = ({ output }: JsonObject): string =>
  typeof output === 'string' || output === null || output === undefined ? textOf(output) : writeJson(output)
