import type { JsonObject } from '../canon/codec.ts'
import type { Ended } from '../canon/receipt.ts'
import type { StoreApi } from '../providers/types.ts'
import { isObject, objectOf, objectsOf, textOf } from '../protocols/json.ts'

/** What a vendor says of a batch, as far as it decides anything. */
export interface BatchView {
  readonly id: string
  /** How it ended; `undefined` while it runs. */
  readonly ended: Ended | undefined
  /** Where its results are, under the base URL. */
  readonly results: readonly string[]
  /** Results that have an answer: fewer lines than these are not all of them. */
  readonly answered: number
  /** Files that it wrote. */
  readonly files: readonly string[]
  readonly inputFile: string | undefined
  readonly createdAtMs: number
}

/** A line of results. */
export interface ResultLine {
  /** The client's name for the request. */
  readonly id: string
  /** As the same request would have been answered by itself; `undefined`: it was not. */
  readonly answer: JsonObject | undefined
}

/** An API that keeps files and batches. */
export interface StoreFacts {
  /** Under the base URL. */
  readonly files: string
  readonly batches: string
  readonly readBatch: (body: JsonObject) => BatchView | undefined
  readonly readLine: (line: JsonObject) => ResultLine
}

const countOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0)

/** https://developers.openai.com/api/reference: the Batch object, and lines of an output file. */
const OPENAI_ENDED: Readonly<Record<string, Ended>> = {
  completed: 'whole',
  cancelled: 'client_cut',
  expired: 'upstream_cut',
  failed: 'failed',
}

const readOpenAiBatch = (body: JsonObject): BatchView | undefined => {
  const id = textOf(body.id)
  if (id === '') return undefined
  const status = textOf(body.status)
  const files = [body.output_file_id, body.error_file_id].filter((file) => typeof file === 'string')
  return {
    id,
    ended: Object.hasOwn(OPENAI_ENDED, status) ? OPENAI_ENDED[status] : undefined,
    results: files.map((file) => `/files/${encodeURIComponent(file)}/content`),
    answered: countOf(objectOf(body.request_counts).completed),
    files,
    inputFile: typeof body.input_file_id === 'string' ? body.input_file_id : undefined,
    createdAtMs: countOf(body.created_at) * 1_000,
  }
}

const OK = 200

const readOpenAiLine = (line: JsonObject): ResultLine => {
  const response = objectOf(line.response)
  const isAnswer = response.status_code === OK && isObject(response.body)
  return { id: textOf(line.custom_id), answer: isAnswer ? objectOf(response.body) : undefined }
}

/** https://platform.claude.com/docs/en/api/creating-message-batches: the Message Batch object, and lines of its results. */
const readAnthropicBatch = (body: JsonObject): BatchView | undefined => {
  const id = textOf(body.id)
  if (id === '') return undefined
  const counts = objectOf(body.request_counts)
  const cut = countOf(counts.canceled) > 0 ? 'client_cut' : countOf(counts.expired) > 0 ? 'upstream_cut' : 'whole'
  const hasEnded = body.processing_status === 'ended'
  return {
    id,
    ended: hasEnded ? cut : undefined,
    results: hasEnded ? [`/v1/messages/batches/${encodeURIComponent(id)}/results`] : [],
    answered: countOf(counts.succeeded),
    files: [],
    inputFile: undefined,
    createdAtMs: Date.parse(textOf(body.created_at)) || 0,
  }
}

const readAnthropicLine = (line: JsonObject): ResultLine => {
  const result = objectOf(line.result)
  const isAnswer = result.type === 'succeeded' && isObject(result.message)
  return { id: textOf(line.custom_id), answer: isAnswer ? objectOf(result.message) : undefined }
}

export const STORE_APIS: Readonly<Record<StoreApi, StoreFacts>> = {
  openai: { files: '/files', batches: '/batches', readBatch: readOpenAiBatch, readLine: readOpenAiLine },
  anthropic: {
    files: '/v1/files',
    batches: '/v1/messages/batches',
    readBatch: readAnthropicBatch,
    readLine: readAnthropicLine,
  },
}

/** The batches of a list of them. */
export const batchesIn = (api: StoreApi, list: unknown): readonly BatchView[] =>
  objectsOf(objectOf(list).data).flatMap((body) => STORE_APIS[api].readBatch(body) ?? [])
