import type { JsonObject } from '../../canon/codec.ts'
import type { AnswerShape } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import type { Profile } from '../../canon/profile.ts'
import { isObject, objectOf } from '../json.ts'

/** What all models take. */
export const inferenceConfig = ({ max_tokens, temperature, top_p, stop_sequences }: JsonObject): JsonObject => ({
  maxTokens: max_tokens,
  ...(temperature !== undefined && { temperature }),
  ...(top_p !== undefined && { topP: top_p }),
  ...(stop_sequences !== undefined && { stopSequences: stop_sequences }),
})

/** The shape of the answer; the schema is JSON in a string. */
export const outputConfig = ({ format }: JsonObject, shape: AnswerShape | undefined): JsonObject | undefined => {
  if (!isObject(format)) return undefined
  const { name = 'answer', description } = shape?.kind === 'json-schema' ? shape : {}
  const jsonSchema = { name, schema: writeJson(format.schema), ...(description !== undefined && { description }) }
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } }
}

/** What only some models take, in their own words. */
export const additionalFields = (message: JsonObject, profile: Profile): JsonObject => ({
  ...(message.top_k !== undefined && { top_k: message.top_k }),
  ...thinkingFields(message, profile),
})

const thinkingFields = (message: JsonObject, { reasoning }: Profile): JsonObject => {
  const { thinking } = message
  const { effort } = objectOf(message.output_config)
  const isOff = isObject(thinking) && thinking.type === 'disabled'
  switch (reasoning.style) {
    // OpenAI's open models.
    case 'effort':
      return isOff ? { reasoning_effort: 'none' } : effort === undefined ? {} : { reasoning_effort: effort }
    // Amazon's Nova.
    case 'level':
      if (isOff) return { reasoningConfig: { type: 'disabled' } }
      return effort === undefined ? {} : { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }
    default:
      return {
        ...(isObject(thinking) && { thinking }),
        ...(effort !== undefined && { output_config: { effort } }),
      }
  }
}
