import { type AnswerFormat, errorText } from '../answer-format.ts'
import { isObject } from '../json.ts'
import { readUsage } from './usage.ts'

/** Moderations never stream. */
export const openAiModerationsAnswers: AnswerFormat = {
  keys: [],
  matters: () => true,
  read: (event) => ({
    usage: isObject(event.usage) ? event.usage : undefined,
    content: Array.isArray(event.results) && event.results.length > 0,
    error: errorText(event.error),
  }),
  bodyKeys: ['results'],
  readUsage,
  textIn: () => '',
  endsWithDone: true,
}
