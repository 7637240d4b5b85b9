import type { Envelope } from '../canon/envelope.ts'
import { isMultipart, scanMultipart } from '../canon/scan-multipart.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { ScanResult } from '../canon/scan.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import type { Call } from './call.ts'
import { strictnessOf } from './strictness.ts'

export interface ReadLimits {
  readonly bodyBytesMax: number
  readonly depthMax: number
}

/** Up to here requests wait for each other: what is to be done with a larger body would keep all others waiting. */
const TOGETHER_BYTES_MAX = 16_384

/**
 * Reads the body within its limit and scans it for the envelope. A body that is too large is refused by its length. A
 * small one waits for the `endOfTurn`: requests that came together are let in and sent one after the other.
 */
export const createReader =
  (limits: ReadLimits, endOfTurn: () => Promise<void>) =>
  async (call: Call): Promise<Result<Envelope, GatewayError>> => {
    const { request } = call
    const encoded = refuseEncoding(request)
    if (encoded) return err(encoded)
    const strict = strictnessOf(request.headers)
    if (!strict.ok) return strict
    const body = await readBytes(request, limits.bodyBytesMax)
    if (!body.ok) return body
    const scan = scanBody(call, body.value, limits)
    if (body.value.length <= TOGETHER_BYTES_MAX) {
      await endOfTurn()
      // Nothing begins for somebody who was cut off meanwhile: at the end of the process, all has been written by then.
      if (request.signal.aborted) return hungUp()
    }
    return scan.ok ? call.protocol.readEnvelope(scan.value, call.operation) : scan
  }

/** Why a body is not read that is compressed; `undefined` where it is not. */
export const refuseEncoding = ({ headers }: Request): GatewayError | undefined => {
  const encoding = headers.get('content-encoding')
  if (!encoding || encoding === 'identity') return undefined
  const message = `Bodies encoded as ${encoding.slice(0, 32)} are not read. Send the JSON uncompressed.`
  return fault('unsupported-media-type', message, { param: 'content-encoding' })
}

/** The bytes of a body of at most `bytesMax`. */
export const readBytes = async (request: Request, bytesMax: number): Promise<Result<Uint8Array, GatewayError>> => {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > bytesMax) return err(tooLarge(bytesMax))
  return declared === null ? readUpTo(request, bytesMax) : request.bytes().then(ok<Uint8Array>, hungUp)
}

/** A form where the action takes one, else an object. */
const scanBody = ({ request, protocol, operation }: Call, body: Uint8Array, { depthMax }: ReadLimits): ScanResult => {
  const type = request.headers.get('content-type')
  const isForm = protocol.forms?.has(operation.action) === true && isMultipart(type)
  return isForm ? scanMultipart(body, type) : scanObject(body, { depthMax })
}

const tooLarge = (bytesMax: number): GatewayError =>
  fault(
    'request-too-large',
    `The body is larger than ${bytesMax} bytes. Send less, or upload large files by reference.`,
  )

const HUNG_UP = fault('client-closed', 'The client hung up while sending the request.')

const hungUp = (): Result<never, GatewayError> => err(HUNG_UP)

/** A chunked body does not say how long it is: it is counted as it comes. */
const readUpTo = async (request: Request, bytesMax: number): Promise<Result<Uint8Array, GatewayError>> => {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length
      if (length > bytesMax) return err(tooLarge(bytesMax))
      chunks.push(chunk)
    }
  } catch {
    return hungUp()
  }
  return ok(new Uint8Array(Buffer.concat(chunks)))
}
