import type { Delta, Reader } from './answer.ts'
import { isObject, type JsonObject } from './conversation.ts'
import { counted, countIn, ended, failed, listOf, membersOf, saidIn, textIn } from './reading.ts'

/** Reads Gemini. An event is a whole answer with a piece of the text in it; of several candidates the first. */
export const geminiReader = (): Reader => {
  const places = createPlaces()
  const read = (data: unknown): readonly Delta[] => {
    const { candidates, usageMetadata, promptFeedback } = membersOf(data)
    const { content, finishReason } = membersOf(listOf(candidates)[0])
    const parts = listOf(membersOf(content).parts).flatMap((part) => partOf(membersOf(part), places))
    return [
      ...failed(data),
      ...parts,
      ...usageOf(usageMetadata),
      ...ended(membersOf(promptFeedback).blockReason),
      ...ended(finishReason),
    ]
  }
  return { whole: read, event: read }
}

interface Places {
  /** Where words of a kind go on, or begin. */
  readonly words: (kind: 'text' | 'thinking') => string
  readonly call: () => string
  /** What comes next is another part. */
  readonly close: () => void
}

/** Parts have no names here: words go on until words of another kind, a call, or a signature come. */
const createPlaces = (): Places => {
  let count = 0
  let open: string | undefined
  const begin = (kind: string): string => {
    if (open !== kind) count += 1
    open = kind
    return `${kind} ${count}`
  }
  const close = (): void => {
    open = undefined
  }
  return {
    words: begin,
    call: () => {
      close()
      return begin('call')
    },
    close,
  }
}

/** A signature belongs to the part it came with: that part is joined with no other. */
const partOf = (part: JsonObject, places: Places): readonly Delta[] => {
  const signature = saidIn(part.thoughtSignature)
  if (signature !== undefined) places.close()
  const [place, ...deltas] = contentOf(part, places, signature !== undefined)
  if (signature === undefined || place === undefined) return deltas
  places.close()
  return [...deltas, { kind: 'state', ...place, value: { thoughtSignature: signature } }]
}

type Place = Pick<Extract<Delta, { readonly kind: 'state' }>, 'at' | 'of'>

const contentOf = (part: JsonObject, places: Places, isSigned: boolean): [place?: Place, ...deltas: Delta[]] => {
  const { functionCall, text, thought } = part
  if (isObject(functionCall)) {
    const { id, name, args } = functionCall
    const at = places.call()
    const call = { id: saidIn(id), name: saidIn(name), arguments: JSON.stringify(args ?? {}) }
    return [
      { at, of: 'call' },
      { kind: 'call', at, ...call },
    ]
  }
  const said = textIn(text)
  if (said === '' && !isSigned) return []
  const kind = thought === true ? 'thinking' : 'text'
  const at = places.words(kind)
  return [{ at, of: kind }, ...(said === '' ? [] : [{ kind, at, text: said } as const])]
}

const usageOf = (usage: unknown): readonly Delta[] => {
  const { promptTokenCount, cachedContentTokenCount, candidatesTokenCount, thoughtsTokenCount } = membersOf(usage)
  const [output, reasoning] = [candidatesTokenCount, thoughtsTokenCount].map(countIn)
  return counted({
    input: countIn(promptTokenCount),
    cached: countIn(cachedContentTokenCount),
    output: output === undefined ? undefined : output + (reasoning ?? 0),
    reasoning,
  })
}
