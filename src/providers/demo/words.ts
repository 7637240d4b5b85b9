/**
 * What the demo provider says, and how it counts: one token for each run of characters between white space. That is no
 * model's way of counting, but anyone can check a receipt by hand.
 */
export const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0

/** Every text in a part of a request, in order: enough of a prompt to count it and to find what was said last. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join('\n')
  if (!isRecord(value)) return ''
  return ['text', 'content', 'parts', 'output', 'input_text']
    .map((key) => textOf(value[key]))
    .filter(Boolean)
    .join('\n')
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const wholeNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined

const ECHOED_WORDS = 12

/** The answer to a prompt: a greeting, a little of what was said, where to go from here. Same prompt, same answer. */
export const answerTo = (prompt: string): string => {
  const words = prompt.match(/\S+/g) ?? []
  const said = words.slice(0, ECHOED_WORDS).join(' ') + (words.length > ECHOED_WORDS ? ' …' : '')
  const heard = said ? `You said: "${said}".` : 'You said nothing yet.'
  const bill = 'No model was asked, but this answer was metered, charged and given a receipt like any other.'
  return `Hello from Tollgate's demo provider. ${heard} ${bill} Add a provider key to talk to a real one.`
}

export interface Spoken {
  /** Pieces of a few words each; joined they are the text. */
  readonly pieces: readonly string[]
  readonly text: string
  readonly tokens: number
  /** The output limit was reached before the end. */
  readonly isCut: boolean
}

const WORDS_PER_PIECE = 3

/** Speaks a text within an output limit, a few words at a time. */
export const speak = (text: string, limit: number | undefined): Spoken => {
  const words = text.match(/\S+\s*/g) ?? []
  const kept = words.slice(0, limit ?? words.length)
  const pieces: string[] = []
  for (let at = 0; at < kept.length; at += WORDS_PER_PIECE) pieces.push(kept.slice(at, at + WORDS_PER_PIECE).join(''))
  return { pieces, text: kept.join(''), tokens: kept.length, isCut: kept.length < words.length }
}
