import type { Protocol } from '../../canon/protocol.ts'
import { readFromTail, readTokenCount, readWhole, textOfWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { parseError } from './parse-error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { geminiAnswers } from './stream.ts'

const USAGE_METADATA = Buffer.from('"usageMetadata"')

const readAnswer: Protocol['readAnswer'] = (body, action) => {
  if (action === 'count-tokens') return readTokenCount(geminiAnswers, body)
  return action === 'generate' ? readWhole(geminiAnswers, body) : readFromTail(geminiAnswers, body, USAGE_METADATA)
}

/** Gemini: `generateContent` and its streaming form, `countTokens`, `embedContent`. */
export const gemini: Protocol = {
  format: 'gemini',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer,
  answerText: (body) => textOfWhole(geminiAnswers, body),
  tap: (options) => createTap(geminiAnswers, options),
  retryDelayMs: (body) => parseError(429, body).retryAfterMs,
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
