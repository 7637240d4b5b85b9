import { type AnswerFormat, type Reading, errorText } from '../answer-format.ts'
import { decodedLength, type JsonObject, isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { readUsage } from './usage.ts'

/** What a choice carries: a delta in a stream, a message in a whole answer. Perplexity sends both; the message repeats. */
const carried = (choice: JsonObject): JsonObject => objectOf(choice.delta ?? choice.message)

/** Thinking parts hold text parts, one level down; what is nested deeper than this is no text of anyone's. */
const PART_LEVELS_MAX = 8

/** Text in the forms servers use: a string, or (Mistral) a list of text parts and of thinking parts holding text parts. */
const contentText = (content: unknown, levels = PART_LEVELS_MAX): string => {
  if (typeof content === 'string') return content
  if (levels === 0) return ''
  return objectsOf(content)
    .map((part) => textOf(part.text) + contentText(part.thinking, levels - 1))
    .join('')
}

/** Reasoning under its three names. OpenRouter sends the same text under two of them, so only one counts. */
const reasoningText = (delta: JsonObject): string =>
  textOf(delta.reasoning_content) ||
  textOf(delta.reasoning) ||
  objectsOf(delta.reasoning_details)
    .map((part) => textOf(part.text) || textOf(part.summary))
    .join('')

const callText = (call: JsonObject): string => {
  const { name, arguments: args, input } = objectOf(call.function ?? call.custom)
  return textOf(name) + textOf(args) + textOf(input)
}

const choiceText = (choice: JsonObject): string => {
  const delta = carried(choice)
  const calls = objectsOf(delta.tool_calls).map(callText).join('')
  const legacyCall = isObject(delta.function_call) ? callText({ function: delta.function_call }) : ''
  const transcript = textOf(objectOf(delta.audio).transcript)
  // `text` is where legacy Completions puts its answer.
  const answer = contentText(delta.content) || textOf(choice.text)
  return reasoningText(delta) + answer + textOf(delta.refusal) + calls + legacyCall + transcript
}

/** Images beside the text, as OpenRouter and those after it send them, or among the parts of the content. */
const imagesIn = (choice: JsonObject): number => {
  const { content, images } = carried(choice)
  // Nearly every answer: a string, and nothing beside it.
  if (images === undefined && !Array.isArray(content)) return 0
  const parts = objectsOf(content).filter(({ type, image_url }) => type === 'image_url' && image_url !== undefined)
  return objectsOf(images).length + parts.length
}

/** Bytes of sound; what streams is PCM. */
const soundIn = (choice: JsonObject): number => {
  const { audio } = carried(choice)
  return audio === undefined ? 0 : decodedLength(textOf(objectOf(audio).data))
}

const sumIn = (choices: readonly JsonObject[], amountIn: (choice: JsonObject) => number): number =>
  choices.reduce((sum, choice) => sum + amountIn(choice), 0)

const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0

const hasContent = (choice: JsonObject): boolean => {
  const delta = carried(choice)
  return (
    // Nearly every answer, and to look for the rest takes longer.
    textOf(delta.content) !== '' ||
    choiceText(choice) !== '' ||
    hasItems(delta.tool_calls) ||
    hasItems(delta.reasoning_details) ||
    imagesIn(choice) > 0 ||
    isObject(delta.function_call) ||
    isObject(delta.audio)
  )
}

const finished = (choice: JsonObject): boolean => {
  const reason = choice.finish_reason
  return reason !== undefined && reason !== null && reason !== ''
}

/** Some servers leave the number out, all of the time or in their last chunk. */
const numberIn = ({ index }: JsonObject): number => (typeof index === 'number' ? index : 0)

const read = (event: JsonObject): Reading => {
  const choices = objectsOf(event.choices)
  const groq = objectOf(event.x_groq)
  const usage = isObject(event.usage) ? event.usage : isObject(groq.usage) ? groq.usage : undefined
  const failed = choices.find((choice) => choice.finish_reason === 'error' || errorText(choice.error) !== undefined)
  const images = sumIn(choices, imagesIn)
  return {
    usage,
    serviceTier: event.service_tier,
    pieces: sumIn(choices, soundIn),
    ...(images > 0 && { made: { images } }),
    ended: choices.filter(finished).map(numberIn),
    content: choices.some(hasContent),
    error:
      errorText(event.error) ??
      errorText(groq.error) ??
      (failed && (errorText(failed.error) ?? 'finish_reason: error')),
    usageOnly: usage !== undefined && Array.isArray(event.choices) && choices.length === 0,
  }
}

/** Chat Completions, and legacy Completions, whose choices hold `text` instead of a message. */
export const openAiChatAnswers: AnswerFormat = {
  // OpenAI writes `"usage":null` and `"finish_reason":null` into every chunk, so only a value counts.
  keys: ['"finish_reason"', '"usage"', '"error"', '"image_url"', '"audio"'].map((key) => Buffer.from(key)),
  matters: (_, contentSeen, hasKey) => !contentSeen || hasKey(),
  read,
  bodyKeys: ['choices'],
  readUsage,
  textIn: (event) => objectsOf(event.choices).map(choiceText).join(''),
  endsWithDone: true,
}
