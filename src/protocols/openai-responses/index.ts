import type { Protocol } from '../../canon/protocol.ts'
import { readTokenCount, readWhole, textOfWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiResponsesAnswers } from './stream.ts'

/** OpenAI Responses. */
export const openAiResponses: Protocol = {
  format: 'openai-responses',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body, action) =>
    action === 'count-tokens' ? readTokenCount(openAiResponsesAnswers, body) : readWhole(openAiResponsesAnswers, body),
  answerText: (body) => textOfWhole(openAiResponsesAnswers, body),
  tap: (options) => createTap(openAiResponsesAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
