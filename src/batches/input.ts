import { bufferOf } from '../bytes.ts'
import type { Operation } from '../canon/operation.ts'
import { elementsOf, scanObject } from '../canon/scan-object.ts'
import type { Scan } from '../canon/scan.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'

/** One request of a batch: what it asks, and where its body lies in the input. */
export interface InputLine {
  /** From 0. */
  readonly index: number
  /** The client's name for it. */
  readonly id: string
  readonly scan: Scan
  readonly start: number
  readonly end: number
}

export type InputLines = Iterable<Result<InputLine, GatewayError>>

export interface InputLimits {
  readonly linesMax: number
  readonly depthMax: number
}

/** What a batch may ask of OpenAI, by the path that its lines name. */
export const BATCH_ENDPOINTS: Readonly<Record<string, Operation>> = {
  '/v1/chat/completions': { format: 'openai-chat', action: 'generate' },
  '/v1/responses': { format: 'openai-responses', action: 'generate' },
  '/v1/completions': { format: 'openai-completions', action: 'generate' },
  '/v1/embeddings': { format: 'openai-embeddings', action: 'embed' },
}

const LINE_FEED = 0x0a

/** The requests of a file of lines (`custom_id`, `method`, `url`, `body`), each a JSON object of its own. */
export function* linesInFile(bytes: Uint8Array, endpoint: string, limits: InputLimits): InputLines {
  const text = bufferOf(bytes)
  let index = 0
  for (let start = 0; start < bytes.length; ) {
    const found = text.indexOf(LINE_FEED, start)
    const end = found === -1 ? bytes.length : found
    if (!isBlank(bytes, start, end)) {
      if (index === limits.linesMax) return yield err(tooMany(limits.linesMax))
      yield readLine(bytes, start, end, index, { members: ['method', 'url'], body: 'body', endpoint }, limits)
      index += 1
    }
    start = end + 1
  }
}

/** The requests of a body that lists them: `requests`, each with `custom_id` and `params`. */
export function* requestsIn(scan: Scan, limits: InputLimits): InputLines {
  const member = scan.members.get('requests')
  if (!member || scan.bytes[member.valueStart] !== 0x5b) return yield err(NO_LIST)
  const elements = elementsOf(scan, member, limits.linesMax + 1)
  if (elements.length > limits.linesMax) return yield err(tooMany(limits.linesMax))
  for (const [index, { start, end }] of elements.entries())
    yield readLine(scan.bytes, start, end, index, { members: [], body: 'params', endpoint: undefined }, limits)
}

const NO_LIST = fault('invalid-request', '`requests` must be a list of requests, each with custom_id and params', {
  param: 'requests',
  issue: 'must be a list',
})

const tooMany = (linesMax: number): GatewayError =>
  fault('invalid-request', `The batch has more than ${linesMax} requests. Make several of it.`)

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  }
  return true
}

/** What a line is made of. */
interface Shape {
  readonly members: readonly string[]
  readonly body: string
  /** Where its requests go, as far as it says so. */
  readonly endpoint: string | undefined
}

const readLine = (
  bytes: Uint8Array,
  start: number,
  end: number,
  index: number,
  shape: Shape,
  { depthMax }: InputLimits,
): Result<InputLine, GatewayError> => {
  const scan = scanObject(bytes.subarray(start, end), { depthMax })
  if (!scan.ok) return err(inLine(index, undefined, scan.error))
  const id = textMember(scan.value, 'custom_id')
  if (id === undefined) return err(inLine(index, undefined, wrong('custom_id', 'must be a text')))
  if (shape.endpoint !== undefined) {
    if (textMember(scan.value, 'method') !== 'POST') return err(inLine(index, id, wrong('method', 'must be POST')))
    if (textMember(scan.value, 'url') !== shape.endpoint)
      return err(inLine(index, id, wrong('url', `must be the batch's endpoint, ${shape.endpoint}`)))
  }
  const body = scan.value.members.get(shape.body)
  if (!body) return err(inLine(index, id, wrong(shape.body, 'is missing')))
  const [from, to] = [start + body.valueStart, start + body.valueEnd]
  const inner = scanObject(bytes.subarray(from, to), { depthMax })
  if (!inner.ok) return err(inLine(index, id, inner.error))
  return ok({ index, id, scan: inner.value, start: from, end: to })
}

const ID_BYTES_MAX = 1_024

/** A short text; `undefined` where there is none. */
export const textMember = ({ bytes, members }: Scan, name: string): string | undefined => {
  const member = members.get(name)
  if (!member || member.valueEnd - member.valueStart > ID_BYTES_MAX) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString())
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

const wrong = (param: string, issue: string): GatewayError =>
  fault('invalid-request', `\`${param}\` ${issue}`, { param, issue })

const ID_LENGTH_SHOWN = 64

/** An error of one request of a batch, which says of which. */
export const inLine = (index: number, id: string | undefined, error: GatewayError): GatewayError => {
  const named = id === undefined ? '' : ` (${JSON.stringify(id.slice(0, ID_LENGTH_SHOWN))})`
  return {
    ...error,
    message: `Request ${index + 1}${named} of the batch: ${error.message}`,
    param: `requests[${index}]${error.param === undefined ? '' : `.${error.param}`}`,
  }
}
