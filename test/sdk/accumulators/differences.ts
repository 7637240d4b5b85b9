import { isDeepStrictEqual } from 'node:util'
import type { Format } from '../../translation/conformance.ts'
import { type Json, jsonOf, listOf, objectOf } from '../../translation/frames.ts'
import { gathered, unordered } from './gather.ts'
import type { Accumulated } from './sdks.ts'
import type { Whole } from './whole.ts'

/** Members of an answer, from its root; `*` is every element of a list. */
interface Members {
  readonly at: string
  readonly why: string
}

/** What the SDKs add of their own: not on the wire. */
const ADDED: Readonly<Record<Format, readonly Members[]>> = {
  'openai-chat': [{ at: 'choices.*.message.parsed', why: 'null where no shape was asked for' }],
  'openai-responses': [
    { at: 'output_text', why: 'all texts in one, for convenience' },
    { at: 'output_parsed', why: 'null where no shape was asked for' },
    { at: 'output.*.content.*.parsed', why: 'the same, of each text' },
    { at: 'output.*.parsed_arguments', why: 'null where no tool is strict' },
  ],
  'anthropic-messages': [{ at: 'parsed_output', why: 'null where no shape was asked for' }],
  gemini: [{ at: 'sdkHttpResponse', why: 'the headers of the response' }],
}

/** What the SDKs leave out of the object they give, though the stream tells it: the pieces have to add up to it. */
const UNREAD: Readonly<Record<Format, readonly Members[]>> = {
  'openai-chat': [
    { at: 'choices.*.message.reasoning_content', why: 'of a member it does not know it keeps the last piece' },
    { at: 'choices.*.message.images', why: 'the same' },
  ],
  'openai-responses': [],
  'anthropic-messages': [
    { at: 'usage.cache_creation', why: 'of `message_delta` it reads the counters it knows, and this is no counter' },
    { at: 'usage.service_tier', why: 'the same' },
  ],
  gemini: [{ at: 'candidates.*.finishMessage', why: 'it reads this from Vertex only' }],
}

/** What a stream that is already on its way cannot say as the whole answer does, written so that both say the same. */
const SAME: Readonly<Record<Format, (answer: Json, whole: Whole) => Json>> = {
  // The first chunk has an empty text, before anybody knows that there is none; every chunk says that usage is not known yet.
  'openai-chat': ({ usage, choices, ...answer }) => ({
    ...answer,
    ...(usage !== null && { usage }),
    choices: listOf(choices).map((choice) => {
      const message = objectOf(choice.message)
      return { ...choice, message: { ...message, content: message.content === '' ? null : message.content } }
    }),
  }),
  'openai-responses': (answer) => answer,
  // State of a text or a call comes when it comes; a whole answer puts it in front. A call that met the limit was begun,
  // and a whole answer leaves it out.
  'anthropic-messages': ({ content, ...answer }, { body }) => {
    const begun = LIMITS.has(answer.stop_reason) ? callIdsOf(body) : undefined
    const blocks = listOf(content).filter(({ type, id }) => type !== 'tool_use' || (begun?.has(id) ?? true))
    return { ...answer, content: blocks.filter((block) => !isState(block)), states: blocks.filter(isState) }
  },
  // Calls go out whole: what is said before they are is said before them.
  gemini: (answer, { overlaps }) => (overlaps ? unordered(gathered([answer])) : gathered([answer])),
}

const LIMITS: ReadonlySet<unknown> = new Set(['max_tokens', 'model_context_window_exceeded'])
const callIdsOf = ({ content }: Json): ReadonlySet<unknown> => new Set(listOf(content).map(({ id }) => id))
const isState = ({ type, thinking }: Json): boolean => type === 'thinking' && thinking === ''

/** Of a whole answer what no stream may tell: state of the last words, behind which nothing may stand. */
const tellable = (client: Format, body: Json): Json => {
  const blocks = listOf(body.content)
  const [state, words] = blocks.slice(-2)
  const isUntold =
    client === 'anthropic-messages' && state && isState(state) && isOnText(state) && words?.type === 'text'
  return isUntold ? { ...body, content: blocks.filter((block) => block !== state) } : body
}

/** Google signs texts, too. */
const isOnText = ({ signature }: Json): boolean => {
  const [, , kind, data = ''] = String(signature).split('.')
  return kind === 'thought-signature' && objectOf(jsonOf(Buffer.from(data, 'base64url').toString())).on === 'text'
}

/** Where what an SDK made of a stream is not the whole answer, in words. */
export const differencesOf = (client: Format, { final, told }: Accumulated, whole: Whole): readonly string[] => {
  const [added, unread] = [ADDED[client], UNREAD[client]]
  const same = (answer: Json): Json => SAME[client](answer, whole)
  const body = tellable(client, whole.body)
  return [
    ...between(same(without(final, [...added, ...unread])), same(without(body, unread)), 'final'),
    ...between(same(without(told(), added)), same(body), 'told'),
  ]
}

const without = (answer: Json, members: readonly Members[]): Json =>
  members.reduce((rest, { at }) => objectOf(pruned(rest, at.split('.'))), answer)

const pruned = (value: unknown, [name = '', ...path]: readonly string[]): unknown => {
  if (name === '*') return Array.isArray(value) ? value.map((element) => pruned(element, path)) : value
  if (typeof value !== 'object' || value === null || !(name in value)) return value
  const { [name]: member, ...rest } = objectOf(value)
  return path.length === 0 ? rest : { ...rest, [name]: pruned(member, path) }
}

const SHOWN_LENGTH_MAX = 120
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_LENGTH_MAX)

const between = (heard: unknown, whole: unknown, at: string): readonly string[] => {
  if (isDeepStrictEqual(heard, whole)) return []
  const isPair = [heard, whole].every((value) => typeof value === 'object' && value !== null)
  if (!isPair || Array.isArray(heard) !== Array.isArray(whole)) return [`${at}: ${shown(heard)}, not ${shown(whole)}`]
  const [one, other] = [heard as Json, whole as Json]
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return names.flatMap((name) => between(one[name], other[name], `${at}/${name}`))
}
