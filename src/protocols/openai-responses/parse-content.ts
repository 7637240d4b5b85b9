import { Buffer } from 'node:buffer'
import type { CacheMark, Block, MediaBlock, MediaKind, MediaSource, Native, TextBlock } from '../../canon/blocks.ts'
import { writeJson } from '../../canon/json-text.ts'
import { objectsOf } from '../json.ts'
import { readDataUrl, standardBase64, trueMediaType } from '../shared/media.ts'
import { below } from '../shared/pointers.ts'
import { parseAnnotation } from './parse-annotation.ts'
import { type Members, membersOf, type Reading } from './reading.ts'
import { FAMILY } from './reasoning-state.ts'

/** What all parts of one item share. */
export interface ContentContext {
  /** The item, so that the same format writes it back as it came. */
  readonly native: Native
  readonly phase?: string
}

/**
 * Reads a message's content, a string or a list of parts. One without parts has one empty text, so that the item it
 * belongs to is not forgotten.
 */
export const parseContent = (
  content: unknown,
  pointer: string,
  context: ContentContext,
  reading: Reading,
): readonly Block[] => {
  const { native, phase } = context
  const text = (value: string): TextBlock => ({
    kind: 'text',
    text: value,
    ...(phase !== undefined && { phase }),
    pointer,
    native,
  })
  if (typeof content === 'string') return [text(content)]
  if (!Array.isArray(content)) return reading.fail(pointer, 'a string, or an array of parts') ?? []
  if (content.length === 0) return [text('')]
  return content.flatMap((value: unknown, index) => {
    const part = membersOf(value, below(pointer, index), reading)
    return part ? (parsePart(part, context, reading) ?? []) : []
  })
}

/** Reads what a tool gave back: text and media. */
export const parseOutput = (
  output: unknown,
  pointer: string,
  context: ContentContext,
  reading: Reading,
): readonly (TextBlock | MediaBlock)[] => {
  if (output === undefined || output === '' || (Array.isArray(output) && output.length === 0)) return []
  return parseContent(output, pointer, context, reading).filter((block) => {
    if (block.kind === 'text' || block.kind === 'media') return true
    reading.leave(block.pointer ?? pointer, 'drop')
    return false
  }) as readonly (TextBlock | MediaBlock)[]
}

const parsePart = (part: Members, context: ContentContext, reading: Reading): Block | undefined => {
  const type = part.text('type')
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return parseText(part, context, reading)
    case 'refusal': {
      const text = part.text('refusal') ?? reading.fail(part.at('refusal'), 'a string')
      part.rest()
      return text === undefined ? undefined : { kind: 'refusal', text, ...standing(part, context) }
    }
    case 'input_image':
      return parseImage(part, context, reading)
    case 'input_file':
      return parseFile(part, context, reading)
    case 'input_audio':
      return parseAudio(part, context, reading)
    case undefined:
      return reading.fail(part.at('type'), 'the type of a part')
    default:
      return {
        kind: 'vendor',
        type,
        opaque: { family: FAMILY, kind: 'native-block', data: writeJson(part.value) },
        text: '',
        ...standing(part, context),
      }
  }
}

const standing = (part: Members, { native }: ContentContext) => ({ pointer: part.pointer, native })

/** A mark to remember everything up to here; the vendor has one lifetime for all. */
const cacheOf = (part: Members): { readonly cache?: CacheMark } => {
  const mark = part.object('prompt_cache_breakpoint')
  return mark ? { cache: { ttl: undefined, pointer: mark.pointer } } : {}
}

const parseText = (part: Members, context: ContentContext, reading: Reading): TextBlock | undefined => {
  const text = part.text('text') ?? reading.fail(part.at('text'), 'a string')
  const citations = objectsOf(part.any('annotations')).map((annotation) => parseAnnotation(annotation, text ?? ''))
  const cache = cacheOf(part)
  part.skip('logprobs')
  part.rest()
  if (text === undefined) return undefined
  const { phase } = context
  return {
    kind: 'text',
    text,
    ...(phase !== undefined && { phase }),
    ...(citations.length > 0 && { citations }),
    ...cache,
    ...standing(part, context),
  }
}

