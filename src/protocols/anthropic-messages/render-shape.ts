import type { AnswerShape, JsonShape, Sourced } from '../../canon/conversation.ts'
import { writeJson } from '../../canon/json-text.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { forConstrainedOutput, isRecursive, objectRoot } from '../shared/schema.ts'
import type { Draft } from './marks.ts'

export interface ShapeQuestion {
  readonly shape: Sourced<AnswerShape> | undefined
  readonly profile: Profile
  readonly losses: Losses
  /** Nothing else may be called, and the model does not think: a tool can be forced. */
  readonly mayForce: boolean
}

/** How the shape is asked for: by the vendor's own field, by a tool that must be called, or in words. */
export interface RenderedShape {
  readonly format?: Draft
  readonly tool?: Draft
  readonly instruction?: string
  /** The shape that it is only asked for. */
  readonly emulates?: JsonShape
}

/** The tool whose input is the answer. */
export const ANSWER_TOOL = 'json'

const onlyJson = (what: string): string =>
  `Answer with one JSON ${what} and nothing else: no words before or after it, and no code fence around it.`

export const renderShape = ({ shape, profile, losses, mayForce }: ShapeQuestion): RenderedShape => {
  if (!shape || shape.value.kind === 'text') return {}
  const { value, pointer } = shape
  // Anthropic refuses a schema that contains itself where it would hold the answer to it.
  if (value.kind === 'json-schema' && profile.structured === 'json-schema' && !isRecursive(value.schema)) {
    const { schema, changed } = forConstrainedOutput(value.schema)
    if (changed) losses.declare(pointer, 'simplified')
    // A description has no place; and a schema that is only a hint binds here.
    if (value.description !== undefined || value.strict === false) losses.declare(pointer, 'approximated')
    return { format: { type: 'json_schema', schema } }
  }
  losses.declare(pointer, 'emulated')
  const schema = value.kind === 'json-schema' ? value.schema : undefined
  const description = value.kind === 'json-schema' ? value.description : undefined
  // A schema whose root is no object would come back changed from a tool.
  const root = schema === undefined ? { schema: { type: 'object' }, changed: false } : objectRoot(schema)
  if (mayForce && !root.changed) {
    const tool = { name: ANSWER_TOOL, description: description ?? ANSWER, input_schema: root.schema }
    return { tool, emulates: value }
  }
  const instruction =
    schema === undefined
      ? onlyJson('object')
      : `${onlyJson('value')} It follows this JSON schema:\n${writeJson(schema)}`
  return { instruction, emulates: value }
}

const ANSWER = 'Gives the answer, as JSON.'
