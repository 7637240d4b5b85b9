import type { Protocol } from '../../canon/protocol.ts'
import { readWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiModerationsAnswers } from './stream.ts'

/** OpenAI Moderations. */
export const openAiModerations: Protocol = {
  format: 'openai-moderations',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body) => readWhole(openAiModerationsAnswers, body),
  answerText: () => '',
  tap: (options) => createTap(openAiModerationsAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
