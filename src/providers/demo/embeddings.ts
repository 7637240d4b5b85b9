import { json, type Turn } from './stream.ts'
import { countWords, isRecord, listOf, textOf, wholeNumber } from './words.ts'

const DIMENSIONS_DEFAULT = 256
const DIMENSIONS_MAX = 4_096

/** OpenAI Embeddings: https://developers.openai.com/api/reference/resources/embeddings */
export const answerEmbeddings = ({ body }: Turn): Response => {
  const texts = inputsOf(body.input)
  const dimensions = clamp(wholeNumber(body.dimensions))
  const tokens = texts.reduce((sum, text) => sum + countWords(text), 0)
  const data = texts.map((text, index) => {
    const vector = embed(text, dimensions)
    return { object: 'embedding', index, embedding: body.encoding_format === 'base64' ? base64(vector) : [...vector] }
  })
  return json({ object: 'list', data, model: body.model, usage: { prompt_tokens: tokens, total_tokens: tokens } })
}

/** Gemini's `embedContent`: https://ai.google.dev/api/embeddings */
export const embedGemini = ({ body }: Turn): Response => {
  const text = textOf(body.content)
  return json({ embedding: { values: valuesOf(body) }, usageMetadata: { promptTokenCount: countWords(text) } })
}

/** Gemini's `batchEmbedContents`: one request for each text. */
export const embedGeminiBatch = ({ body }: Turn): Response => {
  const requests = listOf(body.requests).filter(isRecord)
  const words = requests.reduce((sum, request) => sum + countWords(textOf(request.content)), 0)
  const embeddings = requests.map((request) => ({ values: valuesOf(request) }))
  return json({ embeddings, usageMetadata: { promptTokenCount: words } })
}

const valuesOf = (request: Turn['body']): readonly number[] => {
  const settings = isRecord(request.embedContentConfig) ? request.embedContentConfig : request
  return [...embed(textOf(request.content), clamp(wholeNumber(settings.outputDimensionality)))]
}

const clamp = (dimensions: number | undefined): number => Math.min(dimensions ?? DIMENSIONS_DEFAULT, DIMENSIONS_MAX)

const inputsOf = (input: unknown): readonly string[] => {
  if (typeof input === 'string') return [input]
  if (!Array.isArray(input)) return ['']
  if (typeof input[0] === 'number') return [input.join(' ')]
  return input.map((one) => (Array.isArray(one) ? one.join(' ') : String(one)))
}

/**
 * A unit vector that depends on the text alone: each word adds a pseudo-random direction of its own, so texts that
 * share words are nearer to each other than texts that do not.
 */
export const embed = (text: string, dimensions: number): Float32Array => {
  const sum = new Float64Array(dimensions)
  for (const word of text.toLowerCase().match(/\S+/g) ?? ['']) {
    let state = hash(word)
    for (let at = 0; at < dimensions; at++) {
      // The multiplier and increment of Numerical Recipes' quick generator.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      sum[at] = (sum[at] ?? 0) + state / 0x8000_0000 - 1
    }
  }
  const length = Math.hypot(...sum) || 1
  return Float32Array.from(sum, (value) => value / length)
}

/** FNV-1a over UTF-16 units. */
const hash = (word: string): number => {
  let state = 0x811c_9dc5
  for (let at = 0; at < word.length; at++) state = Math.imul(state ^ word.charCodeAt(at), 0x0100_0193)
  return state >>> 0
}

const base64 = (vector: Float32Array): string => {
  let binary = ''
  for (const byte of new Uint8Array(vector.buffer)) binary += String.fromCharCode(byte)
  return btoa(binary)
}
