import { type AnswerFormat, errorText, type Reading } from '../answer-format.ts'
import { type JsonObject, isObject, objectsOf, textOf } from '../json.ts'
import { readUsage } from './usage.ts'

/** Of generations, of edits, and of whatever comes after them. */
const PARTIAL = /^image_\w+\.partial_image$/
const COMPLETED = /^image_\w+\.completed$/

const read = (event: JsonObject): Reading => {
  const type = textOf(event.type)
  const usage = isObject(event.usage) ? event.usage : undefined
  const error =
    errorText(event.error) ?? (type === 'error' ? (errorText(event.message) ?? errorText(event)) : undefined)
  if (PARTIAL.test(type)) return { content: true, pieces: 1 }
  if (COMPLETED.test(type)) return { usage, content: true, terminal: true, made: { images: 1 }, error }
  const images = objectsOf(event.data).length
  return { usage, error, ...(images > 0 && { content: true, made: { images } }) }
}

/** An image is no text: what was delivered is counted in images, and in those that came on the way. */
export const openAiImagesAnswers: AnswerFormat = {
  keys: [],
  matters: () => true,
  read,
  bodyKeys: ['data'],
  readUsage,
  textIn: () => '',
  endsWithDone: true,
}
