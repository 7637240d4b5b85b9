import type { Image } from './conversation.ts'

/** What all vendors that see pictures can read. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const
/** The smallest of the limits that vendors have for one picture. */
export const IMAGE_MEGABYTES_MAX = 5
export const IMAGES_MAX = 5

const BYTES_IN_MEGABYTE = 1_000_000
const CHUNK_BYTES = 32_768

export type ImageFault = 'type' | 'size' | 'count'

/** Why a file cannot be attached; `undefined` where it can. */
export const imageFaultOf = (file: Pick<File, 'type' | 'size'>, attached: number): ImageFault | undefined => {
  if (!IMAGE_TYPES.some((type) => type === file.type)) return 'type'
  if (file.size > IMAGE_MEGABYTES_MAX * BYTES_IN_MEGABYTE) return 'size'
  return attached >= IMAGES_MAX ? 'count' : undefined
}

/** Reads a file as an image of a message. */
export const imageOf = async (file: File): Promise<Image> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ''
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES))
  return { name: file.name, mediaType: file.type, base64: btoa(binary) }
}
