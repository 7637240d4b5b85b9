import { NO_USAGE, type Units, type Usage } from '../canon/usage.ts'
import { tokens } from '../units.ts'

/** What a body's size says about its tokens, before anyone has counted them. */
export interface BodySize {
  /** Bytes that are not base64 media. */
  readonly textBytes: number
  /** Images, documents, recordings and videos in the body. */
  readonly mediaCount: number
  /** Their base64. */
  readonly mediaBytes: number
}

/** Chat templates and the system's own words around a request. */
const OVERHEAD_TOKENS_MAX = 512
/** The largest ordinary image (Claude at full size is about 3,000 tokens); documents add tokens by their bytes. */
const TOKENS_PER_MEDIUM_MAX = 3_000
const BYTES_PER_TOKEN_MIN = 2
const MEDIA_BYTES_PER_TOKEN_MIN = 16

/**
 * More input tokens than such a body has in practice: text of two bytes a token (prose has four, dense code three),
 * media at their largest. Not a proof: a body of rare symbols can have a token a byte.
 */
export const inputTokensMax = (size: BodySize): number =>
  Math.ceil(size.textBytes / BYTES_PER_TOKEN_MIN) +
  OVERHEAD_TOKENS_MAX +
  size.mediaCount * TOKENS_PER_MEDIUM_MAX +
  Math.ceil(size.mediaBytes / MEDIA_BYTES_PER_TOKEN_MIN)

const TYPICAL_BYTES_PER_TOKEN = 4
const TYPICAL_TOKENS_PER_MEDIUM = 1_000
/** A page of a PDF is some 100 KB of base64 and 2,000 tokens. */
const TYPICAL_MEDIA_BYTES_PER_TOKEN = 50
/** Media a model looks at once (images) stop growing here; what is larger is a document or a recording. */
const IMAGE_BYTES_MAX = 1_500_000

/** The input tokens such a body usually has: for rate limits, and for a stream that was cut before its usage came. */
export const inputTokensTypical = (size: BodySize): number => {
  const text = Math.ceil(size.textBytes / TYPICAL_BYTES_PER_TOKEN)
  const beyondImages = Math.max(0, size.mediaBytes - size.mediaCount * IMAGE_BYTES_MAX)
  const media = size.mediaCount * TYPICAL_TOKENS_PER_MEDIUM + Math.ceil(beyondImages / TYPICAL_MEDIA_BYTES_PER_TOKEN)
  return text + media
}

/** What was delivered beside text. */
export interface DeliveredMedia {
  readonly images: number
  readonly soundBytes: number
}

/** What Gemini counts for an image of up to a megapixel; those of others are about as large. */
const TOKENS_PER_IMAGE = 1_290
/** OpenAI's 20 tokens for a second of sound, which streams as PCM: 24,000 samples of two bytes. */
const SOUND_BYTES_PER_TOKEN = 48_000 / 20

export interface CutAnswer extends BodySize {
  /** What the tokeniser made of the text that was delivered. */
  readonly deliveredTokens: number
  readonly media?: DeliveredMedia
  /** What the vendor's own tools used, as far as the answer told or showed it. */
  readonly tools?: Units | undefined
  /** What the upstream had reported before the cut: Anthropic sends its input at the start. */
  readonly reported?: Usage | undefined
}

/**
 * The usage of an answer that was cut: what the upstream had reported, and what was delivered where that comes to more.
 */
export const estimateUsage = (cut: CutAnswer): Usage => {
  const { media = { images: 0, soundBytes: 0 }, tools } = cut
  const reported = cut.reported ?? {
    ...NO_USAGE,
    input: tokens(inputTokensTypical(cut)),
    ...(tools && { units: tools }),
  }
  const sound = Math.ceil(media.soundBytes / SOUND_BYTES_PER_TOKEN)
  const delivered = cut.deliveredTokens + media.images * TOKENS_PER_IMAGE + sound
  const unreported = Math.max(0, delivered - reported.output - reported.outputAudio)
  const unreportedSound = Math.min(unreported, Math.max(0, sound - reported.outputAudio))
  return {
    ...reported,
    output: tokens(reported.output + unreported - unreportedSound),
    outputAudio: tokens(reported.outputAudio + unreportedSound),
  }
}
