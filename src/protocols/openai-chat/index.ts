import type { Protocol } from '../../canon/protocol.ts'
import { readWhole, textOfWhole } from '../answer.ts'
import { retryDelayIn } from '../shared/retry-delay.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiChatAnswers } from './stream.ts'

/** OpenAI Chat Completions, and the many servers that speak it. */
export const openAiChat: Protocol = {
  format: 'openai-chat',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body) => readWhole(openAiChatAnswers, body),
  answerText: (body) => textOfWhole(openAiChatAnswers, body),
  tap: (options) => createTap(openAiChatAnswers, options),
  retryDelayMs: retryDelayIn,
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
