import type { Delta, Reader } from './answer.ts'
import type { JsonObject } from './conversation.ts'
import { counted, countIn, failed, listOf, membersOf, saidIn, textIn, told } from './reading.ts'

const PARAGRAPH = '\n\n'

/** Reads Responses: a response, and the events of a stream, which name their item by its place in the output. */
export const responsesReader: Reader = {
  whole: (body) => {
    const items = listOf(membersOf(body).output).flatMap((item, place) => wholeItem(membersOf(item), `${place}`))
    return [...items, ...endOf(membersOf(body))]
  },
  event: (data) => {
    const event = membersOf(data)
    const at = `${countIn(event.output_index) ?? 0}`
    const item = membersOf(event.item)
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return told('text', at, event.delta)
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return told('thinking', at, event.delta)
      case 'response.reasoning_summary_part.added':
        return (countIn(event.summary_index) ?? 0) > 0 ? told('thinking', at, PARAGRAPH) : []
      case 'response.output_item.added':
        return item.type === 'function_call' ? [begunCall(item, at)] : []
      case 'response.function_call_arguments.delta':
        return [{ kind: 'call', at, arguments: saidIn(event.delta) }]
      case 'response.output_item.done':
        return stateOf(item, at)
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return endOf(membersOf(event.response))
      case 'error':
        return failed(event.error === undefined ? { error: event } : event)
      default:
        return []
    }
  },
}

const begunCall = (item: JsonObject, at: string): Delta => ({
  kind: 'call',
  at,
  id: saidIn(item.call_id),
  name: saidIn(item.name),
})

const textsOf = (list: unknown): readonly string[] =>
  listOf(list).map((part) => textIn(membersOf(part).text) || textIn(membersOf(part).refusal))

const wholeItem = (item: JsonObject, at: string): readonly Delta[] => [...saidBy(item, at), ...stateOf(item, at)]

const saidBy = (item: JsonObject, at: string): readonly Delta[] => {
  switch (item.type) {
    case 'message':
      return told('text', at, textsOf(item.content).join(''))
    case 'reasoning': {
      const content = textsOf(item.content)
      return told('thinking', at, (content.length > 0 ? content : textsOf(item.summary)).join(PARAGRAPH))
    }
    case 'function_call':
      return [begunCall(item, at), { kind: 'call', at, arguments: saidIn(item.arguments) }]
    default:
      return []
  }
}

const KINDS: Readonly<Record<string, 'text' | 'thinking' | 'call'>> = {
  message: 'text',
  reasoning: 'thinking',
  function_call: 'call',
}

/** A finished item goes back as it is, so that what its vendor sealed in it is not lost. */
const stateOf = (item: JsonObject, at: string): readonly Delta[] => {
  const kind = KINDS[textIn(item.type)]
  return kind ? [{ kind: 'state', at, of: kind, value: item }] : []
}

const endOf = (response: JsonObject): readonly Delta[] => {
  const { status, incomplete_details, usage, error } = response
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = membersOf(usage)
  const reason = textIn(membersOf(incomplete_details).reason) || textIn(status)
  return [
    ...counted({
      input: countIn(input_tokens),
      cached: countIn(membersOf(input_tokens_details).cached_tokens),
      output: countIn(output_tokens),
      reasoning: countIn(membersOf(output_tokens_details).reasoning_tokens),
    }),
    ...failed({ error }),
    ...(reason === '' || reason === 'failed' ? [] : [{ kind: 'end', reason } as const]),
  ]
}
