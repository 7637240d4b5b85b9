import type { Buffer } from 'node:buffer'
import { audioSeconds } from '../../canon/audio-length.ts'
import { isTrue } from './images.ts'
import { json, namedSse, type Turn } from './stream.ts'
import { toneWav } from './tone.ts'
import { countWords } from './words.ts'

const SECONDS_PER_WORD = 0.25
const SECONDS_MAX = 10

/** OpenAI's speech: a tone as long as the text would take. Whatever format is asked for, it is WAV. */
export const answerSpeech = ({ body, stream }: Turn): Response => {
  const words = countWords(typeof body.input === 'string' ? body.input : '')
  const wav = toneWav(Math.min(Math.max(words, 1) * SECONDS_PER_WORD, SECONDS_MAX))
  if (body.stream_format !== 'sse')
    return new Response(new Uint8Array(wav), { headers: { 'content-type': 'audio/wav' } })
  const output = Math.ceil((audioSeconds(wav) ?? 0) * 20)
  const half = Math.floor(wav.length / 6) * 3
  const delta = (piece: Buffer) => ({ type: 'speech.audio.delta', audio: piece.toString('base64') })
  const usage = { input_tokens: words, output_tokens: output, total_tokens: words + output }
  const done = { type: 'speech.audio.done', usage }
  return stream(namedSse([delta(wav.subarray(0, half)), delta(wav.subarray(half)), done]))
}

/** OpenAI's transcriptions and translations: what can be said of a recording by its length alone. */
export const answerTranscript = async ({ body, stream }: Turn): Promise<Response> => {
  const { file } = body
  const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array()
  const duration = audioSeconds(bytes) ?? 1
  const text = `The demo heard ${duration.toFixed(2)} seconds of sound.`
  const usage = { type: 'duration', seconds: Math.ceil(duration) }
  if (isTrue(body.stream)) {
    const deltas = text.split(/(?<= )/).map((delta) => ({ type: 'transcript.text.delta', delta }))
    return stream(namedSse([...deltas, { type: 'transcript.text.done', text, usage }]))
  }
  switch (body.response_format) {
    case 'text':
      return plain(`${text}\n`)
    case 'srt':
      return plain(`1\n00:00:00,000 --> ${clock(duration).replace('.', ',')}\n${text}\n\n`)
    case 'vtt':
      return plain(`WEBVTT\n\n00:00:00.000 --> ${clock(duration)}\n${text}\n\n`)
    case 'verbose_json':
      return json({ task: 'transcribe', language: 'english', duration, text, segments: [], usage })
    default:
      return json({ text, usage })
  }
}

const plain = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })

const clock = (seconds: number): string => new Date(Math.round(seconds * 1_000)).toISOString().slice(11, 23)
