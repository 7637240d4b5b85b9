import { Buffer } from 'node:buffer'
import type { Operation } from '../../canon/operation.ts'
import { isMultipart } from '../../canon/scan-multipart.ts'
import { scanObject } from '../../canon/scan-object.ts'
import type { Scan } from '../../canon/scan.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { readBytes, refuseEncoding } from '../../gateway/read.ts'
import { err, ok, type Result } from '../../result.ts'
import { type GuessDeps, guessPath } from './guess.ts'

/** A request that is to be explained, as if it had come in by itself. */
export interface ToExplain {
  readonly path: string
  /** The path was told by the body's shape alone. */
  readonly isGuessed: boolean
  readonly operation: Operation
  readonly search: URLSearchParams
  readonly request: Request
}

export interface ToExplainDeps extends GuessDeps {
  /** What a POST to a path asks for; `undefined`: nothing is there. */
  readonly operationOf: (path: string) => Operation | undefined
  readonly bodyBytesMax: number
  readonly depthMax: number
}

/** Names the path where the body does not. */
const PATH_HEADER = 'x-tollgate-path'
/** Proves to be the operator. */
export const ADMIN_HEADER = 'x-tollgate-admin-key'

/**
 * Reads what is to be explained: a body as it would be sent, whose path is in `?path=` or `x-tollgate-path` or is guessed;
 * or `{"path", "headers", "body"}`. Fails on what says nothing that could be explained.
 */
export const readToExplain = async (
  deps: ToExplainDeps,
  request: Request,
  search: URLSearchParams,
): Promise<Result<ToExplain, GatewayError>> => {
  const encoded = refuseEncoding(request)
  if (encoded) return err(encoded)
  const bytes = await readBytes(request, deps.bodyBytesMax)
  if (!bytes.ok) return bytes
  const isForm = isMultipart(request.headers.get('content-type'))
  const scan = isForm ? undefined : scanObject(bytes.value, { depthMax: deps.depthMax + 1 })
  const wrapped = scan?.ok && isWrapped(scan.value) ? unwrap(scan.value, request.headers) : undefined
  if (wrapped && !wrapped.ok) return wrapped
  const asked = wrapped?.value ?? { body: bytes.value, headers: request.headers, path: undefined }
  const named = asked.path ?? search.get('path') ?? request.headers.get(PATH_HEADER)
  if (named !== null) return pathNamed(deps, asked, named, false)
  if (isForm) return err(UNNAMED)
  // What cannot be read has no shape either; where its path is named, that is what is explained.
  if (scan && !scan.ok) return scan
  const inner = wrapped ? scanObject(asked.body, { depthMax: deps.depthMax }) : scan
  if (!inner?.ok) return inner ?? err(UNNAMED)
  const guessed = guessPath(deps, inner.value, asked.headers)
  return guessed === undefined ? err(UNNAMED) : pathNamed(deps, asked, guessed, true)
}

const UNNAMED = fault(
  'invalid-request',
  'Which format is it? Say where the request would be sent: add ?path=/v1/messages, or whichever path it is.',
  { param: 'path', issue: 'missing, and the body could be of several formats' },
)

interface Asked {
  readonly body: Uint8Array
  readonly headers: Headers
  readonly path: string | undefined
}

const MEMBERS: ReadonlySet<string> = new Set(['path', 'headers', 'body'])
const OBJECT_START = 0x7b

/** No format has a `body` in its body. */
const isWrapped = ({ bytes, members }: Scan): boolean => {
  const body = members.get('body')
  if (!body || bytes[body.valueStart] !== OBJECT_START) return false
  return [...members.keys()].every((name) => MEMBERS.has(name))
}

const unwrap = (scan: Scan, outer: Headers): Result<Asked, GatewayError> => {
  const body = scan.members.get('body')
  if (!body) return err(UNNAMED)
  const path = smallValue(scan, 'path')
  if (path !== undefined && typeof path !== 'string') return err(wrong('path', 'a path such as /v1/messages'))
  const headers = headersOf(smallValue(scan, 'headers'), outer)
  if (!headers) return err(wrong('headers', 'an object of names and values'))
  return ok({ body: scan.bytes.subarray(body.valueStart, body.valueEnd), headers, path })
}

const wrong = (param: string, expectation: string): GatewayError =>
  fault('invalid-request', `\`${param}\` must be ${expectation}`, { param, issue: `must be ${expectation}` })

const SMALL_BYTES_MAX = 65_536

/** A small value; `undefined`: it is not there. What is too large or no JSON is a symbol, which nobody takes. */
const smallValue = ({ bytes, members }: Scan, name: string): unknown => {
  const member = members.get(name)
  if (!member) return undefined
  if (member.valueEnd - member.valueStart > SMALL_BYTES_MAX) return UNREADABLE
  try {
    return JSON.parse(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString()) as unknown
  } catch {
    return UNREADABLE
  }
}

const UNREADABLE = Symbol('unreadable')

/** The call's own headers under those that are named; `undefined`: these are none. */
const headersOf = (named: unknown, outer: Headers): Headers | undefined => {
  const headers = new Headers(outer)
  headers.set('content-type', 'application/json')
  if (named === undefined || named === null) return headers
  if (typeof named !== 'object' || Array.isArray(named)) return undefined
  try {
    for (const [name, value] of Object.entries(named)) {
      if (typeof value !== 'string') return undefined
      headers.set(name, value)
    }
    return headers
  } catch {
    return undefined
  }
}

const PATH_CHARACTERS_MAX = 2_048
/** Of the call that explains, and no part of what it asks about. */
const OWN_HEADERS = ['content-length', 'transfer-encoding', PATH_HEADER, ADMIN_HEADER]

const pathNamed = (
  deps: ToExplainDeps,
  asked: Asked,
  named: string,
  isGuessed: boolean,
): Result<ToExplain, GatewayError> => {
  const [path = '', query = ''] = named.split('?', 2)
  const operation = named.length > PATH_CHARACTERS_MAX ? undefined : deps.operationOf(path)
  if (!operation) {
    const message = `Nothing is asked for at ${path.slice(0, 200)} by POST. Name the path of a request, such as /v1/messages; /docs/api lists them.`
    return err(fault('invalid-request', message, { param: 'path', issue: 'is no path of a request' }))
  }
  const headers = new Headers(asked.headers)
  for (const name of OWN_HEADERS) headers.delete(name)
  const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body: Buffer.from(asked.body) })
  return ok({ path, isGuessed, operation, search: new URLSearchParams(query), request })
}
