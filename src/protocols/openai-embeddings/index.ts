import type { Protocol } from '../../canon/protocol.ts'
import { readFromTail, textOfWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { openAiEmbeddingsAnswers } from './stream.ts'

const USAGE = Buffer.from('"usage"')

/** OpenAI Embeddings. */
export const openAiEmbeddings: Protocol = {
  format: 'openai-embeddings',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body) => readFromTail(openAiEmbeddingsAnswers, body, USAGE),
  answerText: (body) => textOfWhole(openAiEmbeddingsAnswers, body),
  tap: (options) => createTap(openAiEmbeddingsAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
