import { bufferOf } from '../../bytes.ts'

import { audioSeconds } from '../../canon/audio-length.ts'
import type { Action } from '../../canon/operation.ts'
import type { Observation } from '../../canon/protocol.ts'
import { readWhole, textOfWhole } from '../answer.ts'
import { isObject, parseJson } from '../json.ts'
import { openAiAudioAnswers } from './stream.ts'

/** Sound, or a transcript in any of its formats: only some are JSON. */
export const readAnswer = (body: Uint8Array, action: Action): Observation =>
  action === 'speak'
    ? readSound(body)
    : isListening(action)
      ? readTranscript(body)
      : readWhole(openAiAudioAnswers, body)

const isListening = (action: Action): boolean => action === 'transcribe' || action === 'translate'

const NOTHING: Observation = {
  usage: undefined,
  rawUsage: undefined,
  terminal: false,
  contentSeen: false,
  error: undefined,
}

/** Sound tells nothing of what it cost; how long it is can be seen in most containers. */
const readSound = (body: Uint8Array): Observation => {
  const value = startsLike(body, '{') ? parseJson(bufferOf(body).toString()) : undefined
  // An object is no sound: an error, or nothing that is known.
  if (isObject(value)) return { ...readWhole(openAiAudioAnswers, body), terminal: false }
  const seconds = audioSeconds(body)
  const made = seconds === undefined ? {} : { made: { outputSeconds: Math.ceil(seconds) } }
  return { ...NOTHING, terminal: body.length > 0, contentSeen: body.length > 0, pieces: body.length, ...made }
}

const readTranscript = (body: Uint8Array): Observation => {
  if (startsLike(body, '{')) return readWhole(openAiAudioAnswers, body)
  // A page of HTML is a proxy's, and no transcript.
  if (startsLike(body, '<')) return NOTHING
  return { ...NOTHING, terminal: true, contentSeen: bufferOf(body).toString().trim() !== '' }
}

/** The words of a transcript: of a plain one all of it. */
export const answerText = (body: Uint8Array): string =>
  startsLike(body, '{') ? textOfWhole(openAiAudioAnswers, body) : bufferOf(body).toString()

const startsLike = (body: Uint8Array, sign: string): boolean => {
  let at = body[0] === 0xef ? 3 : 0
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at++
  return body[at] === sign.charCodeAt(0)
}
