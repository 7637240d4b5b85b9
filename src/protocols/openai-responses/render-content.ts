import type { MediaBlock, MediaSource, RefusalBlock, TextBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { declareMediaFields } from '../shared/media-fields.ts'
import { dataUrl } from '../shared/media.ts'
import { renderAnnotation } from './render-annotation.ts'
import { type Marks, markOf } from './render-cache.ts'

export interface ContentWriting {
  readonly profile: Profile
  readonly losses: Losses
  readonly marks: Marks
}

export const inputText = (block: TextBlock | RefusalBlock, { marks }: ContentWriting): JsonObject => ({
  type: 'input_text',
  text: block.text,
  ...markOf(block, marks),
})

/** What the assistant said. Its own earlier words are `output_text`; as `input_text` they are refused. */
export const outputText = (block: TextBlock, losses: Losses): JsonObject => {
  const annotations = (block.citations ?? []).map((citation) => renderAnnotation(citation, block.text))
  if (annotations.includes(undefined)) losses.declare(block.pointer, 'unsupported')
  return {
    type: 'output_text',
    text: block.text,
    annotations: annotations.filter((annotation) => annotation !== undefined),
  }
}

/** A part of a message or of a tool's output; `undefined` when it was refused. */
export const inputMedia = (block: MediaBlock, writing: ContentWriting): JsonObject | undefined => {
  const { losses, marks } = writing
  const part = partOf(block, writing)
  declareMediaFields(block, block.media === 'document' ? ['context', 'citationsEnabled'] : NAMES, losses)
  return part && { ...part, ...markOf(block, marks) }
}

/** What only a document can have here. */
const NAMES = ['filename', 'title', 'context', 'citationsEnabled'] as const

const partOf = (block: MediaBlock, writing: ContentWriting): JsonObject | undefined => {
  switch (block.media) {
    case 'image':
      return imagePart(block, writing)
    case 'document':
      return documentPart(block, writing)
    case 'audio':
      return audioPart(block, writing)
    case 'video':
      return refused(block, writing, 'takes no video')
  }
}

const refused = ({ pointer }: MediaBlock, { losses }: ContentWriting, what: string): undefined => {
  losses.refuse(pointer, `The model behind the Responses API ${what}. Leave it out, or choose another model.`)
}

/** A file that is kept by another vendor is out of reach. */
const fileIdOf = (block: MediaBlock, id: string, family: string, writing: ContentWriting): JsonObject | undefined =>
  family === writing.profile.family
    ? { file_id: id }
    : refused(block, writing, `cannot read the file ${id}, which another vendor keeps; send its content`)

const imagePart = (block: MediaBlock, writing: ContentWriting): JsonObject | undefined => {
  const { media } = writing.profile
  if (!media.images) return refused(block, writing, 'takes no images')
  const source = imageSource(block, block.source, writing)
  return source && { type: 'input_image', ...source, detail: block.detail ?? 'auto' }
}

const imageSource = (block: MediaBlock, source: MediaSource, writing: ContentWriting): JsonObject | undefined => {
  switch (source.kind) {
    case 'base64':
      if (!source.mediaType.startsWith('image/'))
        return refused(block, writing, `takes no image of type ${source.mediaType}`)
      return { image_url: dataUrl(source.mediaType, source.data) }
    case 'url':
      if (!writing.profile.media.imageUrls)
        return refused(block, writing, 'fetches no images; send the content in base64')
      return { image_url: source.url }
    case 'file':
      return fileIdOf(block, source.id, source.family, writing)
    case 'text':
      return refused(block, writing, 'takes no image of text')
  }
}

const documentPart = (block: MediaBlock, writing: ContentWriting): JsonObject | undefined => {
  const { source } = block
  if (block.detail !== undefined && block.detail !== 'auto' && block.detail !== 'low' && block.detail !== 'high')
    declareMediaFields(block, ['detail'], writing.losses)
  if (source.kind === 'text') return textDocument(block, source.text, writing)
  const { media } = writing.profile
  if (!media.documents) return refused(block, writing, 'takes no documents')
  switch (source.kind) {
    case 'base64':
      if (source.mediaType === 'application/octet-stream')
        return refused(block, writing, 'takes no document of unknown type; say its media type')
      return {
        type: 'input_file',
        filename: filenameOf(block, source.mediaType, writing),
        file_data: dataUrl(source.mediaType, source.data),
      }
    case 'url':
      if (!media.documentUrls) return refused(block, writing, 'fetches no documents; send the content in base64')
      declareMediaFields(block, ['filename', 'title'], writing.losses)
      return { type: 'input_file', file_url: source.url }
    case 'file': {
      const id = fileIdOf(block, source.id, source.family, writing)
      declareMediaFields(block, ['filename', 'title'], writing.losses)
      return id && { type: 'input_file', ...id }
    }
  }
}

const ENDINGS: Readonly<Record<string, string>> = { 'application/pdf': 'pdf', 'application/json': 'json' }

/** Content in a request must have a file's name. */
const filenameOf = (block: MediaBlock, mediaType: string, { losses }: ContentWriting): string => {
  const { filename, title, pointer } = block
  if (filename !== undefined) {
    declareMediaFields(block, ['title'], losses)
    return filename
  }
  losses.declare(pointer, 'added')
  const ending = ENDINGS[mediaType] ?? 'bin'
  return title === undefined ? `document.${ending}` : title.endsWith(`.${ending}`) ? title : `${title}.${ending}`
}

/** Text needs no file: it stands between marks that say where it begins and ends. */
const textDocument = (block: MediaBlock, text: string, { losses }: ContentWriting): JsonObject => {
  losses.declare(block.pointer, 'approximated')
  const title = block.title ?? block.filename
  const name = title === undefined ? '' : ` title=${JSON.stringify(title)}`
  return { type: 'input_text', text: `<document${name}>\n${text}\n</document>` }
}

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
}

const audioPart = (block: MediaBlock, writing: ContentWriting): JsonObject | undefined => {
  const { source } = block
  if (!writing.profile.media.audio) return refused(block, writing, 'takes no audio')
  const format = source.kind === 'base64' ? AUDIO_FORMATS[source.mediaType] : undefined
  if (source.kind !== 'base64' || format === undefined)
    return refused(block, writing, 'takes audio as WAV or MP3 in base64 only')
  return { type: 'input_audio', input_audio: { data: source.data, format } }
}
