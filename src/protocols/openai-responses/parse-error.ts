import { type ErrorKind, fault, type GatewayError } from '../../errors.ts'
import { isObject, textOf } from '../json.ts'

/** What an upstream says of its failure, in whichever of the shapes that servers of OpenAI's formats have. */
interface Told {
  readonly message: string
  /** The most telling word: `code`, else `type`. */
  readonly word: string
}

/** A message is shown to a client: no vendor needs more for one sentence, and a proxy's page of HTML is none. */
const MESSAGE_LENGTH_MAX = 512

const readTold = (body: unknown): Told => {
  const error = isObject(body) ? (body.error ?? body) : body
  if (!isObject(error)) return { message: shown(textOf(error)), word: '' }
  const outer = isObject(body) ? textOf(body.code) : ''
  const message = shown(textOf(error.message) || textOf(error.error) || textOf(error.detail))
  return { message, word: textOf(error.code) || textOf(error.type) || outer }
}

const shown = (text: string): string => (/^\s*</.test(text) ? '' : text.trim().slice(0, MESSAGE_LENGTH_MAX))

const WORDS: Readonly<Record<string, ErrorKind>> = {
  context_length_exceeded: 'context-length-exceeded',
  insufficient_quota: 'upstream-refused',
  billing_hard_limit_reached: 'upstream-refused',
  invalid_api_key: 'upstream-refused',
  data_residency_mismatch: 'upstream-refused',
  model_not_found: 'model-not-found',
  rate_limit_exceeded: 'rate-limit-exceeded',
  server_is_overloaded: 'upstream-overloaded',
  slow_down: 'upstream-overloaded',
  vector_store_timeout: 'upstream-timeout',
  unsupported_parameter: 'unsupported-parameter',
  unsupported_value: 'unsupported-parameter',
}

/** Servers that have no word for it say it in a sentence. */
const SENTENCES: readonly (readonly [pattern: RegExp, kind: ErrorKind])[] = [
  [/maximum context length|context window|prompt is too long|input is too long/i, 'context-length-exceeded'],
  [/incorrect api key|invalid api key/i, 'upstream-refused'],
  [/model not found|model .* does not exist/i, 'model-not-found'],
]

const STATUSES: Readonly<Record<number, ErrorKind>> = {
  401: 'upstream-refused',
  402: 'upstream-refused',
  403: 'upstream-refused',
  404: 'not-found',
  407: 'upstream-refused',
  408: 'upstream-timeout',
  409: 'upstream-conflict',
  413: 'request-too-large',
  415: 'unsupported-media-type',
  429: 'rate-limit-exceeded',
  503: 'upstream-overloaded',
  504: 'upstream-timeout',
  529: 'upstream-overloaded',
}

const kindOf = (status: number, { message, word }: Told): ErrorKind => {
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  if (known) return known
  if (status >= 400 && status < 500) {
    const said = SENTENCES.find(([pattern]) => pattern.test(message))
    if (said) return said[1]
  }
  return STATUSES[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : 'upstream-failed')
}

/**
 * An upstream's error answer in Tollgate's kinds. Its words are repeated where they are about the request; what it says
 * of the operator's account stays in the log. Fields it names are those of the request that it was sent, not the
 * client's, so none is named.
 */
export const parseError = (status: number, body: unknown): GatewayError => {
  const told = readTold(body)
  const kind = kindOf(status, told)
  const internal = `${status} ${told.word} ${told.message}`.trim()
  if (kind === 'upstream-refused') {
    const message =
      "The provider refused the gateway's own credentials or account. Your key is fine: tell the operator, or choose another model."
    return fault(kind, message, { internal })
  }
  return fault(kind, told.message || `The provider failed with status ${status}. Try again.`, { internal })
}
