import { type Json, listOf, piecesOf, sse, textOf } from './speaker.ts'

/** A finished response as the events in which it would have come. */
export const streamOf = (response: Json): string => {
  const unfinished = { ...response, status: 'in_progress', output: [], usage: null }
  const events: Json[] = [
    { type: 'response.created', response: unfinished },
    { type: 'response.in_progress', response: unfinished },
  ]
  for (const [index, item] of listOf(response.output).entries()) events.push(...eventsOf(item, index))
  events.push({ type: 'response.completed', response })
  return events
    .map(({ type, ...rest }, sequence_number) => sse({ type, sequence_number, ...rest }, textOf(type)))
    .join('')
}

const eventsOf = (item: Json, output_index: number): readonly Json[] => {
  const place = { item_id: item.id, output_index }
  return [
    { type: 'response.output_item.added', output_index, item: begun(item) },
    ...insideOf(item, place),
    { type: 'response.output_item.done', output_index, item },
  ]
}

const begun = (item: Json): Json => {
  const { encrypted_content: _, ...rest } = item
  if (item.type === 'reasoning') return { ...rest, summary: [] }
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] }
  return { ...item, status: 'in_progress', ...(item.type === 'custom_tool_call' ? { input: '' } : { arguments: '' }) }
}

const insideOf = (item: Json, place: Json): readonly Json[] => {
  if (item.type === 'reasoning') return listOf(item.summary).flatMap((part, index) => summaryEvents(part, index, place))
  if (item.type === 'message') return listOf(item.content).flatMap((part, index) => textEvents(part, index, place))
  const custom = item.type === 'custom_tool_call'
  const name = `response.${custom ? 'custom_tool_call_input' : 'function_call_arguments'}`
  const text = textOf(custom ? item.input : item.arguments)
  return [
    ...piecesOf(text).map((delta) => ({ type: `${name}.delta`, ...place, delta })),
    { type: `${name}.done`, ...place, ...(custom ? { input: text } : { name: item.name, arguments: text }) },
  ]
}

const summaryEvents = (part: Json, summary_index: number, place: Json): readonly Json[] => {
  const at = { ...place, summary_index }
  const text = textOf(part.text)
  return [
    { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
    ...piecesOf(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
    { type: 'response.reasoning_summary_text.done', ...at, text },
    { type: 'response.reasoning_summary_part.done', ...at, part },
  ]
}

const textEvents = (part: Json, content_index: number, place: Json): readonly Json[] => {
  const at = { ...place, content_index }
  const text = textOf(part.text)
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...piecesOf(text).map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
  ]
}
