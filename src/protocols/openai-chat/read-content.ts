import type { MediaBlock, TokenLogprob } from '../../canon/blocks.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { readDataUrl } from '../shared/media.ts'
import type { Prose } from './read-prose.ts'

/** Thinking parts hold text parts, one level down; what is nested deeper is nobody's text. */
const PART_LEVELS_MAX = 4

/** Content in the forms servers use: a string, or (Mistral) a list of text parts and of thinking parts with text parts. */
export const readContent = (content: unknown, prose: Prose, logprobs: readonly TokenLogprob[] | undefined): void => {
  if (typeof content === 'string') {
    if (content !== '') prose.say('text', content, logprobs)
    return
  }
  for (const part of objectsOf(content)) {
    const thought = thinkingText(part.thinking, PART_LEVELS_MAX)
    if (thought !== '') prose.say('reasoning', thought)
    const text = textOf(part.text)
    if (text !== '') prose.say('text', text)
  }
}

const thinkingText = (value: unknown, levels: number): string => {
  if (typeof value === 'string') return value
  if (levels === 0) return ''
  return objectsOf(value)
    .map((part) => textOf(part.text) + thinkingText(part.thinking, levels - 1))
    .join('')
}

/** Images that routers give beside the content, as `images: [{image_url: {url}}]`. */
export const readImages = (images: unknown): readonly MediaBlock[] =>
  objectsOf(images).flatMap((image) => {
    const { url } = isObject(image.image_url) ? image.image_url : objectOf(image)
    if (typeof url !== 'string' || url === '') return []
    const data = readDataUrl(url)
    const source = data ? ({ kind: 'base64', ...data } as const) : ({ kind: 'url', url } as const)
    return [{ kind: 'media', media: 'image', source } as const]
  })
