import type { JsonObject } from '../../canon/codec.ts'
import { readJson } from '../../canon/json-text.ts'
import { isObject, objectOf, textOf } from '../json.ts'
import { typedArguments, typedNameOf } from './typed-tools.ts'

/** A call of one of OpenAI's client-side tools that have items of their own instead of `function_call`. */
export interface TypedCall {
  /** The tool's type, which is its name as well: `local_shell`, `shell`, `apply_patch`. */
  readonly typed: string
  /** What it is to do, as JSON: the item's `action` or `operation`. */
  readonly arguments: string
}

/**
 * Reads such an item. `undefined` for every other type, and for a shell in a container of the vendor's, which the vendor
 * runs itself.
 */
export const readTypedCall = (item: JsonObject): TypedCall | undefined => {
  const type = textOf(item.type)
  const typed = type.endsWith('_call') ? typedNameOf(type) : undefined
  if (!typed || runsElsewhere(item.environment)) return undefined
  return { typed, arguments: typedArguments(typed, item) }
}

const runsElsewhere = (environment: unknown): boolean =>
  isObject(environment) && environment.type !== undefined && environment.type !== 'local'

/**
 * Writes such an item, but for its ids and status. `undefined` when the arguments do not say what the item must: it is
 * then better shown as the call of an unknown function, which every client answers with an error that the model can read.
 */
export const writeTypedCall = ({ typed, arguments: text }: TypedCall): JsonObject | undefined => {
  const said = argumentsOf(text)
  if (typed === 'local_shell') {
    const { type: _, command, env, ...more } = objectOf(said.action ?? said)
    if (!isTextList(command)) return undefined
    return { type: 'local_shell_call', action: { type: 'exec', command, env: objectOf(env), ...more } }
  }
  if (typed === 'shell') {
    const { commands, timeout_ms, max_output_length, ...more } = objectOf(said.action ?? said)
    if (!isTextList(commands)) return undefined
    const limits = { timeout_ms: timeout_ms ?? null, max_output_length: max_output_length ?? null }
    return { type: 'shell_call', action: { commands, ...limits, ...more }, environment: { type: 'local' } }
  }
  const operation = objectOf(said.operation ?? said)
  return typed === 'apply_patch' && isPatch(operation) ? { type: 'apply_patch_call', operation } : undefined
}

const argumentsOf = (text: string): JsonObject => {
  try {
    return objectOf(readJson(text))
  } catch {
    return {}
  }
}

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')

const isPatch = ({ type, path, diff }: JsonObject): boolean => {
  if (textOf(path) === '') return false
  return type === 'delete_file' || ((type === 'create_file' || type === 'update_file') && typeof diff === 'string')
}
