import { Buffer } from 'node:buffer'

import type { Block, MediaBlock, MediaKind, MediaSource, TextBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { isObject, objectOf, objectsOf, textOf } from '../json.ts'
import { readDataUrl, sniffMediaType, standardBase64, trueMediaType } from '../shared/media.ts'
import { CACHE_FIELDS, cacheOf } from './parse-cache.ts'
import { isAbsent, type Reader } from './reader.ts'

/** Reads a message's content: a string, or a list of parts. `null` is no content. */
export const parseContent = (reader: Reader, content: unknown, pointer: string): readonly Block[] => {
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [{ kind: 'text', text: content, pointer }]
  const parts = reader.list(content, pointer) ?? []
  return parts
    .map((part, index) => parsePart(reader, part, `${pointer}/${index}`))
    .filter((block) => block !== undefined)
}

type Part = (reader: Reader, part: JsonObject, pointer: string) => Block | undefined

const parsePart = (reader: Reader, value: unknown, pointer: string): Block | undefined => {
  // Some clients and servers put bare strings among the parts.
  if (typeof value === 'string') return { kind: 'text', text: value, pointer }
  if (!isObject(value)) return reader.wrong(pointer, 'a content part with a type', value)
  const type = typeof value.type === 'string' ? value.type : typeof value.text === 'string' ? 'text' : ''
  const read = PARTS.get(type)
  if (!read) {
    reader.leave(pointer, 'refuse')
    return undefined
  }
  reader.leaveOthers(value, new Set(['type', type, 'filename', ...CACHE_FIELDS]), pointer)
  const block = read(reader, value, pointer)
  if (!block) return undefined
  const placed = { ...block, pointer, native: { format: 'openai-chat', value } as const }
  return placed.kind === 'text' || placed.kind === 'media' ? { ...placed, ...cacheOf(reader, value, pointer) } : placed
}

const text: Part = (reader, part, pointer): TextBlock => ({
  kind: 'text',
  text: reader.text(part.text, `${pointer}/text`) ?? '',
})

/** What stands under a part's own name: an object with a `url`, or the URL itself. */
const located = (reader: Reader, part: JsonObject, name: string, pointer: string): JsonObject | undefined => {
  const value = part[name]
  const found = typeof value === 'string' ? { url: value } : reader.object(value, `${pointer}/${name}`)
  if (found && typeof found.url === 'string') return found
  return reader.wrong(`${pointer}/${name}/url`, 'a URL or a data URL', found?.url)
}

const sourceOf = (reader: Reader, url: string, pointer: string): MediaSource | undefined => {
  if (IS_DATA.test(url)) return dataSource(reader, url, pointer)
  // Perplexity takes the bare bytes of a document in the place of its URL.
  const data = HAS_SCHEME.test(url) ? undefined : standardBase64(url)
  const mediaType = data && sniffMediaType(data)
  return data && mediaType ? { kind: 'base64', mediaType, data } : { kind: 'url', url }
}
const IS_DATA = /^\s*data:/i
const HAS_SCHEME = /^\s*[a-z][a-z0-9+.-]*:/i

const dataSource = (reader: Reader, url: string, pointer: string): MediaSource | undefined => {
  const read = readDataUrl(url)
  return read ? { kind: 'base64', ...read } : reader.wrong(pointer, 'a data URL in base64', url)
}

const DETAILS: ReadonlySet<unknown> = new Set(['low', 'high', 'original', 'auto'])

const remote =
  (media: MediaKind, name: string): Part =>
  (reader, part, pointer): MediaBlock | undefined => {
    const found = located(reader, part, name, pointer)
    if (!found) return undefined
    const at = `${pointer}/${name}`
    if (typeof part[name] !== 'string') reader.leaveOthers(found, new Set(['url', 'detail']), at)
    const { detail } = found
    const known = DETAILS.has(detail) ? (detail as MediaBlock['detail']) : undefined
    if (!isAbsent(detail) && known === undefined) reader.leave(`${at}/detail`, 'drop')
    const source = sourceOf(reader, textOf(found.url), typeof part[name] === 'string' ? at : `${at}/url`)
    return source && { kind: 'media', media, source, ...(known && { detail: known }) }
  }

const audio: Part = (reader, part, pointer) => {
  const at = `${pointer}/input_audio`
  // Mistral takes the bytes themselves.
  const said = typeof part.input_audio === 'string' ? { data: part.input_audio } : reader.object(part.input_audio, at)
  const { data, format } = said ?? {}
  if (typeof data !== 'string') return reader.wrong(`${at}/data`, 'base64', data)
  const given = IS_DATA.test(data) ? readDataUrl(data) : { mediaType: undefined, data: standardBase64(data) }
  if (given?.data === undefined) return reader.wrong(`${at}/data`, 'base64', data)
  const named = typeof format === 'string' && format !== '' ? `audio/${format === 'mp3' ? 'mpeg' : format}` : undefined
  const mediaType = given.mediaType ?? named ?? trueMediaType(undefined, given.data)
  const source = { kind: 'base64', mediaType, data: given.data } as const
  return { kind: 'media', media: 'audio', source }
}

const file: Part = (reader, part, pointer) => {
  const at = `${pointer}/file`
  const found = reader.object(part.file, at) ?? {}
  reader.leaveOthers(found, new Set(['file_id', 'file_data', 'filename']), at)
  const filename = reader.text(found.filename, `${at}/filename`)
  const source = fileSource(reader, found, at)
  if (!source) return undefined
  return { kind: 'media', media: mediaOf(source), source, ...(filename !== undefined && { filename }) }
}

const fileSource = (reader: Reader, found: JsonObject, at: string): MediaSource | undefined => {
  const id = reader.text(found.file_id, `${at}/file_id`)
  if (id !== undefined) return { kind: 'file', id, family: 'openai' }
  const data = reader.text(found.file_data, `${at}/file_data`)
  if (data === undefined) return reader.wrong(at, 'a file with file_data or file_id', found)
  if (/^https?:/i.test(data)) return { kind: 'url', url: data }
  const pointer = `${at}/file_data`
  const read = IS_DATA.test(data) ? dataSource(reader, data, pointer) : bareSource(reader, data, pointer)
  if (read?.kind !== 'base64' || !read.mediaType.startsWith('text/')) return read
  return { kind: 'text', text: Buffer.from(read.data, 'base64').toString('utf8'), mediaType: read.mediaType }
}

const bareSource = (reader: Reader, written: string, pointer: string): MediaSource | undefined => {
  const data = standardBase64(written)
  if (data === undefined) return reader.wrong(pointer, 'base64, or a data URL', written)
  return { kind: 'base64', mediaType: trueMediaType(undefined, data), data }
}

const mediaOf = (source: MediaSource): MediaKind => {
  if (source.kind !== 'base64') return 'document'
  const [kind] = source.mediaType.split('/')
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

/** Mistral's models give their thinking as a part that holds text parts. */
const thinking: Part = (_, part) => ({
  kind: 'reasoning',
  text: typeof part.thinking === 'string' ? part.thinking : objectsOf(part.thinking).map(textIn).join(''),
})
const textIn = (part: JsonObject): string => textOf(objectOf(part).text)

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['text', text],
  ['refusal', (reader, part, pointer) => ({ kind: 'refusal', text: reader.text(part.refusal, pointer) ?? '' })],
  ['image_url', remote('image', 'image_url')],
  ['video_url', remote('video', 'video_url')],
  ['audio_url', remote('audio', 'audio_url')],
  ['file_url', remote('document', 'file_url')],
  ['document_url', remote('document', 'document_url')],
  ['input_audio', audio],
  ['file', file],
  ['thinking', thinking],
])
