import type { Protocol } from '../../canon/protocol.ts'
import { readWhole, textOfWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiCompletionsAnswers } from './stream.ts'

/** OpenAI legacy Completions. */
export const openAiCompletions: Protocol = {
  format: 'openai-completions',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body) => readWhole(openAiCompletionsAnswers, body),
  answerText: (body) => textOfWhole(openAiCompletionsAnswers, body),
  tap: (options) => createTap(openAiCompletionsAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
