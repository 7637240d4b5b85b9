import { isRecord } from './blocks.ts'

type Json = Readonly<Record<string, unknown>>

/** A line of the command's output, as far as it matters here. */
export type CliLine =
  /** An event of the vendor's stream. */
  | { readonly kind: 'event'; readonly event: Json & { readonly type: string }; readonly abandoned: boolean }
  /** A limit of the subscription that has been reached, and when it ends. */
  | { readonly kind: 'limit'; readonly resetsAtMs: number | undefined }
  /** Words of the command's own in place of an answer. */
  | { readonly kind: 'refusal'; readonly refusal: CliRefusal }
  | { readonly kind: 'result'; readonly result: CliResult }
  | { readonly kind: 'other' }

export interface CliRefusal {
  /** The command's word for it: `authentication_failed`, `rate_limit`, `server_error`. */
  readonly word: string | undefined
  /** The vendor's status, where the vendor answered. */
  readonly status: number | undefined
  readonly text: string
}

export interface CliResult {
  readonly refusal: CliRefusal | undefined
  readonly usage: Json
}

/** Reads one line; `undefined`: it is not JSON as the command writes it. */
export const readLine = (line: string): CliLine | undefined => {
  const value = parsed(line)
  if (!isRecord(value) || typeof value.type !== 'string') return undefined
  switch (value.type) {
    case 'stream_event':
      return eventOf(value)
    case 'rate_limit_event':
      return limitOf(value.rate_limit_info)
    case 'assistant':
      return assistantOf(value)
    case 'result':
      return { kind: 'result', result: resultOf(value) }
    default:
      return { kind: 'other' }
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** What agents that it starts say to each other is not the answer. */
const isOwn = (value: Json): boolean => value.parent_tool_use_id == null

const eventOf = (value: Json): CliLine | undefined => {
  if (!isOwn(value)) return { kind: 'other' }
  const { event } = value
  if (!isRecord(event) || typeof event.type !== 'string') return undefined
  return { kind: 'event', event: { ...event, type: event.type }, abandoned: value.abandoned_blocks != null }
}

const limitOf = (info: unknown): CliLine => {
  if (!isRecord(info) || info.status !== 'rejected') return { kind: 'other' }
  return { kind: 'limit', resetsAtMs: typeof info.resetsAt === 'number' ? info.resetsAt * 1_000 : undefined }
}

const assistantOf = (value: Json): CliLine => {
  const isRefusal = value.is_api_error_message === true || typeof value.error === 'string'
  if (!isRefusal || !isOwn(value)) return { kind: 'other' }
  const content = isRecord(value.message) && Array.isArray(value.message.content) ? value.message.content : []
  const text = content.filter(isRecord).map((block) => (typeof block.text === 'string' ? block.text : ''))
  return { kind: 'refusal', refusal: refusalOf(value, value.error, text.join('')) }
}

const resultOf = (value: Json): CliResult => ({
  refusal:
    value.is_error === true || value.subtype !== 'success'
      ? refusalOf(value, undefined, typeof value.result === 'string' ? value.result : '')
      : undefined,
  usage: isRecord(value.usage) ? value.usage : {},
})

const refusalOf = ({ api_error_status: status }: Json, word: unknown, text: string): CliRefusal => ({
  word: typeof word === 'string' ? word : undefined,
  status: typeof status === 'number' ? status : undefined,
  text,
})
