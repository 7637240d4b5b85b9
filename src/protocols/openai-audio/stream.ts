import { type AnswerFormat, errorText, type Reading } from '../answer-format.ts'
import { decodedLength, type JsonObject, isObject, textOf } from '../json.ts'
import { readUsage, wholeSeconds } from './usage.ts'

const read = (event: JsonObject): Reading => {
  const usage = isObject(event.usage) ? event.usage : undefined
  const error = errorText(event.error)
  switch (event.type) {
    case 'transcript.text.delta':
      return { content: textOf(event.delta) !== '', error }
    case 'transcript.text.segment':
      return { content: true, error }
    case 'speech.audio.delta':
      return { content: textOf(event.audio) !== '', pieces: decodedLength(textOf(event.audio)), error }
    case 'transcript.text.done':
    case 'speech.audio.done':
      return { usage, content: true, terminal: true, over: true, error }
    case 'error':
      return { error: error ?? errorText(event.message) ?? errorText(event) }
    default:
      return readTranscript(event, usage, error)
  }
}

/** A whole transcript. `verbose_json` says how long the recording was. */
const readTranscript = (event: JsonObject, usage: JsonObject | undefined, error: string | undefined): Reading => {
  const inputSeconds = wholeSeconds(event.duration)
  return {
    usage,
    error,
    content: textOf(event.text) !== '',
    ...(inputSeconds !== undefined && { made: { inputSeconds } }),
  }
}

const textIn = (event: JsonObject): string => {
  if (event.type === undefined) return textOf(event.text)
  return event.type === 'transcript.text.delta' ? textOf(event.delta) : ''
}

/** Transcripts and speech, whole and in events: their types tell them apart. */
export const openAiAudioAnswers: AnswerFormat = {
  keys: [],
  matters: () => true,
  read,
  bodyKeys: ['text', 'segments', 'words'],
  readUsage,
  textIn,
  endsWithDone: true,
}
