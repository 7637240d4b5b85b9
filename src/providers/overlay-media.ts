/**
 * Models that make or rank something and that the price source does not have, or has in a measure that the build does not
 * read, priced from the vendor's own page named beside each. Used by `npm run catalogue` only, never at run time.
 */
import type { ModelType } from '../canon/model.ts'

/** USD as decimal text: of tokens and characters for a million, of anything else for one. */
export interface MediaPrices {
  readonly input?: string
  readonly image?: string
  /** Of other sizes and qualities: `image`, the quality unless it is `standard`, the size. */
  readonly imagesBy?: Readonly<Record<string, string>>
  /** For an hour of audio taken in; a second of it is rounded up to a whole nano-dollar. */
  readonly inputHour?: string
  readonly millionCharacters?: string
  readonly searchUnit?: string
}

export interface MediaAddition {
  readonly id: string
  readonly vendor: string
  readonly type: ModelType
  readonly name: string
  readonly prices: MediaPrices
  /** The first day, where it is not from the beginning. */
  readonly from?: string
}

const openai = (id: string, type: ModelType, name: string, prices: MediaPrices) => ({
  id,
  vendor: 'openai',
  type,
  name,
  prices,
})

const SQUARE = 'image_1024x1024'

/** developers.openai.com/api/docs/pricing. OpenAI has retired DALL·E; Azure's deployments of it cost the same. */
const OPENAI: readonly MediaAddition[] = [
  openai('dall-e-2', 'image', 'DALL·E 2', {
    image: '0.02',
    imagesBy: { image_256x256: '0.016', image_512x512: '0.018', [SQUARE]: '0.02' },
  }),
  openai('dall-e-3', 'image', 'DALL·E 3', {
    image: '0.04',
    imagesBy: {
      [SQUARE]: '0.04',
      image_1792x1024: '0.08',
      image_1024x1792: '0.08',
      image_hd: '0.08',
      image_hd_1024x1024: '0.08',
      image_hd_1792x1024: '0.12',
      image_hd_1024x1792: '0.12',
    },
  }),
  openai('tts-1', 'audio', 'TTS-1', { millionCharacters: '15' }),
  openai('tts-1-hd', 'audio', 'TTS-1 HD', { millionCharacters: '30' }),
  // $0.006 a minute.
  openai('whisper-1', 'audio', 'Whisper', { inputHour: '0.36' }),
  // $0.0045 a minute.
  openai('gpt-transcribe', 'audio', 'GPT Transcribe', { inputHour: '0.27' }),
  // "The moderation endpoint is free to use": a price of zero, which is a price.
  openai('omni-moderation-latest', 'moderation', 'Omni Moderation', { input: '0' }),
  openai('omni-moderation-2024-09-26', 'moderation', 'Omni Moderation 2024-09-26', { input: '0' }),
  openai('text-moderation-latest', 'moderation', 'Text Moderation', { input: '0' }),
]

/** groq.com/pricing. Groq bills at least ten seconds of each recording, which no answer tells. */
const GROQ: readonly MediaAddition[] = [
  { id: 'whisper-large-v3', vendor: 'groq', type: 'audio', name: 'Whisper Large V3', prices: { inputHour: '0.111' } },
  {
    id: 'whisper-large-v3-turbo',
    vendor: 'groq',
    type: 'audio',
    name: 'Whisper Large V3 Turbo',
    prices: { inputHour: '0.04' },
  },
]

/** cohere.com/pricing: two dollars for a thousand searches. */
const cohere = (id: string, name: string): MediaAddition => ({
  id,
  vendor: 'cohere',
  type: 'rerank',
  name,
  prices: { searchUnit: '0.002' },
})
const COHERE: readonly MediaAddition[] = [
  cohere('rerank-v3.5', 'Rerank 3.5'),
  cohere('rerank-english-v3.0', 'Rerank 3 English'),
  cohere('rerank-multilingual-v3.0', 'Rerank 3 Multilingual'),
]

/** docs.voyageai.com/docs/pricing: by all tokens, the query counted with each document. */
const voyage = (id: string, name: string, input: string): MediaAddition => ({
  id,
  vendor: 'voyage',
  type: 'rerank',
  name,
  prices: { input },
})
const VOYAGE: readonly MediaAddition[] = [
  voyage('rerank-2.5', 'Voyage Rerank 2.5', '0.05'),
  voyage('rerank-2.5-lite', 'Voyage Rerank 2.5 Lite', '0.02'),
  voyage('rerank-2', 'Voyage Rerank 2', '0.05'),
  voyage('rerank-2-lite', 'Voyage Rerank 2 Lite', '0.02'),
]

export const MEDIA_ADDITIONS: readonly MediaAddition[] = [...OPENAI, ...GROQ, ...COHERE, ...VOYAGE]
