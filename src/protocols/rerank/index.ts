import type { Protocol } from '../../canon/protocol.ts'
import { readWhole } from '../answer.ts'
import { createTap } from '../tap.ts'
import { KEEP_ALIVE, renderError, renderStreamError } from './error.ts'
import { readEnvelope, rewrite, upstreamPath } from './request.ts'
import { rerankAnswers } from './stream.ts'

/** Rankings of documents by a query, as Cohere, Jina, Voyage and servers of their kind have them. */
export const rerank: Protocol = {
  format: 'rerank',
  readEnvelope,
  rewrite,
  upstreamPath,
  readAnswer: (body) => readWhole(rerankAnswers, body),
  answerText: () => '',
  tap: (options) => createTap(rerankAnswers, options),
  renderError,
  renderStreamError,
  keepAlive: KEEP_ALIVE,
}
