import type { Envelope } from '../../../canon/envelope.ts'
import type { Scan } from '../../../canon/scan.ts'
import { type JsonObject, objectOf, parseJson, textOf } from '../../../protocols/json.ts'

const BASE64 = 0.75
const QUOTES = 2

/** The bytes of sound in a delta. */
export const soundIn = (delta: string): number => Math.floor(delta.length * BASE64)

/** The bytes of sound that an event brings. */
export const soundOf = ({ members }: Scan): number => {
  const audio = members.get('audio')
  return audio ? Math.floor((audio.valueEnd - audio.valueStart - QUOTES) * BASE64) : 0
}

/** The model that is to write down what is heard; `null`: none any more; `undefined`: nothing is said of it. */
export const transcriptionIn = (session: JsonObject): string | null | undefined => {
  const input = objectOf(objectOf(session.audio).input)
  // The first name is that of the API as it is now, the second that of its preview.
  const said = [input.transcription, session.input_audio_transcription].filter((each) => each !== undefined)
  const [first] = said.filter((each) => each !== null)
  if (first !== undefined) return textOf(objectOf(first).model)
  return said.length > 0 ? null : undefined
}

/** The client's own limit of a response, where it names one. */
export const limitIn = ({ bytes, members }: Scan): number | undefined => {
  const member = members.get('response')
  if (!member) return undefined
  const response = objectOf(parseJson(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString('utf8')))
  const limits = [response.max_output_tokens, response.max_response_output_tokens].filter(
    (limit): limit is number => Number.isSafeInteger(limit) && Number(limit) > 0,
  )
  return limits.length === 0 ? undefined : Math.max(...limits)
}

/** What a response is held for by: the whole conversation is kept upstream and read again, so it may fill the window. */
export const envelopeFor = (scan: Scan, model: string, outputTokensLimit?: number): Envelope => ({
  scan,
  model,
  stream: true,
  outputTokensLimit,
  choices: 1,
  includesUsage: true,
  refersToStored: true,
  providers: [],
  fallbacks: [],
})

/** No event of the client's. */
export const NOTHING: Scan = {
  bytes: new Uint8Array(),
  members: new Map(),
  textBytes: 0,
  mediaCount: 0,
  mediaBytes: 0,
  storedReferences: 0,
}
