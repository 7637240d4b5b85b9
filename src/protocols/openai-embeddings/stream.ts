import { type AnswerFormat, errorText } from '../answer-format.ts'
import { isObject } from '../json.ts'
import { readUsage } from './usage.ts'

/** Embeddings never stream; the same reader serves a whole answer and one that passes in pieces. */
export const openAiEmbeddingsAnswers: AnswerFormat = {
  matters: () => true,
  read: (event) => ({
    usage: isObject(event.usage) ? event.usage : undefined,
    terminal: Array.isArray(event.data),
    content: Array.isArray(event.data) && event.data.length > 0,
    error: errorText(event.error),
  }),
  readUsage,
  textIn: () => '',
  endsWithDone: true,
}
