import type { PayloadRecord } from '../db/types.ts'
import { withoutTollgateKeys } from './tollgate-keys.ts'

/** One side of a payload, as it is stored and shown. */
export interface BodyJson {
  headers: Record<string, string>
  encoding: 'utf8' | 'base64'
  body: string
  /** Of the whole body. */
  bytes: number
  /** Only its beginning was kept. */
  cut: boolean
}

export interface RequestJson extends BodyJson {
  method: string
  path: string
}

export interface ResponseJson extends BodyJson {
  status: number
}

export interface AttemptJson {
  channel: string
  start_ms: number
  request: RequestJson
  response: ResponseJson | null
}

/** What is stored of a request. */
export interface StoredPayload {
  client_request: RequestJson
  client_response: ResponseJson | null
  attempts: AttemptJson[]
}

/** A payload as the API shows it: the last attempt is the one whose answer the client was given, if any was. */
export const readPayload = ({ requestId, atMs, body }: PayloadRecord) => {
  const { client_request, client_response, attempts } = JSON.parse(body) as StoredPayload
  const last = attempts.at(-1)
  return {
    request_id: requestId,
    at: new Date(atMs).toISOString(),
    client_request,
    upstream_request: last?.request ?? null,
    upstream_response: last?.response ?? null,
    client_response,
    attempts,
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** A body as JSON says it, cut at `bytesMax`. `length`: of the whole. */
export const writeBody = (
  headers: Record<string, string>,
  kept: Uint8Array,
  length: number,
  bytesMax: number,
): BodyJson => {
  const isCut = length > bytesMax
  // Before it is cut and encoded: in what is cut through or base64 no key can be found.
  const shown = withoutTollgateKeys(kept).subarray(0, bytesMax)
  const text = textOf(isCut ? withoutHalf(shown) : shown)
  const said = { headers, bytes: length, cut: isCut }
  if (text === undefined) return { ...said, encoding: 'base64', body: Buffer.from(shown).toString('base64') }
  return { ...said, encoding: 'utf8', body: text }
}

/** `undefined` where it is no text, or one that PostgreSQL cannot hold. */
const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    const text = UTF8.decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

/** Without the character that a cut went through. */
const withoutHalf = (bytes: Uint8Array): Uint8Array => {
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    // The first byte of a character of several; it is whole where all of them are there.
    if (byte >= 0xc0) return back === lengthOf(byte) ? bytes : bytes.subarray(0, bytes.length - back)
    if (byte < 0x80) return bytes
  }
  return bytes
}

const lengthOf = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2)
