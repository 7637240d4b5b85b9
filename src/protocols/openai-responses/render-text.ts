import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { objectOf, objectsOf } from '../json.ts'
import { type RenderedShape, renderShape } from '../openai-chat/render-shape.ts'

/**
 * Writes `text`: the shape of the answer and how many words to make. The shape is Chat's, with what Chat nests one level
 * higher; so are the tool and the choice that stand in for it.
 */
export const renderText = (conversation: Conversation, profile: Profile, losses: Losses): RenderedShape => {
  const { fields, ...rest } = renderShape(conversation, profile, losses)
  const { response_format, tools, tool_choice } = fields
  const { verbosity } = conversation.settings
  const text = {
    ...(response_format !== undefined && { format: flat(objectOf(response_format), 'json_schema') }),
    ...(verbosity && profile.verbosity && { verbosity: verbosity.value }),
  }
  return {
    ...rest,
    fields: {
      ...(tools !== undefined && {
        tools: objectsOf(tools).map((tool) => ({ ...flat(tool, 'function'), strict: false })),
      }),
      ...(tool_choice !== undefined && { tool_choice: flat(objectOf(tool_choice), 'function') }),
      ...(Object.keys(text).length > 0 && { text }),
    },
  }
}

const flat = (object: JsonObject, member: string): JsonObject => {
  const { [member]: inner, ...outer } = object
  return { ...outer, ...objectOf(inner) }
}
