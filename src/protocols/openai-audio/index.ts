import type { Protocol } from '../../canon/protocol.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { FORMS, readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiAudioAnswers } from './stream.ts'
import { answerText, readAnswer } from './whole.ts'

/** OpenAI Audio: speech, transcriptions, translations. */
export const openAiAudio: Protocol = {
  format: 'openai-audio',
  forms: FORMS,
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer,
  answerText,
  tap: (options) => createTap(openAiAudioAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