const DETAILS: readonly string[] = ['low', 'high', 'original', 'auto'] satisfies MediaBlock['detail'][]
const isDetail = (word: string): word is NonNullable<MediaBlock['detail']> => DETAILS.includes(word)

const detailOf = (part: Members, reading: Reading) => {
  const detail = part.text('detail')
  if (detail === undefined) return {}
  return isDetail(detail) ? { detail } : (reading.fail(part.at('detail'), `one of ${DETAILS.join(', ')}`) ?? {})
}

const parseImage = (part: Members, context: ContentContext, reading: Reading): MediaBlock | undefined => {
  const [url, id] = [part.text('image_url'), part.text('file_id')]
  const more = { ...detailOf(part, reading), ...cacheOf(part) }
  part.rest()
  const source =
    url === undefined
      ? (sourceOfId(id) ?? reading.fail(part.at('image_url'), 'a URL, or `file_id` the id of a file'))
      : sourceOfUrl(url, part.at('image_url'), reading)
  return source && { kind: 'media', media: 'image', source, ...more, ...standing(part, context) }
}

const sourceOfId = (id: string | undefined): MediaSource | undefined =>
  id === undefined ? undefined : { kind: 'file', id, family: FAMILY }

const sourceOfUrl = (url: string, pointer: string, reading: Reading): MediaSource | undefined => {
  if (!/^\s*data:/i.test(url)) return { kind: 'url', url }
  const read = readDataUrl(url)
  return read ? { kind: 'base64', ...read } : reading.fail(pointer, 'a data URL in base64')
}

const parseFile = (part: Members, context: ContentContext, reading: Reading): MediaBlock | undefined => {
  const [data, url, id] = [part.text('file_data'), part.text('file_url'), part.text('file_id')]
  const filename = part.text('filename')
  const more = { ...(filename !== undefined && { filename }), ...detailOf(part, reading), ...cacheOf(part) }
  part.rest()
  const source =
    data === undefined
      ? (sourceOfFileUrl(url, part.at('file_url'), reading) ??
        sourceOfId(id) ??
        reading.fail(part.pointer, 'a file with `file_data`, `file_url` or `file_id`'))
      : sourceOfData(data, part.at('file_data'), reading)
  return source && { kind: 'media', media: mediaOf(source), source, ...more, ...standing(part, context) }
}

const sourceOfFileUrl = (url: string | undefined, pointer: string, reading: Reading): MediaSource | undefined =>
  url === undefined ? undefined : sourceOfUrl(url, pointer, reading)

/** A data URL, or the base64 alone. Text is kept as text, which more vendors take. */
const sourceOfData = (data: string, pointer: string, reading: Reading): MediaSource | undefined => {
  const read = /^\s*data:/i.test(data) ? sourceOfUrl(data, pointer, reading) : sourceOfBase64(data, pointer, reading)
  if (read?.kind !== 'base64' || !read.mediaType.startsWith('text/')) return read
  return { kind: 'text', mediaType: read.mediaType, text: Buffer.from(read.data, 'base64').toString('utf8') }
}

const sourceOfBase64 = (written: string, pointer: string, reading: Reading): MediaSource | undefined => {
  const data = standardBase64(written)
  if (data === undefined) return reading.fail(pointer, 'base64, or a data URL')
  return { kind: 'base64', mediaType: trueMediaType(undefined, data), data }
}

const MEDIA: Readonly<Record<string, MediaKind>> = { image: 'image', audio: 'audio', video: 'video' }

const mediaOf = (source: MediaSource): MediaKind => {
  const type = source.kind === 'base64' ? source.mediaType.split('/')[0] : undefined
  return MEDIA[type ?? ''] ?? 'document'
}

const parseAudio = (part: Members, context: ContentContext, reading: Reading): MediaBlock | undefined => {
  const audio = part.object('input_audio')
  const [written, format] = [audio?.text('data'), audio?.text('format')]
  const data = written === undefined ? undefined : standardBase64(written)
  part.rest()
  if (data === undefined) return reading.fail(part.at('input_audio'), 'an object with `data` in base64 and a `format`')
  const mediaType = trueMediaType(format === undefined ? undefined : `audio/${format}`, data)
  return { kind: 'media', media: 'audio', source: { kind: 'base64', mediaType, data }, ...standing(part, context) }
}
