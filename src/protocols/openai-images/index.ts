import type { Protocol } from '../../canon/protocol.ts'
import { readWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { FORMS, readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiImagesAnswers } from './stream.ts'

/** OpenAI Images: generations, edits, variations. */
export const openAiImages: Protocol = {
  format: 'openai-images',
  forms: FORMS,
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body) => readWhole(openAiImagesAnswers, body),
  answerText: () => '',
  tap: (options) => createTap(openAiImagesAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
