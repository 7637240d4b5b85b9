import { type AnswerFormat, errorText } from '../answer-format.ts'
import { type JsonObject, isObject, objectOf } from '../json.ts'
import { readUsage } from './usage.ts'

/** Beside the ranking, or, at Cohere and those who follow it, under `meta`. */
const usageIn = ({ usage, meta }: JsonObject): JsonObject | undefined => {
  if (isObject(usage)) return usage
  const { billed_units: billed, tokens } = objectOf(meta)
  return [billed, tokens].find(isObject)
}

/** Rankings never stream. Cohere and Jina call the list `results`, Voyage `data`. */
export const rerankAnswers: AnswerFormat = {
  keys: [],
  matters: () => true,
  read: (event) => ({
    usage: usageIn(event),
    content: [event.results, event.data].some((list) => Array.isArray(list) && list.length > 0),
    // Cohere's errors are a bare message.
    error: errorText(event.error) ?? (event.results === undefined ? errorText(event.message) : undefined),
  }),
  bodyKeys: ['results', 'data'],
  readUsage,
  textIn: () => '',
  endsWithDone: true,
}
