import { bufferOf } from '../bytes.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Member, Scan } from '../canon/scan.ts'
import { applySplices, editMembers, replaceValue } from '../canon/splice.ts'
import { readSseEvent, sseFraming } from '../streams/sse.ts'

/** Members to set in a response object, as JSON texts. */
export type ResponseEdits = Readonly<Record<string, string>>

/** A stream of the Responses API on its way to its client. */
export interface ResponseEvents {
  /** Takes whole events; returns what the client is to have of them: the very same bytes where nothing changes. */
  push(chunk: Uint8Array): Uint8Array
}

/** The events that tell a response object, by which a chunk is searched; the last two end the stream well. */
const BEGINNING = ['response.created', 'response.in_progress', 'response.queued', 'response.failed']
const ENDING = ['response.completed', 'response.incomplete']

/** Deeper than any answer is. */
const DEPTH = { depthMax: 1_000 }

/**
 * Reads the response object that a stream ends with, and repeats in every one what the request said. Bytes are searched
 * for the names of those few events, and only these are looked into. `ended` is told the object before the bytes that
 * hold it are returned.
 */
export const createResponseEvents = (edits: ResponseEdits, ended: (response: string) => void): ResponseEvents => {
  const names = Object.keys(edits).length > 0 ? [...BEGINNING, ...ENDING] : ENDING
  const marks = names.map((name) => Buffer.from(name))
  const editEvent = (event: Buffer): Uint8Array => {
    if (!marks.some((mark) => event.includes(mark))) return event
    const { name, data } = readSseEvent(event)
    const told = data === undefined ? undefined : responseIn(data, names)
    if (!told) return event
    const response = editResponse(told.response, edits)
    const written = Buffer.from(response).toString()
    if (ENDING.includes(told.type)) ended(written)
    if (response === told.response) return event
    const edited = applySplices(told.scan.bytes, [replaceValue(told.member, written)])
    const lines = Buffer.from(edited).toString().replaceAll('\n', '\ndata: ')
    return Buffer.from(`${name === '' ? '' : `event: ${name}\n`}data: ${lines}\n\n`)
  }
  return {
    push(chunk) {
      const bytes = bufferOf(chunk)
      if (!marks.some((mark) => bytes.includes(mark))) return chunk
      return Buffer.concat(eventsOf(bytes).map(editEvent))
    },
  }
}

/** Whole events, one by one; what follows the last blank line counts as one. */
const eventsOf = (bytes: Buffer): readonly Buffer[] => {
  const framing = sseFraming()
  const events: Buffer[] = []
  let from = 0
  for (let end = framing.next(bytes, 0); end !== -1; end = framing.next(bytes, from)) {
    events.push(bytes.subarray(from, end))
    from = end
  }
  if (from < bytes.length) events.push(bytes.subarray(from))
  return events
}

interface ToldResponse {
  readonly type: string
  readonly scan: Scan
  readonly member: Member
  readonly response: Uint8Array
}

/** The response object of an event of one of these types; `undefined` where only its text looks like one. */
const responseIn = (data: string, types: readonly string[]): ToldResponse | undefined => {
  const scan = scanObject(Buffer.from(data), DEPTH)
  if (!scan.ok) return undefined
  const { bytes, members } = scan.value
  const type = types.find((name) => textOf(bytes, members.get('type')) === `"${name}"`)
  const member = members.get('response')
  if (type === undefined || !member) return undefined
  return { type, scan: scan.value, member, response: bytes.subarray(member.valueStart, member.valueEnd) }
}

const textOf = (bytes: Uint8Array, member: Member | undefined): string =>
  member ? Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString() : ''

/** A response object with these members set; the very same bytes when there are none, or when it is no object. */
export const editResponse = (response: Uint8Array, edits: ResponseEdits): Uint8Array => {
  if (Object.keys(edits).length === 0) return response
  const scan = scanObject(response, DEPTH)
  return scan.ok ? applySplices(response, editMembers(scan.value, { set: edits })) : response
}
