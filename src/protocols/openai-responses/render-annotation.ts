import type { Citation } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { codePointsOf } from '../shared/code-points.ts'

/**
 * Writes a citation of `text`. `undefined` where there is no word for it: a place in a document that the client sent has
 * no URL, and OpenAI's file citations name files it keeps itself.
 */
export const renderAnnotation = (
  { native, url, title, start, end }: Citation,
  text: string,
): JsonObject | undefined => {
  if (native?.format === 'openai-responses') return native.value
  if (url === undefined) return undefined
  return {
    type: 'url_citation',
    url,
    title: title ?? '',
    start_index: codePointsOf(text, start ?? 0),
    // A citation without an end is of the whole text.
    end_index: codePointsOf(text, end ?? text.length),
  }
}
