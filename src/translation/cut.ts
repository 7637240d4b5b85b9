import type { AnswerEvent } from '../canon/answer.ts'
import type { TokenLogprob } from '../canon/blocks.ts'

/**
 * Ends an answer at the first of these sequences in its text, for a model that takes none or fewer. The sequence itself is
 * not told, as no API tells it. What the upstream says behind it is left out, but for its usage: that is paid for.
 */
export const createCutter = (sequences: readonly string[]): ((event: AnswerEvent) => readonly AnswerEvent[]) => {
  const sought = sequences.filter((sequence) => sequence !== '')
  /** The texts that are open, each with the end of it that may be the beginning of a sequence. */
  const held = new Map<number, string>()
  const open = new Set<number>()
  const weighed = new Map<number, Weights>()
  let met: string | undefined

  const read = (event: Extract<AnswerEvent, { type: 'delta' }>, before: string): readonly AnswerEvent[] => {
    const text = before + event.text
    const found = firstOf(sought, text)
    if (found) met = found.sequence
    const end = found?.at ?? text.length - lengthOfBeginning(sought, text)
    held.set(event.key, found ? '' : text.slice(end))
    return said(event.key, text.slice(0, end), event.logprobs)
  }
  const said = (key: number, text: string, heard: readonly TokenLogprob[] = []): readonly AnswerEvent[] => {
    const weights = weighed.get(key) ?? createWeights()
    weighed.set(key, weights)
    const logprobs = weights.of(text, heard)
    if (text === '' && logprobs.length === 0) return []
    return [{ type: 'delta', key, text, ...(logprobs.length > 0 && { logprobs }) }]
  }
  const close = (event: Extract<AnswerEvent, { type: 'close' }>): readonly AnswerEvent[] => {
    const rest = held.get(event.key) ?? ''
    const last = rest === '' ? [] : said(event.key, rest)
    held.delete(event.key)
    open.delete(event.key)
    weighed.delete(event.key)
    return [...last, event]
  }

  return (event) => {
    if (event.type === 'close') return open.has(event.key) ? close(event) : []
    if (event.type === 'stop' && met !== undefined)
      return [{ ...event, stop: { reason: 'stop-sequence', sequence: met } }]
    if (met !== undefined && (event.type === 'open' || event.type === 'whole')) return []
    if (event.type === 'open') {
      open.add(event.key)
      if (event.opening.kind === 'text') held.set(event.key, '')
      return [event]
    }
    if (!('key' in event)) return [event]
    if (!open.has(event.key)) return []
    const before = held.get(event.key)
    if (before === undefined || event.type === 'opaque') return [event]
    if (met !== undefined) return []
    return event.type === 'delta' ? read(event, before) : [event]
  }
}

/** As UTF-8; half a character, whose other half is yet to come, is half of its four. */
const bytesIn = (text: string): number => {
  let bytes = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}

/** The tokens of one text, told when all of a token's bytes are: those of a sequence, or beside one, never are. */
interface Weights {
  of(said: string, heard: readonly TokenLogprob[]): readonly TokenLogprob[]
}

const createWeights = (): Weights => {
  const waiting: { readonly token: TokenLogprob; readonly end: number }[] = []
  let [saidBytes, heardBytes] = [0, 0]
  return {
    of(said, heard) {
      saidBytes += bytesIn(said)
      for (const token of heard) {
        heardBytes += token.bytes?.length ?? Buffer.byteLength(token.token)
        waiting.push({ token, end: heardBytes })
      }
      const untold = waiting.findIndex(({ end }) => end > saidBytes)
      return waiting.splice(0, untold === -1 ? waiting.length : untold).map(({ token }) => token)
    },
  }
}

const firstOf = (
  sequences: readonly string[],
  text: string,
): { readonly at: number; readonly sequence: string } | undefined => {
  let first: { readonly at: number; readonly sequence: string } | undefined
  for (const sequence of sequences) {
    const at = text.indexOf(sequence)
    if (at !== -1 && (first === undefined || at < first.at)) first = { at, sequence }
  }
  return first
}

/** How much of the end of a text may be the beginning of one of the sequences. */
const lengthOfBeginning = (sequences: readonly string[], text: string): number => {
  let longest = 0
  for (const sequence of sequences)
    for (let length = Math.min(sequence.length - 1, text.length); length > longest; length -= 1)
      if (text.endsWith(sequence.slice(0, length))) longest = length
  return longest
}
