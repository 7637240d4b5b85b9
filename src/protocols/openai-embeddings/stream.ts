import { type AnswerFormat, errorText } from '../answer-format.ts'
import { isObject } from '../json.ts'
import { readUsage } from './usage.ts'

/** Embeddings never stream; the same reader serves a whole answer and one that passes in pieces. */
export const openAiEmbeddingsAnswers: AnswerFormat = {
  keys: [],
  matters: () => true,
  read: (event) => ({
    usage: isObject(event.usage) ? event.usage : undefined,
    terminal: Array.isArray(event.data),
    content: Array.isArray(event.data) && event.data.length > 0,
    error: errorText(event.error),
  }),
  // Ollama's own endpoint, reached by its name under this format, has one embedding and no list.
  bodyKeys: ['data', 'embedding', 'embeddings'],
  readUsage,
  textIn: () => '',
  endsWithDone: true,
}
