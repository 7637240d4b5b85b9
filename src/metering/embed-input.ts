import { type BodySize, inputTokensTypical } from './estimate.ts'
import { ENCODED_CHARS_MAX, reckonTokens } from './tokens.ts'

/** An embeddings request: its size, and what it says. */
export interface EmbedBody extends BodySize {
  readonly bytes: Uint8Array
}

/**
 * The input tokens of an embeddings request, of any format, where no upstream tells them: of what is embedded, and not of
 * the request's other members. Token numbers count as they are. Text beyond what is encoded at all is reckoned by its
 * bytes, media by their size. `undefined`: nothing was found that could be counted.
 */
export const countEmbedInput = async (
  body: EmbedBody,
  countTokens: (text: string) => Promise<number>,
): Promise<number | undefined> => {
  const { texts, numbers } = embeddedIn(parsed(body.bytes))
  if (texts.length === 0 && numbers === 0 && body.mediaCount === 0) return undefined
  let room = ENCODED_CHARS_MAX
  let count = numbers + inputTokensTypical({ ...body, textBytes: 0 })
  for (const text of texts) {
    count += text.length <= room ? await countTokens(text) : reckonTokens(text)
    room -= Math.min(room, text.length)
  }
  return count
}

interface Embedded {
  readonly texts: readonly string[]
  /** How many tokens came as numbers. */
  readonly numbers: number
}

/** OpenAI's `input`, and the parts of Gemini's `content`, of one or of many `requests`. */
const embeddedIn = (body: Members): Embedded => {
  const { input, content, requests } = body
  const items = listOf(input)
  const given = [...items, ...items.flatMap(listOfMany)]
  const contents = [content, ...listOf(requests).map((request) => membersOf(request).content)]
  const parts = contents.flatMap((one) => [one, ...listOf(membersOf(one).parts)])
  const words = [
    ...given,
    ...parts,
    ...parts.map((part) => membersOf(part).text),
    ...items.map((item) => membersOf(item).text),
  ]
  return {
    texts: words.filter((word) => typeof word === 'string'),
    numbers: given.filter((item) => typeof item === 'number').length,
  }
}

type Members = Readonly<Record<string, unknown>>

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

const listOfMany = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const parsed = (bytes: Uint8Array): Members => {
  try {
    return membersOf(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return {}
  }
}
