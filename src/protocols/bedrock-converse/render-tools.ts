import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { isObject, objectOf, objectsOf } from '../json.ts'
import type { ContentWriter } from './render-content.ts'

/**
 * The tools of a request of Messages. There is no word for "call none": without calls in the history the tools are left
 * out, and with some, which must be declared, the model is only not told to.
 */
export const renderToolConfig = (
  message: JsonObject,
  { cachePoint }: ContentWriter,
  losses: Losses,
  choicePointer: string | undefined,
): JsonObject | undefined => {
  const offered = objectsOf(message.tools)
  const choice = objectOf(message.tool_choice)
  if (offered.length === 0) return undefined
  if (choice.type === 'none') {
    if (!hasCalls(message)) return undefined
    losses.declare(choicePointer ?? '/tools', 'approximated')
  }
  const tools = offered.flatMap((tool) => [
    { toolSpec: specOf(tool) },
    ...(isObject(tool.cache_control) ? [cachePoint(tool.cache_control)] : []),
  ])
  const toolChoice = choiceOf(choice)
  return { tools, ...(toolChoice && { toolChoice }) }
}

const hasCalls = ({ messages }: JsonObject): boolean =>
  objectsOf(messages).some(({ content }) => objectsOf(content).some(({ type }) => type === 'tool_use'))

const specOf = ({ name, description, input_schema, strict }: JsonObject): JsonObject => ({
  name,
  ...(description !== undefined && { description }),
  inputSchema: { json: input_schema },
  ...(strict === true && { strict }),
})

const choiceOf = ({ type, name }: JsonObject): JsonObject | undefined => {
  switch (type) {
    case 'auto':
      return { auto: {} }
    case 'any':
      return { any: {} }
    case 'tool':
      return { tool: { name } }
    default:
      return undefined
  }
}
