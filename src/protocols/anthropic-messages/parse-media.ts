import type { MediaBlock, MediaSource } from '../../canon/blocks.ts'
import { objectsOf, textOf } from '../json.ts'
import { standardBase64, trueMediaType } from '../shared/media.ts'
import type { Fields, Reading } from './fields.ts'
import { parseCacheMark } from './parse-tools.ts'

const FORMAT = 'anthropic-messages'

/** An image or a document block. */
export const parseMedia = (block: Fields, media: 'image' | 'document', reading: Reading): MediaBlock | undefined => {
  const holder = block.object('source')
  if (!holder) return reading.fail(block.at('source'), 'the source of the content')
  const source = parseSource(holder, media, reading)
  if (!source) return undefined
  holder.rest()
  return { ...mediaBlock(block, source), media }
}

/** Searched text that the client found itself: a document of text with a title and where it is from. */
export const parseSearchResult = (block: Fields): MediaBlock => {
  const text = joinedText(block.list('content') ?? [])
  const from = block.text('source')
  return {
    ...mediaBlock(block, { kind: 'text', text, mediaType: 'text/plain' }),
    ...(from !== undefined && { context: from }),
  }
}

const mediaBlock = (block: Fields, source: MediaSource): MediaBlock => {
  const [title, context] = [block.text('title'), block.text('context')]
  const citations = block.object('citations')?.flag('enabled')
  const cache = parseCacheMark(block)
  return {
    kind: 'media',
    media: 'document',
    source,
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(citations === true && { citationsEnabled: true }),
    ...(cache && { cache }),
    pointer: block.pointer,
    native: { format: FORMAT, value: block.value },
  }
}

const parseSource = (source: Fields, media: 'image' | 'document', reading: Reading): MediaSource | undefined => {
  const type = source.text('type')
  switch (type) {
    case 'base64': {
      const [said, written] = [source.text('media_type'), source.text('data')]
      const data = written === undefined ? undefined : standardBase64(written)
      if (data === undefined) return reading.fail(source.at('data'), 'base64')
      return { kind: 'base64', mediaType: trueMediaType(said, data), data }
    }
    case 'url': {
      const url = source.text('url')
      if (url === undefined) return reading.fail(source.at('url'), 'a URL')
      return { kind: 'url', url, ...(media === 'document' && { mediaType: 'application/pdf' }) }
    }
    case 'file': {
      const id = source.text('file_id')
      return id === undefined
        ? reading.fail(source.at('file_id'), 'the id of a file')
        : { kind: 'file', id, family: 'anthropic' }
    }
    case 'text': {
      const text = source.text('data')
      if (text === undefined) return reading.fail(source.at('data'), 'a string')
      return { kind: 'text', text, mediaType: source.text('media_type') ?? 'text/plain' }
    }
    case 'content': {
      const content = source.any('content')
      if (typeof content === 'string') return { kind: 'text', text: content, mediaType: 'text/plain' }
      const parts = source.list('content') ?? []
      if (objectsOf(parts).some((part) => part.type !== 'text')) source.leave('refuse', 'content')
      return { kind: 'text', text: joinedText(parts), mediaType: 'text/plain' }
    }
    default:
      return reading.fail(source.at('type'), 'one of base64, url, file, text, content')
  }
}

const joinedText = (parts: readonly unknown[]): string =>
  objectsOf(parts)
    .map((part) => textOf(part.text))
    .join('\n\n')
