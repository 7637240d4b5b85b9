import type { JsonObject } from '../canon/codec.ts'
import { readJson, writeJson } from '../canon/json-text.ts'
import { createLosses, type Loss } from '../canon/losses.ts'
import type { Operation } from '../canon/operation.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { Translated } from './answer.ts'

/**
 * Embeddings between OpenAI's one endpoint and Gemini's two. Both take texts and give vectors; OpenAI alone takes token
 * numbers and gives base64, Gemini alone knows what the vectors are for (`taskType`).
 */
export interface EmbedRequest {
  readonly body: Uint8Array
  readonly losses: readonly Loss[]
  /** What is asked of the upstream: Gemini is always asked for a list. */
  readonly action: Operation['action']
  readonly wish: EmbedWish
}

/** What the answer must look like. */
export interface EmbedWish {
  readonly format: 'openai-embeddings' | 'gemini'
  readonly action: Operation['action']
  readonly model: string
  readonly base64: boolean
}

/** Writes an embeddings request of one format for the other; `model`: its name upstream. */
export const translateEmbedRequest = (
  { format, action }: Operation,
  bytes: Uint8Array,
  clientModel: string,
  model: string,
): Result<EmbedRequest, GatewayError> => {
  const body = readJson(new TextDecoder().decode(bytes)) as JsonObject
  return format === 'gemini' ? toOpenAi(body, action, clientModel, model) : toGemini(body, clientModel, model)
}

const OPENAI_FIELDS = new Set(['model', 'input', 'dimensions', 'encoding_format'])

const toGemini = (body: JsonObject, clientModel: string, model: string): Result<EmbedRequest, GatewayError> => {
  const losses = createLosses()
  const { input, dimensions } = body
  const texts = typeof input === 'string' ? [input] : input
  if (!isTexts(texts)) {
    const message = 'This model takes texts to embed, not token numbers. Send "input" as a string or a list of strings.'
    return err(fault('unsupported-parameter', message, { param: 'input' }))
  }
  for (const name of Object.keys(body)) if (!OPENAI_FIELDS.has(name)) losses.declare(`/${name}`, 'unsupported')
  const requests = texts.map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && dimensions !== null && { outputDimensionality: dimensions }),
  }))
  const base64 = body.encoding_format === 'base64'
  const wish: EmbedWish = { format: 'openai-embeddings', action: 'embed', model: clientModel, base64 }
  return ok({ body: bytesOf({ requests }), losses: losses.list, action: 'embed-batch', wish })
}

const toOpenAi = (
  body: JsonObject,
  action: Operation['action'],
  clientModel: string,
  model: string,
): Result<EmbedRequest, GatewayError> => {
  const losses = createLosses()
  const batch = action === 'embed-batch'
  const requests = batch ? objectsIn(body.requests) : [body]
  const texts = requests.map(textOf)
  if (requests.length === 0 || texts.some((text) => text === undefined)) {
    const param = batch ? 'requests' : 'content'
    return err(fault('unsupported-parameter', 'This model embeds texts only. Send parts with "text".', { param }))
  }
  const dimensions = requests[0]?.outputDimensionality ?? requests[0]?.output_dimensionality
  for (const [index, request] of requests.entries()) declareLost(request, batch ? `/requests/${index}` : '', losses)
  const sent = { model, input: texts, ...(dimensions !== undefined && dimensions !== null && { dimensions }) }
  const wish: EmbedWish = { format: 'gemini', action, model: clientModel, base64: false }
  return ok({ body: bytesOf(sent), losses: losses.list, action: 'embed', wish })
}

const declareLost = (request: JsonObject, at: string, losses: ReturnType<typeof createLosses>): void => {
  for (const name of ['taskType', 'task_type', 'title'])
    if (request[name] !== undefined) losses.declare(`${at}/${name}`, 'unsupported')
}

/**
 * Turns the answer back. An answer that is no list of vectors is an error, never an empty list. `counted`: the tokens of
 * the input, told as `estimated` where the upstream tells none.
 */
export const translateEmbedAnswer = (
  wish: EmbedWish,
  bytes: Uint8Array,
  counted?: number,
): Result<Translated, GatewayError> => {
  const body = JSON.parse(new TextDecoder().decode(bytes)) as JsonObject
  const vectors = wish.format === 'gemini' ? vectorsOfOpenAi(body) : vectorsOfGemini(body)
  if (!vectors) return err(fault('upstream-unreadable', 'The provider sent an answer without embeddings. Try again.'))
  if (wish.format === 'openai-embeddings') return ok(writeOpenAi(wish, vectors, body, counted))
  const embeddings = vectors.map((values) => ({ values }))
  const written = wish.action === 'embed-batch' ? { embeddings } : { embedding: embeddings[0] }
  return ok({ body: writeJson(written), losses: [] })
}

const writeOpenAi = (
  wish: EmbedWish,
  vectors: readonly (readonly number[])[],
  body: JsonObject,
  counted: number | undefined,
): Translated => {
  const losses = createLosses()
  const told = (body.usageMetadata as { promptTokenCount?: number } | undefined)?.promptTokenCount
  if (told === undefined) losses.declare('/response/usage', counted === undefined ? 'added' : 'estimated')
  const tokens = told ?? counted ?? 0
  const data = vectors.map((values, index) => ({
    object: 'embedding',
    index,
    embedding: wish.base64 ? Buffer.from(new Float32Array(values).buffer).toString('base64') : values,
  }))
  const usage = { prompt_tokens: tokens, total_tokens: tokens }
  return { body: writeJson({ object: 'list', data, model: wish.model, usage }), losses: losses.list }
}

const vectorsOfGemini = (body: JsonObject): readonly (readonly number[])[] | undefined =>
  numbersOf(objectsIn(body.embeddings).map(({ values }) => values))

const vectorsOfOpenAi = (body: JsonObject): readonly (readonly number[])[] | undefined =>
  numbersOf(objectsIn(body.data).map(({ embedding }) => embedding))

const numbersOf = (lists: readonly unknown[]): readonly (readonly number[])[] | undefined =>
  lists.length > 0 && lists.every(Array.isArray) ? (lists as readonly (readonly number[])[]) : undefined

const objectsIn = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((item): item is JsonObject => typeof item === 'object' && item !== null) : []

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')

const textOf = ({ content }: JsonObject): string | undefined => {
  const parts = objectsIn((content as JsonObject | undefined)?.parts)
  const texts = parts.map(({ text }) => text)
  return parts.length > 0 && isTexts(texts) ? texts.join('') : undefined
}

const bytesOf = (value: unknown): Uint8Array => Buffer.from(writeJson(value))
