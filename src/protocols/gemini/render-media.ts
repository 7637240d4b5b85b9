import { Buffer } from 'node:buffer'
import type { MediaBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { declareMediaFields, mediaField } from '../shared/media-fields.ts'

/** A block of media as a part; nothing where it had to be refused. `detail` is a setting of the whole request. */
export const renderMedia = (block: MediaBlock, profile: Profile, losses: Losses): readonly JsonObject[] => {
  const { source, pointer } = block
  if (!isAccepted(block, profile)) {
    losses.refuse(pointer, `This model does not take ${NOUNS[block.media]}. Leave it out, or choose a model that does.`)
    return []
  }
  if (block.citationsEnabled) {
    losses.refuse(
      mediaField(block, 'citationsEnabled'),
      'This model cannot cite documents. Turn their citations off, or choose a model that can.',
    )
    return []
  }
  declareMediaFields(block, ['filename', 'title', 'context'], losses)
  switch (source.kind) {
    case 'base64':
      return [{ inlineData: { mimeType: source.mediaType, data: source.data } }]
    case 'text':
      return [{ inlineData: { mimeType: source.mediaType, data: Buffer.from(source.text).toString('base64') } }]
    case 'file':
      if (source.family === profile.family) return [{ fileData: { fileUri: source.id } }]
      losses.refuse(pointer, "The file is kept by another provider than this model's. Send its bytes instead.")
      return []
    case 'url': {
      const isAllowed = block.media === 'image' ? profile.media.imageUrls : profile.media.documentUrls
      if (!isAllowed) {
        losses.refuse(pointer, 'This model cannot fetch addresses. Send the bytes of the file, in base64.')
        return []
      }
      const mimeType = source.mediaType ?? typeOf(source.url)
      return [{ fileData: { ...(mimeType && { mimeType }), fileUri: source.url } }]
    }
  }
}

const NOUNS: Readonly<Record<MediaBlock['media'], string>> = {
  image: 'images',
  document: 'documents',
  audio: 'audio',
  video: 'video',
}

const isAccepted = ({ media, source }: MediaBlock, { media: accepted }: Profile): boolean => {
  switch (media) {
    case 'image':
      return accepted.images
    case 'document':
      return accepted.documents || source.kind === 'text'
    case 'audio':
      return accepted.audio
    case 'video':
      return accepted.video
  }
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
}

const typeOf = (url: string): string | undefined =>
  TYPES[/\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? '']
