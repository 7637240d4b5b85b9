import type { Protocol } from '../../canon/protocol.ts'
import { readTokenCount, readWhole, textOfWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { anthropicAnswers } from './stream.ts'

/** Anthropic Messages. */
export const anthropicMessages: Protocol = {
  format: 'anthropic-messages',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body, action) =>
    action === 'count-tokens' ? readTokenCount(anthropicAnswers, body) : readWhole(anthropicAnswers, body),
  answerText: (body) => textOfWhole(anthropicAnswers, body),
  tap: (options) => createTap(anthropicAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
