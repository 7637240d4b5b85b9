import type { Carriers, JsonObject, ParsedRequest } from '../../canon/codec.ts'
import type { Conversation, Tool, Turn } from '../../canon/conversation.ts'
import type { Operation } from '../../canon/operation.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { parseItems } from './parse-items.ts'
import { parseSettings } from './parse-settings.ts'
import { parseToolChoice } from './parse-tool-choice.ts'
import { mergeTools, parseTools } from './parse-tools.ts'
import { createReading, type Members, membersOf, type Reading } from './reading.ts'

const FORMAT = 'openai-responses'

/**
 * Reads a Responses request, or one that counts its input tokens: that may lack `input`. State kept here has been put
 * in the place of `previous_response_id` before; one that is still there is not known.
 */
export const parseRequest = (
  value: JsonObject,
  { action }: Operation,
  carriers: Carriers,
): Result<ParsedRequest, GatewayError> => {
  const reading = createReading(carriers)
  const body = membersOf(value, '', reading)
  const conversation = body && read(body, action === 'count-tokens', reading)
  if (reading.failure) return err(reading.failure)
  if (!conversation) throw new Error('a reading that failed says why')
  return ok({ conversation, losses: reading.losses.list })
}

const read = (body: Members, countsOnly: boolean, reading: Reading): Conversation => {
  refuseStored(body, reading)
  const model = body.text('model') ?? reading.fail('/model', 'the name of a model') ?? ''
  const stream = body.flag('stream') ?? false
  const own = parseTools(body.list('tools') ?? [], '/tools', reading)
  const input = parseInput(body, countsOnly, reading)
  const turns = [...parseInstructions(body), ...input.turns]
  const toolChoice = parseToolChoice(body, reading)
  const settings = parseSettings(body, reading)
  leaveTheRest(body)
  return {
    format: FORMAT,
    model,
    stream,
    turns,
    tools: mergeTools(own, input.tools),
    ...toolChoice,
    settings,
    unmapped: reading.unmapped,
    wishes: { includesUsage: false, legacyFunctions: false, echo: echoOf(body.value) },
    native: { format: FORMAT, value: body.value },
  }
}

const refuseStored = (body: Members, reading: Reading): void => {
  const id = body.text('previous_response_id')
  if (id !== undefined) reading.refuse(responseNotFound(id))
  if (body.flag('background')) {
    const issue = 'Background responses are not served: leave `background` out, and stream long answers.'
    reading.refuse(fault('unsupported-parameter', issue, { param: 'background' }))
  }
}

/** What a reference to a response that is not kept here is answered with. */
export const responseNotFound = (id: string): GatewayError =>
  fault(
    'response-not-found',
    `Previous response with id '${id}' not found. It has expired, was deleted, was made with \`store: false\` or belongs to another project: send the whole conversation in \`input\`.`,
    { param: 'previous_response_id', issue: 'previous_response_not_found' },
  )

/** Marked by its pointer, so that it is written back as `instructions` and not as an item. */
const parseInstructions = (body: Members): readonly Turn[] => {
  const text = body.text('instructions')
  const pointer = '/instructions'
  return text ? [{ role: 'system', blocks: [{ kind: 'text', text, pointer }], pointer }] : []
}

const parseInput = (
  body: Members,
  countsOnly: boolean,
  reading: Reading,
): { readonly turns: readonly Turn[]; readonly tools: readonly Tool[] } => {
  const input = body.any('input')
  const pointer = '/input'
  if (Array.isArray(input)) return parseItems(input, pointer, reading)
  if (typeof input === 'string')
    return { turns: [{ role: 'user', blocks: [{ kind: 'text', text: input, pointer }], pointer }], tools: [] }
  if (input !== undefined || !countsOnly) reading.fail(pointer, 'a string, or an array of input items')
  return { turns: [], tools: [] }
}

/**
 * What has no place. Templates and conversations hold what the answer needs, and are kept at OpenAI; `moderation` is a
 * promise. The others only cost or save: a conversation that is too long fails by itself, without `truncation`.
 */
const leaveTheRest = (body: Members): void => {
  const { value } = body
  const options = value.prompt_cache_options
  const isPlain = typeof options === 'object' && options !== null && Object.keys(options).join() === 'mode'
  body.leave('refuse', 'prompt', 'conversation', 'moderation')
  body.leave(value.truncation === 'disabled' ? 'ignore' : 'drop', 'truncation')
  body.leave(isPlain && (options as JsonObject).mode === 'implicit' ? 'ignore' : 'drop', 'prompt_cache_options')
  body.leave('ignore', 'stream_options', 'background')
  body.leave('drop', 'max_tool_calls', 'context_management')
  body.rest()
}

/** Members of the response object that repeat the request's. */
const ECHOED = [
  'background',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]

const echoOf = (body: JsonObject): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    ECHOED.filter((name) => body[name] !== null && body[name] !== undefined).map((name) => [name, body[name]]),
  )
