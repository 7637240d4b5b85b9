import { drawPng } from './picture.ts'
import { json, namedSse, type Turn } from './stream.ts'
import { countWords } from './words.ts'

const IMAGES_MAX = 10
const TOKENS_PER_IMAGE = 272

/** OpenAI Images: https://developers.openai.com/api/reference/resources/images */
export const answerImages =
  (event: 'image_generation' | 'image_edit') =>
  ({ body, nowSeconds, stream }: Turn): Response => {
    const prompt = typeof body.prompt === 'string' ? body.prompt : 'a variation'
    const images = Math.min(Math.max(Number(body.n ?? 1), 1), IMAGES_MAX)
    const usage = usageOf(countWords(prompt), images)
    const drawn = (number: number): string => drawPng(`${prompt} ${number}`).toString('base64')
    const about = { background: 'opaque', output_format: 'png', quality: 'low', size: '1024x1024' }
    if (!isTrue(body.stream)) {
      const data = Array.from({ length: images }, (_, number) => ({ b64_json: drawn(number) }))
      return json({ created: nowSeconds, ...about, data, usage })
    }
    const partials = Math.min(Number(body.partial_images ?? 0), 3)
    const events = Array.from({ length: partials }, (_, number) => ({
      type: `${event}.partial_image`,
      ...about,
      created_at: nowSeconds,
      partial_image_index: number,
      b64_json: drawn(number),
    }))
    const last = { type: `${event}.completed`, ...about, created_at: nowSeconds, b64_json: drawn(0), usage }
    return stream(namedSse([...events, last]))
  }

/** Forms have no switches but words. */
export const isTrue = (value: unknown): boolean => value === true || value === 'true'

const usageOf = (words: number, images: number) => ({
  total_tokens: words + images * TOKENS_PER_IMAGE,
  input_tokens: words,
  output_tokens: images * TOKENS_PER_IMAGE,
  input_tokens_details: { text_tokens: words, image_tokens: 0 },
})
