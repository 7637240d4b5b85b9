import { bufferOf } from '../../bytes.ts'
import { startsWith } from '../../canon/scan-tokens.ts'
import { type AnswerFormat, type Reading, errorText } from '../answer-format.ts'
import { decodedLength, type JsonObject, isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { type RawEvent, bytesOf } from '../raw-event.ts'
import { partialSeen, seenIn, toolsIn } from './tool-usage.ts'
import { readUsage } from './usage.ts'

const NAMED = Buffer.from('event: response.')
const DELTA_NAME = Buffer.from('.delta')
const ENDS = ['"response.completed"', '"response.incomplete"', '"response.failed"'].map((name) => Buffer.from(name))
/** Longer than any event name, so that the search for `.delta` stays in the first line. */
const NAME_LINE_BYTES = 72

/** A delta by its `event:` line: nine in ten events, settled by looking at their first bytes. */
const isNamedDelta = ({ bytes, from, end }: RawEvent): boolean => {
  if (!startsWith(bytes, from, NAMED)) return false
  const at = bytes.indexOf(DELTA_NAME, from)
  return at !== -1 && at < Math.min(from + NAME_LINE_BYTES, end)
}

/** Items, which come and go, and what is no text of the model's: each counts, however far the answer is. */
const ITEM = Buffer.from('"response.output_item.')
const PARTIAL_IMAGE = Buffer.from('"response.image_generation_call.partial_image"')
const AUDIO = Buffer.from('"response.audio.delta"')
const COUNTED = [ITEM, PARTIAL_IMAGE, AUDIO].map((typed) => ({
  typed,
  named: Buffer.from(`event: ${typed.toString().slice(1).replace('"', '')}`),
}))
/** Where the type stands in an event that begins with it, behind a line with its name. */
const TYPE_BYTES = 192

const isCounted = (event: RawEvent): boolean => {
  const { bytes, from, end } = event
  if (COUNTED.some(({ named }) => startsWith(bytes, from, named))) return true
  const beginning = bufferOf(bytes).subarray(from, Math.min(from + TYPE_BYTES, end))
  return COUNTED.some(({ typed }) => beginning.includes(typed))
}

/** The beginnings of a response, which repeat the whole request (instructions, tools) and say nothing new. */
const BEGINNINGS = ['event: response.created', 'event: response.in_progress', 'event: response.queued'].map((name) =>
  Buffer.from(name),
)

/** Deltas whose text is the model's own output; audio deltas are base64. */
const isTextDelta = (type: string): boolean => type.endsWith('.delta') && type !== 'response.audio.delta'

/** Any item of output, finished or begun, but for the empty shells that messages and reasoning begin as. */
const isContent = (type: string, event: JsonObject): boolean => {
  if (type.endsWith('.delta')) return textOf(event.delta) !== ''
  if (type === 'response.output_item.done') return true
  if (type === 'response.output_item.added')
    return !['message', 'reasoning'].includes(textOf(objectOf(event.item).type))
  return type.endsWith('.done') && textOf(event.text) + textOf(event.arguments) !== ''
}

/** What a response object says once it has ended, whether it came in an event or as a whole answer. */
const readResponse = (response: JsonObject): Reading => ({
  usage: isObject(response.usage) ? response.usage : undefined,
  ...toolsIn(response),
  serviceTier: response.service_tier,
  terminal: true,
  content: objectsOf(response.output).length > 0,
  error: errorText(response.error) ?? (response.status === 'failed' ? 'status: failed' : undefined),
})

/** A response by itself, not in an event. Some servers leave `object` out. */
const isWhole = (event: JsonObject): boolean =>
  event.object === 'response' || (event.type === undefined && Array.isArray(event.output))

const read = (event: JsonObject): Reading => {
  const type = textOf(event.type)
  if (isWhole(event)) return readResponse(event)
  if (type === 'response.completed' || type === 'response.incomplete')
    return { ...readResponse(objectOf(event.response)), over: true }
  if (type === 'response.failed') {
    const reading = readResponse(objectOf(event.response))
    return { ...reading, error: reading.error ?? 'response.failed' }
  }
  // The schema has the message flat, OpenAI itself sends it nested; a plain error body has no type at all.
  const error = errorText(event.error)
  if (type === 'error') return { error: error ?? errorText(event.message) ?? errorText(event) }
  return { content: isContent(type, event), error, ...itemIn(type, event) }
}

const itemIn = (type: string, event: JsonObject): Partial<Reading> => {
  switch (type) {
    case 'response.output_item.added':
      return { part: 'begins' }
    case 'response.output_item.done':
      return { part: 'ends', seen: seenIn(objectOf(event.item), event.output_index) }
    case 'response.image_generation_call.partial_image':
      return { content: true, seen: [partialSeen(event)] }
    case 'response.audio.delta':
      return { pieces: decodedLength(textOf(event.delta)) }
    default:
      return {}
  }
}

const textIn = (event: JsonObject): string => {
  if (!isWhole(event)) return isTextDelta(textOf(event.type)) ? textOf(event.delta) : ''
  return objectsOf(event.output)
    .flatMap((item) => [
      ...objectsOf(item.summary),
      ...objectsOf(item.content),
      { text: textOf(item.name) + textOf(item.arguments) },
    ])
    .map((part: JsonObject) => textOf(part.text) + textOf(part.refusal))
    .join('')
}

export const openAiResponsesAnswers: AnswerFormat = {
  keys: [Buffer.from('"error"')],
  matters: (event, contentSeen, hasKey) => {
    if (!contentSeen) return !BEGINNINGS.some((name) => startsWith(event.bytes, event.from, name))
    if (isCounted(event)) return true
    if (isNamedDelta(event)) return false
    return hasKey() || ENDS.some((name) => bytesOf(event).includes(name))
  },
  read,
  bodyKeys: ['output'],
  readUsage,
  textIn,
  endsWithDone: false,
}
