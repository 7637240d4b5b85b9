/** Counts the tokens of a text, approximately as a model would. */
export type CountTokens = (text: string) => number

/** Text beyond this is not encoded but reckoned by its length. */
export const ENCODED_CHARS_MAX = 1_048_576
/**
 * The encoder's time grows with the square of an unbroken run of characters (60 KB of one letter takes seconds), so no
 * run reaches it longer than this. Words are shorter; only blobs and hostile text are cut, and count a little high.
 */
export const RUN_CHARS_MAX = 64
const PIECE_CHARS = 4_096
const CHARS_PER_TOKEN = 4

/**
 * Loads the o200k encoder (2.4 MB of tables, so only when a count is wanted) and gives back a counter that is linear in
 * the length of any text. Special tokens written out in the text count as text.
 */
export const loadTokenCounter = async (): Promise<CountTokens> => {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base')
  const asText = { disallowedSpecial: new Set<string>() }
  return (text) => {
    let count = 0
    for (const piece of splitForCounting(text.slice(0, ENCODED_CHARS_MAX))) count += countTokens(piece, asText)
    return count + Math.ceil(Math.max(0, text.length - ENCODED_CHARS_MAX) / CHARS_PER_TOKEN)
  }
}

/**
 * Cuts a text into pieces that together are the text, none holding a run of letters or of white space longer than
 * `RUN_CHARS_MAX`. Ordinary text comes in pieces of about four thousand characters, cut between words.
 */
export const splitForCounting = (text: string): readonly string[] => {
  const pieces: string[] = []
  let piece = ''
  const flush = () => {
    if (piece !== '') pieces.push(piece)
    piece = ''
  }
  for (const [run] of text.matchAll(/\s+|\S+/g)) {
    if (run.length > RUN_CHARS_MAX) {
      flush()
      pieces.push(...cutRun(run))
      continue
    }
    if (piece.length + run.length > PIECE_CHARS) flush()
    piece += run
  }
  flush()
  return pieces
}

const cutRun = (run: string): string[] => {
  const parts: string[] = []
  for (let start = 0; start < run.length; ) {
    let end = Math.min(start + RUN_CHARS_MAX, run.length)
    // A pair of surrogates is one character: half of one would be counted as an error mark.
    if (end < run.length && isHighSurrogate(run.charCodeAt(end - 1))) end--
    parts.push(run.slice(start, end))
    start = end
  }
  return parts
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** Without an encoder: four bytes a token, as English prose has. */
export const reckonTokens: CountTokens = (text) => Math.ceil(new TextEncoder().encode(text).length / CHARS_PER_TOKEN)
