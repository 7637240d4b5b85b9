import type { JsonObject, RenderedRequest } from '../../canon/codec.ts'
import type { AnswerShape, Conversation, JsonShape } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { forConstrainedOutput, isStrictSubset, objectAnswer, objectRoot } from '../shared/schema.ts'

export interface RenderedShape {
  readonly fields: JsonObject
  /** Said to the model where it cannot be made to. */
  readonly instruction?: string
  /** How the answer is read: see `RenderedRequest`. */
  readonly reading?: Pick<RenderedRequest, 'answerTool' | 'emulates' | 'wrapsAnswer'>
}

/** Asks for an answer of a shape, as well as the model can be asked. */
export const renderShape = (conversation: Conversation, profile: Profile, losses: Losses): RenderedShape => {
  const { shape } = conversation.settings
  if (!shape || shape.value.kind === 'text') return { fields: {} }
  const { value: asked, pointer } = shape
  if (profile.structured === 'json-schema' && asked.kind === 'json-schema') return schemaShape(asked, pointer, losses)
  if (profile.structured !== 'none' && asked.kind === 'json-object') {
    const fields = { response_format: { type: 'json_object' } }
    if (saysJson(conversation)) return { fields }
    losses.declare(pointer, 'added')
    return { fields, instruction: instructionOf(asked) }
  }
  losses.declare(pointer, 'emulated')
  if (profile.structured !== 'none') return objectShape(asked)
  const canForce = profile.tools.functions && profile.tools.choice === 'all' && conversation.tools.length === 0
  return canForce ? asTool(asked) : { fields: {}, instruction: instructionOf(asked), reading: { emulates: asked } }
}

/**
 * OpenAI demands that whoever asks for an object says the word "JSON" somewhere, of its own clients too. Looked for where
 * a conversation begins, so that a longer one begins alike.
 */
const saysJson = ({ format, turns }: Conversation): boolean => {
  if (format === 'openai-chat' || format === 'openai-responses') return true
  const first = turns.findIndex(({ role }) => role === 'user')
  const beginning = first === -1 ? turns : turns.slice(0, first + 1)
  return beginning.some(({ blocks }) => blocks.some((block) => block.kind === 'text' && /json/i.test(block.text)))
}

type SchemaShape = Extract<AnswerShape, { kind: 'json-schema' }>

const NAME = /^[A-Za-z0-9_-]{1,64}$/
const NAME_DEFAULT = 'response'

/** The root has to be an object; and `strict` is only written for a schema that it takes: any other would be refused. */
const schemaShape = (asked: SchemaShape, pointer: string, losses: Losses): RenderedShape => {
  const { name, description, strict } = asked
  if (name !== undefined && !NAME.test(name)) losses.declare(`${pointer}/name`, 'renamed')
  const { schema, isWrapped } = objectAnswer(asked.schema)
  if (isWrapped) losses.declare(pointer, 'emulated')
  const fitted = strict === true ? fittedSchema(schema, pointer, losses) : schema
  const isStrict = strict !== false && isStrictSubset(fitted)
  const format = {
    type: 'json_schema',
    json_schema: {
      name: name !== undefined && NAME.test(name) ? name : NAME_DEFAULT,
      ...(description !== undefined && { description }),
      schema: fitted,
      strict: isStrict,
    },
  }
  const reading = isWrapped && { reading: { wrapsAnswer: true, ...(!isStrict && { emulates: asked }) } as const }
  return { fields: { response_format: format }, ...reading }
}

/** A model that can be held to objects only, and is told of what kind. */
const objectShape = (asked: JsonShape): RenderedShape => {
  const fields = { response_format: { type: 'json_object' } }
  const { schema, isWrapped } = asked.kind === 'json-schema' ? objectAnswer(asked.schema) : NOT_WRAPPED
  if (!isWrapped) return { fields, instruction: instructionOf(asked), reading: { emulates: asked } }
  const instruction = instructionOf({ kind: 'json-schema', schema })
  return { fields, instruction, reading: { emulates: asked, wrapsAnswer: true } }
}

const NOT_WRAPPED = { schema: undefined, isWrapped: false }

const fittedSchema = (schema: unknown, pointer: string, losses: Losses): unknown => {
  if (isStrictSubset(schema)) return schema
  const { schema: constrained } = forConstrainedOutput(schema)
  const isFitted = isStrictSubset(constrained)
  losses.declare(pointer, isFitted ? 'simplified' : 'approximated')
  return isFitted ? constrained : schema
}

const instructionOf = (asked: JsonShape): string =>
  asked.kind === 'json-object'
    ? 'Answer with one JSON object and nothing else.'
    : `Answer with one JSON value that is valid under this JSON Schema, and nothing else:\n${writeJson(asked.schema)}`

/** A model that can be made to call but not to write JSON writes it as the arguments of a call. */
const asTool = (asked: JsonShape): RenderedShape => {
  const parameters = asked.kind === 'json-schema' ? objectRoot(asked.schema).schema : { type: 'object' }
  const isWhole = asked.kind !== 'json-schema' || !objectRoot(asked.schema).changed
  // A schema whose root is no object does not survive as arguments.
  if (!isWhole) return { fields: {}, instruction: instructionOf(asked), reading: { emulates: asked } }
  const declared = { name: ANSWER_TOOL, description: 'Gives the answer.', parameters }
  return {
    fields: {
      tools: [{ type: 'function', function: declared }],
      tool_choice: { type: 'function', function: { name: ANSWER_TOOL } },
    },
    reading: { answerTool: ANSWER_TOOL, emulates: asked },
  }
}

const ANSWER_TOOL = 'json_answer'
