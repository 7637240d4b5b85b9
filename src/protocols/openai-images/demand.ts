import type { Demand } from '../../canon/envelope.ts'

/** What of an images request says how much it costs. */
export interface Wanted {
  readonly images: number
  readonly size: string | undefined
  readonly quality: string | undefined
  /** Of each, sent while it is made. */
  readonly partials: number
  /** Pictures in one image: more than one in an animation. */
  readonly frames: number
  /** Bytes of the request that are text. */
  readonly textBytes: number
  /** Images that came with it. */
  readonly given: number
}

/**
 * Output tokens of an image of 1024 × 1024: OpenAI's table (developers.openai.com, image generation, "Cost and latency")
 * has 272, 1,056 and 4,160 for GPT Image 1. Models that followed have other figures, so that the most is the double.
 */
const TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1_056, high: 4_160, xhigh: 8_320, max: 16_640 }
const TOKENS_AUTO = { most: 4_160, usual: 1_056 }
const BOUND_FACTOR = 2
const SQUARE = 1_024 * 1_024
/** What `auto` can choose at its largest, and where no size is named at all. */
const PIXELS_AUTO = 1_536 * 1_024
/** "Each partial image incurs an additional 100 image output tokens." */
export const TOKENS_PER_PARTIAL = 100
const TOKENS_PER_INPUT_IMAGE = { most: 8_192, usual: 1_000 }
const OVERHEAD_TOKENS = 512

/** The most that images can use, and what they usually do, by the image and by the token. */
export const demandOf = (wanted: Wanted): Demand => {
  const { images, partials, textBytes, given } = wanted
  const units = { images }
  const none = { inputAudio: 0, outputAudio: 0, units }
  const each = outputTokens(wanted)
  const ofPartials = images * partials * TOKENS_PER_PARTIAL
  return {
    most: {
      ...none,
      input: Math.ceil(textBytes / 2) + OVERHEAD_TOKENS + given * TOKENS_PER_INPUT_IMAGE.most,
      output: images * each.most + ofPartials,
    },
    usual: {
      ...none,
      input: Math.ceil(textBytes / 4) + given * TOKENS_PER_INPUT_IMAGE.usual,
      output: images * each.usual + ofPartials,
    },
    outputPerMillionPieces: TOKENS_PER_PARTIAL * 1_000_000,
    variant: variantOf(wanted),
  }
}

const outputTokens = ({ size, quality, frames }: Wanted): { readonly most: number; readonly usual: number } => {
  const stated = quality === undefined ? undefined : TOKENS[quality]
  const { most, usual } = stated === undefined ? TOKENS_AUTO : { most: stated, usual: stated }
  const pixels = pixelsIn(size)
  const scaled = (tokens: number, area: number): number => Math.ceil((tokens * area * frames) / SQUARE)
  return { most: BOUND_FACTOR * scaled(most, pixels ?? PIXELS_AUTO), usual: scaled(usual, pixels ?? SQUARE) }
}

/** Output tokens that an image of such a size and quality usually has. */
export const usualTokens = (size: string, quality: string): number =>
  outputTokens({ images: 1, size, quality, partials: 0, frames: 1, textBytes: 0, given: 0 }).usual

/** Beyond any size there is. */
const SIDE_MAX = 16_384

const pixelsIn = (size: string | undefined): number | undefined => {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size ?? '') ?? []
  if (width === undefined || height === undefined) return undefined
  return Math.min(Number(width), SIDE_MAX) * Math.min(Number(height), SIDE_MAX)
}

/** `image`, the quality unless it is the ordinary one, the size: what a price list calls them; anything odd is `other`. */
const variantOf = ({ size, quality }: Wanted): string | undefined => {
  const words = [quality === 'standard' ? undefined : quality, size].filter((word) => word !== undefined)
  if (words.length === 0) return undefined
  const name = ['image', ...words].join('_').toLowerCase()
  return /^\w{1,40}$/.test(name) ? name : 'image_other'
}
