import type { Citation } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { numberOf } from '../../canon/json-text.ts'
import { textOf } from '../json.ts'
import { unitsOf } from '../shared/code-points.ts'

/** Reads one annotation of an output text; `text` is the whole text, which its offsets point into. */
export const parseAnnotation = (annotation: JsonObject, text: string): Citation => {
  const { url, title, filename, start_index, end_index } = annotation
  const [start, end] = [numberOf(start_index), numberOf(end_index)]
  const name = textOf(title) || textOf(filename)
  return {
    ...(textOf(url) !== '' && { url: textOf(url) }),
    ...(name !== '' && { title: name }),
    ...(start !== undefined && { start: unitsOf(text, start) }),
    ...(end !== undefined && { end: unitsOf(text, end) }),
    native: { format: 'openai-responses', value: annotation },
  }
}
