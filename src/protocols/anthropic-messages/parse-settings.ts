import type { AnswerShape, Effort, ReasoningWish, Settings, Sourced } from '../../canon/conversation.ts'
import type { Fields, Reading } from './fields.ts'
import { parseCacheMark } from './parse-tools.ts'

/** Everything beside the messages and tools that another format has a word for. */
export const parseSettings = (body: Fields, reading: Reading): Settings => ({
  ...parseLimit(body, reading),
  ...sourced('temperature', body.number('temperature'), body.at('temperature')),
  ...sourced('topP', body.number('top_p'), body.at('top_p')),
  ...sourced('topK', body.number('top_k'), body.at('top_k')),
  ...parseStop(body, reading),
  ...parseOutput(body, reading),
  ...sourced('user', parseUser(body), '/metadata/user_id'),
  ...sourced('serviceTier', tierOf(body.text('service_tier')), body.at('service_tier')),
  ...sourced('cache', parseCacheMark(body), body.at('cache_control')),
})

const sourced = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
  pointer: string,
): { readonly [Key in Name]?: Sourced<Value> } =>
  value === undefined ? {} : ({ [name]: { value, pointer } } as { readonly [Key in Name]?: Sourced<Value> })

/** A limit of zero fills Anthropic's cache and answers nothing, which no other vendor can do. */
const parseLimit = (body: Fields, reading: Reading): Settings => {
  const limit = body.count('max_tokens')
  if (limit !== 0) return sourced('outputTokensMax', limit, body.at('max_tokens'))
  reading.leave(body.at('max_tokens'), 'refuse')
  return {}
}

const parseStop = (body: Fields, reading: Reading): Settings => {
  const stop = body.list('stop_sequences') ?? []
  const isText = (value: unknown): value is string => typeof value === 'string'
  if (!stop.every(isText)) return reading.fail(body.at('stop_sequences'), 'a list of strings') ?? {}
  return stop.length === 0 ? {} : sourced('stop', stop, body.at('stop_sequences'))
}

const parseUser = (body: Fields): string | undefined => {
  const metadata = body.object('metadata')
  const user = metadata?.text('user_id')
  metadata?.rest()
  return user
}

/** OpenAI's words: there, "default" is what a request pays that wants no priority. */
const tierOf = (tier: string | undefined): string | undefined => (tier === 'standard_only' ? 'default' : tier)

const EFFORTS: readonly string[] = ['low', 'medium', 'high', 'xhigh', 'max'] satisfies Effort[]
const isEffort = (word: string): word is Effort => EFFORTS.includes(word)

/** Thinking, effort and the shape of the answer; the beta's `output_format` is the older name of one of them. */
const parseOutput = (body: Fields, reading: Reading): Settings => {
  const output = body.object('output_config')
  const word = output?.text('effort')
  if (word !== undefined && !isEffort(word)) return reading.fail('/output_config/effort', 'low to max') ?? {}
  const reasoning = parseThinkingWish(body, word, reading)
  const format = output?.object('format') ?? body.object('output_format')
  output?.rest()
  return {
    ...sourced('reasoning', reasoning, body.value.thinking == null ? '/output_config/effort' : '/thinking'),
    ...(format && sourced('shape', parseShape(format, reading), format.pointer)),
  }
}

/**
 * Absent thinking is no wish: newer models think unasked. Thinking that is asked for is shown unless the client says
 * that it leaves it out.
 */
const parseThinkingWish = (body: Fields, effort: Effort | undefined, reading: Reading): ReasoningWish | undefined => {
  const thinking = body.object('thinking')
  const degree = effort === undefined ? {} : { effort }
  if (!thinking) return effort === undefined ? undefined : { mode: 'effort', effort }
  const [type, display] = [thinking.text('type'), thinking.text('display')]
  const budgetTokens = thinking.count('budget_tokens')
  thinking.rest()
  if (type === 'disabled') return { mode: 'off', ...degree }
  const visible = display !== 'omitted'
  if (type === 'adaptive') return { mode: 'adaptive', ...degree, visible }
  if (type !== 'enabled') return reading.fail(thinking.at('type'), 'one of enabled, adaptive, disabled')
  if (budgetTokens === undefined) return reading.fail(thinking.at('budget_tokens'), 'a whole number of tokens')
  return { mode: 'budget', budgetTokens, ...degree, visible }
}

const parseShape = (format: Fields, reading: Reading): AnswerShape | undefined => {
  if (format.text('type') !== 'json_schema') return reading.fail(format.at('type'), 'json_schema')
  const schema = format.object('schema')
  if (!schema) return reading.fail(format.at('schema'), 'a JSON schema')
  format.rest()
  return { kind: 'json-schema', strict: true, schema: schema.value }
}
