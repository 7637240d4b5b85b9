import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { tellsTollgateKey } from '../../upstream/headers.ts'

/** An endpoint of a provider's own: its path under the base URL, one segment after the other, as they will be sent. */
export interface Endpoint {
  readonly segments: readonly string[]
}

const LENGTH_MAX = 2_048
const SEGMENTS_MAX = 32

/** What a segment may be made of; RFC 3986 allows `;`, `@` and `&` too, which readers of addresses disagree about. */
const SEGMENT = /^(?:[A-Za-z0-9_~!$'()*+,:=.-]|%[0-9A-Fa-f]{2})+$/
/**
 * What may not even be encoded: what has no need to be, for a path must have one spelling where its price depends on it,
 * and what a server that decodes too early or twice takes for the end of a segment, of the path or of the line.
 */
const UNENCODABLE = /[A-Za-z0-9._~\-/\\%;?#@\p{Cc}]/u

/**
 * Reads the path of an endpoint, which is what stands behind `/v1/<provider>/`. Refused is whatever could lead anywhere
 * but under the base URL, read by anybody: dot segments, empty ones, encoded separators, and what is encoded twice.
 */
export const readEndpoint = (path: string): Result<Endpoint, GatewayError> => {
  if (path.length > LENGTH_MAX) return refuse(`is longer than ${LENGTH_MAX} characters`)
  const segments = path.split('/')
  if (segments.length > SEGMENTS_MAX) return refuse(`has more than ${SEGMENTS_MAX} segments`)
  for (const segment of segments) {
    if (segment === '') return refuse('has an empty segment')
    if (segment === '.' || segment === '..') return refuse('has a dot segment')
    if (!SEGMENT.test(segment)) return refuse('has a character that is not passed on')
    const encoded = segment.match(/(?:%[0-9A-Fa-f]{2})+/g) ?? []
    if (!encoded.every(isEncodable)) return refuse('encodes a character that may not be encoded')
  }
  return ok({ segments })
}

/** Whether percent-encoded bytes are text, and none of it is better not there or not encoded. */
const isEncodable = (encoded: string): boolean => {
  try {
    const text = decodeURIComponent(encoded)
    // Some servers normalise what they decode, and a full-width slash is a slash then.
    return !UNENCODABLE.test(text) && !UNENCODABLE.test(text.normalize('NFKC'))
  } catch {
    return false
  }
}

const refuse = (issue: string): Result<never, GatewayError> =>
  err(
    fault('invalid-request', `The path of the provider's endpoint ${issue}. Send it as the provider documents it.`, {
      param: 'path',
      issue,
    }),
  )

/**
 * The address of an endpoint: under the base URL, whatever the segments are. Throws where a reader of addresses would
 * make another origin or another path of it: `readEndpoint` has let something through.
 */
export const targetOf = (baseUrl: string, segments: readonly string[], query: string): string => {
  const base = new URL(baseUrl)
  const path = `${base.pathname.replace(/\/+$/, '')}/${segments.join('/')}`
  const written = `${base.origin}${path}${query}`
  const url = new URL(written)
  if (url.origin !== base.origin || url.pathname !== path || url.username !== '' || url.hash !== '')
    throw new Error('the path of a pass-through leads elsewhere')
  return written
}

/**
 * Parameters that stay here: keys of accounts, and what would leave the usage out of an answer or make another request
 * of this one (Google's `fields` and `$httpMethod`).
 */
const KEPT = new Set(['key', 'access_token', 'oauth_token', 'api_key', 'apikey', 'api-key', 'fields', 'callback'])

/** The query to send, with its question mark; empty where there is none. `model` takes the place of the client's. */
export const queryOf = (search: URLSearchParams, model?: string): string => {
  const kept = new URLSearchParams()
  for (const [name, value] of search) {
    if (KEPT.has(name.toLowerCase()) || (name.startsWith('$') && name !== '$alt') || tellsTollgateKey(value)) continue
    kept.append(name, name === 'model' && model !== undefined ? model : value)
  }
  return kept.size === 0 ? '' : `?${kept}`
}
