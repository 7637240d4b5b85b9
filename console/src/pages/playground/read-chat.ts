import type { Delta, Reader } from './answer.ts'
import { isObject, type JsonObject } from './conversation.ts'
import { counted, countIn, ended, failed, listOf, membersOf, saidIn, textIn, told } from './reading.ts'

/** Reads Chat: `chat.completion`, and the chunks of a stream. Of several choices the first. */
export const chatReader: Reader = {
  whole: (body) => {
    const { choices, usage } = membersOf(body)
    const { message, finish_reason } = membersOf(listOf(choices)[0])
    return [...messageOf(membersOf(message)), ...usageOf(usage), ...ended(finish_reason)]
  },
  event: (data) => {
    const { choices, usage } = membersOf(data)
    const first = listOf(choices).find((choice) => (membersOf(choice).index ?? 0) === 0)
    const { delta, finish_reason } = membersOf(first)
    return [...failed(data), ...messageOf(membersOf(delta)), ...usageOf(usage), ...ended(finish_reason)]
  },
}

const THINKING = 'thinking'

/** What a message and a piece of one have in common. */
const messageOf = (message: JsonObject): readonly Delta[] => [
  ...thoughtOf(message),
  ...told('text', 'text', message.content),
  ...told('text', 'text', message.refusal),
  ...listOf(message.tool_calls).flatMap((call, place) => callOf(membersOf(call), place)),
]

/** The same thoughts may stand under several names: they are told once. */
const thoughtOf = (message: JsonObject): readonly Delta[] => {
  const details = listOf(message.reasoning_details).filter(isObject)
  const field = ['reasoning_content', 'reasoning'].find((name) => textIn(message[name]) !== '')
  const detailed = details.map(({ text, summary }) => textIn(text) || textIn(summary)).join('')
  return [
    ...told('thinking', THINKING, field === undefined ? detailed : message[field]),
    ...(details.length === 0 ? [] : [stateOf({ details })]),
    // Some vendors want it back under this name; nobody does under the other.
    ...(field === 'reasoning_content' ? [stateOf({ field })] : []),
  ]
}

const stateOf = (value: JsonObject): Delta => ({ kind: 'state', at: THINKING, of: 'thinking', value })

const callOf = (call: JsonObject, place: number): readonly Delta[] => {
  const { name, arguments: more } = membersOf(call.function)
  const at = `call ${countIn(call.index) ?? place}`
  const extra = call.extra_content
  return [
    { kind: 'call', at, id: saidIn(call.id), name: saidIn(name), arguments: saidIn(more) },
    ...(isObject(extra) ? [{ kind: 'state', at, of: 'call', value: { extra_content: extra } } as const] : []),
  ]
}

const usageOf = (usage: unknown): readonly Delta[] => {
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = membersOf(usage)
  return counted({
    input: countIn(prompt_tokens),
    cached: countIn(membersOf(prompt_tokens_details).cached_tokens),
    output: countIn(completion_tokens),
    reasoning: countIn(membersOf(completion_tokens_details).reasoning_tokens),
  })
}
