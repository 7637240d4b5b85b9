import type { AnswerShape, Effort, ReasoningWish, Settings } from '../../canon/conversation.ts'
import { below } from '../shared/pointers.ts'
import { type Members, type Reading, sourced } from './reading.ts'

/** Everything beside the input and the tools that another format has a word for. */
export const parseSettings = (body: Members, reading: Reading): Settings => ({
  ...sourced('outputTokensMax', parseLimit(body, reading), '/max_output_tokens'),
  ...sourced('temperature', body.number('temperature'), '/temperature'),
  ...sourced('topP', body.number('top_p'), '/top_p'),
  ...parseLogprobs(body, reading),
  ...sourced('reasoning', parseReasoning(body, reading), '/reasoning'),
  ...parseText(body, reading),
  ...parseUser(body),
  ...sourced('metadata', parseMetadata(body, reading), '/metadata'),
  ...sourced('serviceTier', body.text('service_tier'), '/service_tier'),
  ...sourced('store', body.flag('store'), '/store'),
  ...sourced('promptCacheRetention', body.text('prompt_cache_retention'), '/prompt_cache_retention'),
  ...sourced('promptCacheKey', body.text('prompt_cache_key'), '/prompt_cache_key'),
})

const parseLimit = (body: Members, reading: Reading): number | undefined => {
  const limit = body.number('max_output_tokens')
  if (limit === undefined || (Number.isSafeInteger(limit) && limit > 0)) return limit
  return reading.fail('/max_output_tokens', 'a whole number above zero')
}

const LOGPROBS = 'message.output_text.logprobs'
/** Asked of every upstream that has it: clients that do not ask do not see it. */
const STATE = 'reasoning.encrypted_content'

/** The likelihoods are asked for by `include`, how many by `top_logprobs`; each alone is a wish for them too. */
const parseLogprobs = (body: Members, reading: Reading): Settings => {
  const top = body.number('top_logprobs')
  let pointer = top === undefined || top === 0 ? undefined : '/top_logprobs'
  for (const [index, value] of (body.list('include') ?? []).entries()) {
    const at = below('/include', index)
    if (typeof value !== 'string') reading.fail(at, 'a string')
    else if (value === LOGPROBS) pointer ??= at
    else if (value !== STATE) reading.leave(at, 'drop')
  }
  return pointer === undefined ? {} : sourced('logprobs', top ?? 0, pointer)
}

const EFFORTS: readonly string[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] satisfies readonly Effort[]
const isEffort = (word: string): word is Effort => EFFORTS.includes(word)

/** Without a wish for a summary there is nothing to read of the reasoning; without a degree it is the model's own. */
const parseReasoning = (body: Members, reading: Reading): ReasoningWish | undefined => {
  const wish = body.object('reasoning')
  if (!wish) return undefined
  const [effort, summary, older] = [wish.text('effort'), wish.text('summary'), wish.text('generate_summary')]
  wish.leave(wish.value.context === 'auto' ? 'ignore' : 'drop', 'context')
  wish.leave(wish.value.mode === 'standard' ? 'ignore' : 'drop', 'mode')
  wish.rest()
  const visible = (summary ?? older) !== undefined
  if (effort === undefined) return visible ? { mode: 'adaptive', visible } : undefined
  if (!isEffort(effort)) return reading.fail(wish.at('effort'), `one of ${EFFORTS.join(', ')}`)
  return { mode: effort === 'none' ? 'off' : 'effort', effort, visible }
}

const parseText = (body: Members, reading: Reading): Settings => {
  const text = body.object('text')
  if (!text) return {}
  const format = text.object('format')
  const verbosity = text.text('verbosity')
  text.rest()
  return {
    ...sourced('verbosity', verbosity, '/text/verbosity'),
    ...(format && sourced('shape', parseShape(format, reading), format.pointer)),
  }
}

const parseShape = (format: Members, reading: Reading): AnswerShape | undefined => {
  const type = format.text('type')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json-object' }
  if (type !== 'json_schema') return reading.fail(format.at('type'), 'one of text, json_object, json_schema')
  const [name, description, strict] = [format.text('name'), format.text('description'), format.flag('strict')]
  const schema = format.object('schema') ?? reading.fail(format.at('schema'), 'a JSON schema')
  format.rest()
  return {
    kind: 'json-schema',
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
    schema: schema?.value,
  }
}

/** Both tell who the end user is; `user` is the older word. */
const parseUser = (body: Members): Settings => {
  const safety = body.text('safety_identifier')
  if (safety === undefined) return sourced('user', body.text('user'), '/user')
  body.leave('drop', 'user')
  return sourced('user', safety, '/safety_identifier')
}

const parseMetadata = (body: Members, reading: Reading): Readonly<Record<string, string>> | undefined => {
  const metadata = body.object('metadata')
  if (!metadata) return undefined
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' || reading.fail(metadata.at(entry[0]), 'a string') !== undefined
  return Object.fromEntries(Object.entries(metadata.value).filter(isText))
}
