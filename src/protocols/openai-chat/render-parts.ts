import type { MediaBlock, TextBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { declareMediaFields, mediaField } from '../shared/media-fields.ts'
import { dataUrl } from '../shared/media.ts'
import type { Marks } from './render-cache.ts'

export interface PartContext {
  readonly profile: Profile
  readonly losses: Losses
  readonly marks: Marks
}

/** A part of a user's message; `undefined` when it was refused. */
export const renderPart = (block: TextBlock | MediaBlock, context: PartContext): JsonObject | undefined => {
  const part = block.kind === 'text' ? renderText(block, context) : renderMedia(block, context)
  return part && { ...part, ...context.marks.get(block) }
}

/** What a text has that a part has not is declared. */
export const renderText = (block: TextBlock, { losses }: Pick<PartContext, 'losses'>): JsonObject => {
  if (block.citations?.length) losses.declare(block.pointer, 'unsupported')
  if (block.phase !== undefined) losses.declare(block.pointer, 'unsupported')
  if (block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
  return { type: 'text', text: block.text }
}

const renderMedia = (block: MediaBlock, context: PartContext): JsonObject | undefined => {
  const { profile, losses } = context
  const { media } = profile
  if (block.citationsEnabled)
    losses.refuse(
      mediaField(block, 'citationsEnabled'),
      'This model cites no documents. Turn citations off, or choose another model.',
    )
  switch (block.media) {
    case 'image':
      return media.images ? renderImage(block, context) : refused(block, losses, 'no images')
    case 'document':
      return renderDocument(block, context)
    case 'audio':
      declareMediaFields(block, ['filename', 'title', 'context'], losses)
      return media.audio ? renderAudio(block, losses) : refused(block, losses, 'no audio')
    case 'video':
      declareMediaFields(block, ['filename', 'title', 'context'], losses)
      return media.video ? renderVideo(block, losses) : refused(block, losses, 'no video')
  }
}

const refused = (block: MediaBlock, losses: Losses, what: string): undefined => {
  losses.refuse(block.pointer, `This model takes ${what} here. Leave it out, or choose another model.`)
}

const renderImage = (block: MediaBlock, { profile, losses }: PartContext): JsonObject | undefined => {
  const { source, detail } = block
  declareMediaFields(block, ['filename', 'title', 'context'], losses)
  const isOriginal = detail === 'original'
  if (isOriginal) losses.declare(mediaField(block, 'detail'), 'approximated')
  const detailed = detail === undefined ? {} : { detail: isOriginal ? 'high' : detail }
  if (source.kind === 'base64') {
    if (!source.mediaType.startsWith('image/')) return refused(block, losses, `no image of type ${source.mediaType}`)
    return { type: 'image_url', image_url: { url: dataUrl(source.mediaType, source.data), ...detailed } }
  }
  if (source.kind === 'url' && profile.media.imageUrls)
    return { type: 'image_url', image_url: { url: source.url, ...detailed } }
  return refused(block, losses, source.kind === 'url' ? 'no images by URL, only their bytes' : 'no images by file id')
}

const renderDocument = (block: MediaBlock, { profile, losses }: PartContext): JsonObject | undefined => {
  const { source } = block
  if (source.kind === 'text') return { type: 'text', text: delimited(block, source.text, losses) }
  // A title that becomes the file's name is not lost.
  declareMediaFields(block, block.filename === undefined ? ['context'] : ['title', 'context'], losses)
  if (!profile.media.documents) return refused(block, losses, 'no documents')
  const filename = block.filename ?? block.title ?? 'document.pdf'
  if (source.kind === 'base64')
    return { type: 'file', file: { filename, file_data: dataUrl(source.mediaType, source.data) } }
  if (source.kind === 'file')
    return source.family === profile.family
      ? { type: 'file', file: { file_id: source.id } }
      : refused(block, losses, "no files kept by another vendor, only a document's bytes")
  if (profile.media.documentUrls) return { type: 'file', file: { filename, file_data: source.url } }
  return refused(block, losses, 'no documents by URL, only their bytes')
}

const delimited = ({ title, filename, context, pointer }: MediaBlock, text: string, losses: Losses): string => {
  losses.declare(pointer, 'approximated')
  const named = title ?? filename
  const head = [named !== undefined && `Title: ${named}`, context !== undefined && `Context: ${context}`]
  const lines = head.filter((line) => line !== false)
  return `<document>\n${[...lines, text].join('\n')}\n</document>`
}

const renderAudio = (block: MediaBlock, losses: Losses): JsonObject | undefined => {
  const { source } = block
  const format = source.kind === 'base64' ? AUDIO_FORMATS.get(source.mediaType) : undefined
  if (source.kind !== 'base64' || format === undefined)
    return refused(block, losses, 'only WAV and MP3 audio, as bytes,')
  return { type: 'input_audio', input_audio: { data: source.data, format } }
}

const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
])

const renderVideo = (block: MediaBlock, losses: Losses): JsonObject | undefined => {
  const { source } = block
  if (source.kind === 'base64') return { type: 'video_url', video_url: { url: dataUrl(source.mediaType, source.data) } }
  if (source.kind === 'url') return { type: 'video_url', video_url: { url: source.url } }
  return refused(block, losses, 'no video by file id')
}
