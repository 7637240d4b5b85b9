import { textBetween } from '../../bytes.ts'
import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { FormPart } from '../../canon/scan-multipart.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { codePointsOf } from '../shared/code-points.ts'
import { parseJson } from '../json.ts'
import { type Body, bodyOf, mediaEnvelope, rewriteMedia } from '../form.ts'
import { listeningDemand, speechDemand } from './demand.ts'

/** Requests that may be forms: those that bring a recording. */
export const FORMS: ReadonlySet<Action> = new Set<Action>(['transcribe', 'translate'])

/** Reads the envelope of a request to speak, to write down or to translate speech. */
export const readEnvelope = (scan: Scan, { action }: Operation): Result<Envelope, GatewayError> =>
  action === 'speak' ? readSpeech(scan) : readListening(scan)

const INPUT = 'the text to be spoken: a string that is not empty'

const readSpeech = (scan: Scan): Result<Envelope, GatewayError> => {
  const body = bodyOf(scan)
  const model = body.model()
  const text = memberValue(scan, 'input')
  if (typeof text !== 'string' || text === '') body.mistake('input', INPUT)
  const input = typeof text === 'string' ? text : ''
  const format = body.text('response_format', 'a format such as mp3, opus, aac, flac, wav or pcm')
  const stream = body.text('stream_format', 'sse or audio') === 'sse'
  const demand = speechDemand({
    bytes: Buffer.byteLength(input),
    characters: codePointsOf(input, input.length),
    textBytes: scan.textBytes,
    speed: speedOf(body),
    format,
  })
  return mediaEnvelope(body, { model, stream }, demand)
}

const SPEED = { min: 0.25, max: 4 }

const speedOf = (body: Body): number => {
  const value = memberValue(body.scan, 'speed') ?? 1
  if (typeof value === 'number' && value >= SPEED.min && value <= SPEED.max) return value
  body.mistake('speed', `a number from ${SPEED.min} to ${SPEED.max}`)
  return 1
}

/** A member of any length, parsed; `undefined` where it is missing or cannot be. */
const memberValue = ({ bytes, members }: Scan, name: string): unknown => {
  const member = members.get(name)
  if (!member) return undefined
  return parseJson(textBetween(bytes, member.valueStart, member.valueEnd))
}

const FILE = 'a recording, as a file of a form (multipart/form-data)'

const readListening = (scan: Scan): Result<Envelope, GatewayError> => {
  const body = bodyOf(scan)
  const model = body.model()
  const [file, ...others] = (scan.form ?? []).filter(({ name }) => name === 'file')
  if (!file || file.fileName === undefined) body.mistake('file', FILE)
  else if (others.length > 0) body.mistake('file', `${FILE}, sent once`)
  else if (file.valueStart === file.valueEnd) body.mistake('file', `${FILE} that is not empty`)
  body.text('response_format', 'json, text, srt, vtt, verbose_json or diarized_json')
  const stream = body.flag('stream')
  return mediaEnvelope(body, { model, stream }, listeningDemand(contentOf(scan, file), scan.textBytes))
}

const contentOf = ({ bytes }: Scan, file: FormPart | undefined): Uint8Array =>
  file ? bytes.subarray(file.valueStart, file.valueEnd) : bytes.subarray(0, 0)

/** The body to send: the model's name there. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array =>
  rewriteMedia(envelope, model)

const PATHS: Partial<Record<Action, string>> = {
  speak: '/audio/speech',
  translate: '/audio/translations',
}

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (action: Action, _model: string, _stream: boolean): string =>
  PATHS[action] ?? '/audio/transcriptions'
