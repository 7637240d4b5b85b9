import { type AnswerFormat, errorText, type Reading } from '../answer-format.ts'
import { isObject, type JsonObject, jsonOf, objectOf, objectsOf, textOf } from '../json.ts'
import { exceptionIn } from './exceptions.ts'
import { readUsage } from './usage.ts'

/** `event: contentBlockDelta` or `{"contentBlockDelta":`: the name is in the first bytes. */
const NAME_BYTES = 32
const DELTA = Buffer.from('contentBlockDelta')

const usageIn = ({ usage }: JsonObject): JsonObject | undefined => (isObject(usage) ? usage : undefined)

const contentOf = (event: JsonObject): readonly JsonObject[] =>
  objectsOf(objectOf(objectOf(event.output).message).content)

/** One event of a stream, `{"<its type>": …}`, or a whole answer. Usage comes last, after the end of the message. */
const read = (event: JsonObject): Reading => {
  if (isObject(event.output)) return { usage: usageIn(event), terminal: true, content: contentOf(event).length > 0 }
  if (event.contentBlockStart !== undefined || event.contentBlockDelta !== undefined) return { content: true }
  if (event.messageStop !== undefined) return { terminal: true }
  if (isObject(event.metadata)) return { usage: usageIn(event.metadata), over: true }
  const exception = exceptionIn(event)
  return exception ? { error: exception.message || exception.type } : { error: errorText(event.error) }
}

const blockText = (block: JsonObject): string => {
  const { text: reasoning } = objectOf(objectOf(block.reasoningContent).reasoningText)
  const { name, input } = objectOf(block.toolUse)
  return textOf(block.text) + textOf(reasoning) + textOf(name) + (isObject(input) ? (jsonOf(input) ?? '') : '')
}

const textIn = (event: JsonObject): string => {
  if (isObject(event.output)) return contentOf(event).map(blockText).join('')
  const { name } = objectOf(objectOf(objectOf(event.contentBlockStart).start).toolUse)
  const { text, toolUse, reasoningContent } = objectOf(objectOf(event.contentBlockDelta).delta)
  return textOf(name) + textOf(text) + textOf(objectOf(toolUse).input) + textOf(objectOf(reasoningContent).text)
}

export const converseAnswers: AnswerFormat = {
  keys: [],
  matters: ({ bytes, from, end }, contentSeen) => {
    if (!contentSeen) return true
    const at = bytes.indexOf(DELTA, from)
    return at === -1 || at >= Math.min(from + NAME_BYTES, end)
  },
  read,
  bodyKeys: ['output'],
  readUsage,
  textIn,
  endsWithDone: false,
}
