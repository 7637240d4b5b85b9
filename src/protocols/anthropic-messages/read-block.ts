import type { AnswerEvent } from '../../canon/answer.ts'
import type { JsonObject, Source } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { isObject, jsonOf, objectsOf, parseJson, textOf } from '../json.ts'
import { citationOf } from './parse-blocks.ts'
import { vendorBlock } from './vendor-blocks.ts'

/** One block of an answer while it comes. */
export interface ReadBlock {
  readonly opening: readonly AnswerEvent[]
  delta(delta: JsonObject): readonly AnswerEvent[]
  /** Whether the output limit may have ended it: a call whose arguments are no whole JSON, or have not come at all. */
  mayBeCut(): boolean
  /** `cut`: the answer met its limit. */
  close(cut: boolean): readonly AnswerEvent[]
}

/** A block may already be whole when it begins: hidden thinking, results of server tools, every block of a whole answer. */
export const createReadBlock = (key: number, block: JsonObject, source: Source): ReadBlock => {
  switch (block.type) {
    case 'text':
      return textBlock(key, block)
    case 'thinking':
      return thinkingBlock(key, block, source)
    case 'redacted_thinking':
      return redactedBlock(key, block, source)
    case 'tool_use':
      return callBlock(key, block, source)
    default:
      return otherBlock(block, source)
  }
}

const deltaOf = (key: number, text: string): readonly AnswerEvent[] =>
  text === '' ? [] : [{ type: 'delta', key, text }]
const never = (): boolean => false

const textBlock = (key: number, block: JsonObject): ReadBlock => ({
  opening: [
    { type: 'open', key, opening: { kind: 'text' } },
    ...deltaOf(key, textOf(block.text)),
    ...objectsOf(block.citations).map((citation) => ({
      type: 'citation' as const,
      key,
      citation: citationOf(citation),
    })),
  ],
  delta(delta) {
    if (delta.type === 'citations_delta' && isObject(delta.citation))
      return [{ type: 'citation', key, citation: citationOf(delta.citation) }]
    return deltaOf(key, textOf(delta.text))
  },
  mayBeCut: never,
  close: () => [{ type: 'close', key }],
})

/** Text and signature go back to Anthropic exactly as they came, also where there is no text to read. */
const thinkingBlock = (key: number, block: JsonObject, { family }: Source): ReadBlock => {
  let thinking = textOf(block.thinking)
  let signature = textOf(block.signature)
  return {
    opening: [{ type: 'open', key, opening: { kind: 'reasoning' } }, ...deltaOf(key, thinking)],
    delta(delta) {
      // A second signature replaces the first.
      if (delta.type === 'signature_delta') signature = textOf(delta.signature)
      const text = textOf(delta.thinking)
      thinking += text
      return deltaOf(key, text)
    },
    mayBeCut: never,
    close() {
      const data = writeJson({ thinking, signature })
      const signed: AnswerEvent = { type: 'opaque', key, opaque: { family, kind: 'thinking', data } }
      return [...(signature === '' ? [] : [signed]), { type: 'close', key }]
    },
  }
}

const redactedBlock = (key: number, block: JsonObject, { family }: Source): ReadBlock => ({
  opening: [
    { type: 'open', key, opening: { kind: 'reasoning' } },
    { type: 'opaque', key, opaque: { family, kind: 'redacted-thinking', data: textOf(block.data) } },
  ],
  delta: () => [],
  mayBeCut: never,
  close: () => [{ type: 'close', key }],
})

/** No object, so that nobody takes it for the arguments. */
const TOO_DEEP = '"(arguments nested too deeply)"'

/** The `input` a call begins with stands for nothing when pieces of it follow. */
const callBlock = (key: number, block: JsonObject, { requestId }: Source): ReadBlock => {
  let pieces = ''
  const namespace = typeof block.toolset_name === 'string' ? { namespace: block.toolset_name } : {}
  return {
    opening: [
      {
        type: 'open',
        key,
        opening: {
          kind: 'tool-call',
          id: textOf(block.id) || `toolu_${requestId}_${key}`,
          name: textOf(block.name),
          ...namespace,
          form: 'function',
        },
      },
    ],
    delta(delta) {
      const piece = textOf(delta.partial_json)
      pieces += piece
      return deltaOf(key, piece)
    },
    mayBeCut: () => parseJson(pieces) === undefined,
    close(cut) {
      const ends: AnswerEvent = { type: 'close', key, ...(cut && parseJson(pieces) === undefined && { cut: true }) }
      const rest = pieces === '' && !cut ? deltaOf(key, jsonOf(block.input ?? {}) ?? TOO_DEEP) : []
      return [...rest, ends]
    },
  }
}

/** Kept whole, and given on in one piece when it has ended: a server tool's call, its result, a compaction. */
const otherBlock = (block: JsonObject, { family }: Source): ReadBlock => {
  let pieces = ''
  let more: JsonObject = {}
  return {
    opening: [],
    delta(delta) {
      pieces += textOf(delta.partial_json)
      if (delta.type === 'compaction_delta') {
        const { type: _, ...rest } = delta
        more = { ...more, ...rest }
      }
      return []
    },
    mayBeCut: never,
    close() {
      const input = pieces === '' ? undefined : parseJson(pieces)
      const all = { ...block, ...more, ...(input !== undefined && { input }) }
      return [{ type: 'whole', block: vendorBlock(all, family) }]
    },
  }
}
