import type { MediaBlock, MediaSource } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { declareMediaFields } from '../shared/media-fields.ts'
import type { Draft } from './marks.ts'

const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

interface Media {
  readonly profile: Profile
  readonly losses: Losses
}

/** An image or a document; `undefined` where it was refused. */
export const renderMedia = (block: MediaBlock, { profile, losses }: Media): Draft | undefined => {
  const refusal = refusalOf(block, profile)
  if (refusal !== undefined) {
    losses.refuse(block.pointer, refusal)
    return undefined
  }
  if (block.detail !== 'auto') declareMediaFields(block, ['detail'], losses)
  if (block.media !== 'image') return documentOf(block, losses)
  declareMediaFields(block, ['filename', 'title', 'context'], losses)
  return { type: 'image', source: sourceOf(block.source) }
}

const documentOf = (block: MediaBlock, losses: Losses): Draft => {
  const { source, title, filename, context, citationsEnabled } = block
  if (title !== undefined) declareMediaFields(block, ['filename'], losses)
  return {
    type: 'document',
    source: sourceOf(source),
    ...((title ?? filename) !== undefined && { title: title ?? filename }),
    ...(context !== undefined && { context }),
    ...(citationsEnabled === true && { citations: { enabled: true } }),
  }
}

/** Text that comes as a file is the text in it. */
const sourceOf = (source: MediaSource): Draft => {
  switch (source.kind) {
    case 'base64':
      return source.mediaType.startsWith('text/')
        ? { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') }
        : { type: 'base64', media_type: source.mediaType, data: source.data }
    case 'url':
      return { type: 'url', url: source.url }
    case 'file':
      return { type: 'file', file_id: source.id }
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
  }
}

/** Why the model cannot take it: its kind, the way it is given, or its media type. */
const refusalOf = ({ media, source }: MediaBlock, profile: Profile): string | undefined => {
  const { images, imageUrls, documents, documentUrls } = profile.media
  if (media === 'audio' || media === 'video') return `This model takes no ${media}. Send its text, or choose another.`
  const isImage = media === 'image'
  if (isImage ? !images : !documents) return `This model takes no ${media}s. Leave it out, or choose another model.`
  if (source.kind === 'file' && source.family !== profile.family)
    return 'The file is kept by another provider. Send its content instead of its id.'
  if (source.kind === 'url' && !(isImage ? imageUrls : documentUrls))
    return `This model takes no ${media} by its URL. Send the content itself, in base64.`
  if (source.kind !== 'base64') return undefined
  const { mediaType } = source
  const taken = isImage ? IMAGE_TYPES.has(mediaType) : mediaType === 'application/pdf' || mediaType.startsWith('text/')
  const kinds = isImage ? 'JPEG, PNG, GIF or WebP' : 'PDF or text'
  return taken ? undefined : `This model takes no ${media} of the type ${mediaType}. Send ${kinds}.`
}
