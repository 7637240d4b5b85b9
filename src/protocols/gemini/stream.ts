import { type AnswerFormat, type Reading, errorText, type Seen } from '../answer-format.ts'
import { decodedLength, type JsonObject, isObject, jsonOf, objectOf, objectsOf, textOf } from '../json.ts'
import { readUsage } from './usage.ts'

/** `FINISH_REASON_UNSPECIFIED` by name or by its protobuf number is no reason. */
const isReason = (value: unknown): boolean =>
  typeof value === 'number' ? value > 0 : textOf(value) !== '' && value !== 'FINISH_REASON_UNSPECIFIED'

const partsOf = (event: JsonObject): readonly JsonObject[] =>
  objectsOf(event.candidates).flatMap((candidate) => objectsOf(objectOf(candidate.content).parts))

/** A part with nothing but an empty text is where Gemini hangs a signature or nothing at all. */
const isContent = (part: JsonObject): boolean =>
  textOf(part.text) !== '' || Object.keys(part).some((key) => !['text', 'thought', 'thoughtSignature'].includes(key))

const partText = (part: JsonObject): string => {
  const call = objectOf(part.functionCall)
  const args = isObject(call.args) ? (jsonOf(call.args) ?? '') : ''
  return textOf(part.text) + textOf(call.name) + args + textOf(objectOf(part.executableCode).code)
}

/**
 * The queries that the answer was grounded with. A later event has more of them, or all of them again: one text counts as
 * often as one event has it. An answer that was grounded in Google Maps, and in no query, is one.
 */
const searchesIn = (event: JsonObject): readonly Seen[] =>
  objectsOf(event.candidates).flatMap((candidate) => {
    const { webSearchQueries, groundingChunks } = objectOf(candidate.groundingMetadata)
    const found = Array.isArray(webSearchQueries) ? webSearchQueries : []
    const isOfMaps = found.length === 0 && objectsOf(groundingChunks).some(({ maps }) => isObject(maps))
    const queries = isOfMaps ? ['maps'] : found.map((query) => textOf(query))
    return queries.map((query, index) => {
      const nth = queries.slice(0, index).filter((other) => other === query).length
      return { unit: 'webSearches', name: `${numberIn(candidate)} ${nth} ${query}`, count: 1 } as const
    })
  })

/** What comes as bytes: sound by their number, anything else as an image. */
const mediaIn = (event: JsonObject): Pick<Reading, 'pieces' | 'made'> => {
  const media = partsOf(event).map((part) => objectOf(part.inlineData ?? part.inline_data))
  const isSound = ({ mimeType, mime_type: inSnakeCase }: JsonObject): boolean =>
    textOf(mimeType ?? inSnakeCase).startsWith('audio/')
  const pieces = media.filter(isSound).reduce((sum, { data }) => sum + decodedLength(textOf(data)), 0)
  const images = media.filter((each) => !isSound(each) && textOf(each.data) !== '').length
  return { pieces, ...(images > 0 && { made: { images } }) }
}

/** The first embedding's existence: both the single and the batch form. */
const isEmbedding = (event: JsonObject): boolean => isObject(event.embedding) || Array.isArray(event.embeddings)

/** By its number, which Gemini leaves out where it is 0. */
const numberIn = ({ index }: JsonObject): number => (typeof index === 'number' ? index : 0)

const hasContent = (candidate: JsonObject): boolean => objectsOf(objectOf(candidate.content).parts).some(isContent)

const read = (event: JsonObject): Reading => {
  const candidates = objectsOf(event.candidates)
  const ends = (candidate: JsonObject): boolean => isReason(candidate.finishReason)
  return {
    usage: isObject(event.usageMetadata) ? event.usageMetadata : undefined,
    seen: searchesIn(event),
    ...mediaIn(event),
    terminal: isReason(objectOf(event.promptFeedback).blockReason) || isEmbedding(event),
    ended: candidates.filter(ends).map(numberIn),
    // Before it runs a tool of its own it says that it stopped, and goes on with what that gave.
    resumed: candidates.filter((candidate) => !ends(candidate) && hasContent(candidate)).map(numberIn),
    content: candidates.some(hasContent) || isEmbedding(event),
    error: errorText(event.error),
  }
}

export const geminiAnswers: AnswerFormat = {
  keys: [],
  // Every chunk carries the running usage and there are few of them.
  matters: () => true,
  read,
  // An answer that was blocked has no candidates, and one that thought itself out of tokens may have nothing but usage.
  bodyKeys: ['candidates', 'promptFeedback', 'usageMetadata', 'embedding', 'embeddings'],
  readUsage,
  textIn: (event) => partsOf(event).map(partText).join(''),
  endsWithDone: false,
}
