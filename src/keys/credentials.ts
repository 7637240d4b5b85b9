import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'

/** Several times the longest secret; what is longer is not ours and need not be hashed. */
const CREDENTIAL_CHARACTERS_MAX = 512

const AUTHORIZATION = 'Authorization'
const KEY_HEADERS = ['x-api-key', 'x-goog-api-key'] as const
const QUERY_PLACE = 'the query parameter key'
const HOW =
  'Send one key, as "Authorization: Bearer <key>", "x-api-key: <key>", "x-goog-api-key: <key>" or "?key=<key>".'

interface Presented {
  readonly secret: string
  readonly place: string
}

/**
 * Takes the key out of a request, from any of the four places a client may put it. `undefined` when there is none (an
 * empty value is none). `query` is the request's address, whole or from the path on, or its parameters if already read.
 * The same key in two places is fine; two different keys are a 400 that names both places. Runs on every request, so an
 * address is searched for `key=` before it is parsed. No message repeats a value: it may be a secret.
 */
export const readCredential = (
  headers: Headers,
  query: string | URL | URLSearchParams,
): Result<string | undefined, GatewayError> => {
  let found: Presented | undefined
  const authorization = readAuthorization(headers.get('authorization'))
  if (authorization.tooLong) return tooLong(AUTHORIZATION)
  for (const secret of authorization.secrets) {
    if (found !== undefined && found.secret !== secret) return twoKeys(found.place, AUTHORIZATION)
    found = { secret, place: AUTHORIZATION }
  }
  for (const place of KEY_HEADERS) {
    const value = headers.get(place)
    if (value === null || value === '') continue
    if (value.length > CREDENTIAL_CHARACTERS_MAX) return tooLong(place)
    for (const secret of listed(value)) {
      if (found !== undefined && found.secret !== secret) return twoKeys(found.place, place)
      found ??= { secret, place }
    }
  }
  for (const value of keysInQuery(query)) {
    if (value.length > CREDENTIAL_CHARACTERS_MAX) return tooLong(QUERY_PLACE)
    const secret = value.trim()
    if (secret === '') continue
    if (found !== undefined && found.secret !== secret) return twoKeys(found.place, QUERY_PLACE)
    found ??= { secret, place: QUERY_PLACE }
  }
  if (found === undefined && authorization.otherScheme) return notBearer()
  return ok(found?.secret)
}

interface Authorization {
  readonly secrets: readonly string[]
  /** Something stands there that is not a Bearer token: Basic, Digest, or a key without its scheme. */
  readonly otherScheme: boolean
  readonly tooLong: boolean
}

const NO_AUTHORIZATION: Authorization = { secrets: [], otherScheme: false, tooLong: false }
const BEARER = /^bearer(?:\s+(.*))?$/i

const readAuthorization = (value: string | null): Authorization => {
  if (value === null || value === '') return NO_AUTHORIZATION
  if (value.length > CREDENTIAL_CHARACTERS_MAX) return { secrets: [], otherScheme: false, tooLong: true }
  const secrets: string[] = []
  let otherScheme = false
  for (const part of listed(value)) {
    const bearer = BEARER.exec(part)
    if (bearer === null) otherScheme = true
    else if (bearer[1]) secrets.push(bearer[1])
  }
  return { secrets, otherScheme, tooLong: false }
}

/** A header sent twice arrives as one value joined by commas; a secret holds none. */
const listed = (value: string): readonly string[] => {
  if (!value.includes(',')) {
    const only = value.trim()
    return only === '' ? [] : [only]
  }
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

const NO_KEYS: readonly string[] = []

const keysInQuery = (query: string | URL | URLSearchParams): readonly string[] => {
  if (query instanceof URLSearchParams) return query.getAll('key')
  const text = typeof query === 'string' ? query : query.search
  const start = text.indexOf('?')
  // A relative or absolute address; one without a question mark has no query.
  if (start < 0 || !text.includes('key=', start)) return NO_KEYS
  return new URLSearchParams(text.slice(start + 1)).getAll('key')
}

const tooLong = (place: string): Result<never, GatewayError> =>
  err(fault('invalid-api-key', `The value of ${place} is longer than any Tollgate key. ${HOW}`))

const notBearer = (): Result<never, GatewayError> =>
  err(fault('invalid-api-key', `Authorization does not hold a Bearer token; no other scheme is accepted. ${HOW}`))

const twoKeys = (first: string, second: string): Result<never, GatewayError> => {
  const places = first === second ? `${first}, given twice` : `${first} and ${second}`
  return err(fault('invalid-request', `The request carries two different keys, in ${places}. Remove one of them.`))
}
