import { type AnswerEvent, type Opening, PARAGRAPH, type Stop } from '../../canon/answer.ts'
import type { Citation, MediaBlock, Opaque, TokenLogprob, VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { type Losses, createLosses } from '../../canon/losses.ts'
import type { Usage } from '../../canon/usage.ts'
import { isObject, parseJson } from '../json.ts'
import { createDistinctIds } from '../shared/call-ids.ts'
import { type CitedPart, renderGrounding } from './grounding.ts'
import { argumentsOf } from './render-parts.ts'
import { FAMILY, signatureFor, writeSlot } from './signatures.ts'

/** A part, and the block it is of: parts of one block are one part in a whole answer. */
export interface WrittenPart {
  readonly key: number
  readonly part: JsonObject
  /** The tokens that its text was made of. */
  readonly logprobs?: readonly TokenLogprob[]
}

/** Turns the events of one answer into parts for a client of Gemini. */
export interface PartWriter {
  push(event: AnswerEvent): readonly WrittenPart[]
  /** What is left when the answer has ended: state without a part to stand on. */
  end(): readonly WrittenPart[]
  grounding(): JsonObject | undefined
  readonly stop: Stop
  readonly usage: Usage | undefined
  readonly losses: Losses
}

interface Written {
  readonly kind: 'text' | 'refusal' | 'reasoning'
  readonly ordinal: number
  text: string
  /** The first half of a character whose second half is yet to come. */
  half: string
  readonly citations: Citation[]
}

interface Call {
  readonly key: number
  readonly opening: Extract<Opening, { kind: 'tool-call' }>
  readonly pointer: string
  arguments: string
  opaque: Opaque | undefined
  state: 'open' | 'closed' | 'cut'
}

const GROUNDING = '/response/candidates/0/groundingMetadata'
const HIGH_SURROGATE = /[\ud800-\udbff]$/
/** The key of what belongs to no block. */
const LOOSE = -1

/** Everything known while one answer is written. */
interface State {
  readonly reversal: Reversal
  readonly losses: Losses
  readonly blocks: Map<number, Written>
  readonly calls: Call[]
  readonly callId: (id: string) => string
  /** State of other vendors that waits for a part to stand on. */
  carried: Opaque[]
  /** Google's own signature of the next call. */
  callSignature: string | undefined
  /** Tokens of text that is yet to be written. */
  logprobs: readonly TokenLogprob[]
  ordinal: number
  stop: Stop
  usage: Usage | undefined
}

export const createPartWriter = (reversal: Reversal): PartWriter => {
  const state: State = {
    reversal,
    losses: createLosses(),
    blocks: new Map(),
    calls: [],
    callId: createDistinctIds(),
    carried: [],
    callSignature: undefined,
    logprobs: [],
    ordinal: 0,
    stop: { reason: 'other' },
    usage: undefined,
  }
  return {
    push: (event) => write(state, event),
    end() {
      const { callSignature } = state
      state.callSignature = undefined
      const last =
        callSignature === undefined ? [] : [{ key: LOOSE, part: { text: '', thoughtSignature: callSignature } }]
      return [...loosePart(state), ...last]
    },
    grounding: () => renderGrounding(citedParts([...state.blocks.values()])),
    get stop() {
      return state.stop
    },
    get usage() {
      return state.usage
    },
    losses: state.losses,
  }
}

const write = (state: State, event: AnswerEvent): readonly WrittenPart[] => {
  switch (event.type) {
    case 'start':
      state.usage = event.usage ?? state.usage
      return []
    case 'open':
      openBlock(state, event.key, event.opening)
      return []
    case 'delta':
      if (event.logprobs) state.logprobs = [...state.logprobs, ...event.logprobs]
      return writeDelta(state, event.key, event.text)
    case 'paragraph': {
      const block = state.blocks.get(event.key)
      return block && block.text !== '' ? writeText(state, event.key, block, PARAGRAPH) : []
    }
    case 'citation':
      // A file's id, a page and the like have no word here.
      if (event.citation.url === undefined) state.losses.declare(GROUNDING, 'approximated')
      state.blocks.get(event.key)?.citations.push(event.citation)
      return []
    case 'opaque':
      return writeOpaque(state, event.key, event.opaque)
    case 'close':
      return closeBlock(state, event.key, event.cut === true)
    case 'whole':
      return writeWhole(state, event.block)
    case 'usage':
      state.usage = event.usage
      return []
    case 'stop':
      state.stop = event.stop
      return []
    case 'ping':
    case 'error':
    case 'end':
      return []
  }
}

const pointerOf = (index: number): string => `/response/candidates/0/content/parts/${index}`

const openBlock = (state: State, key: number, opening: Opening): void => {
  const index = state.ordinal++
  if (opening.kind === 'tool-call') {
    state.calls.push({ key, opening, pointer: pointerOf(index), arguments: '', opaque: undefined, state: 'open' })
    return
  }
  if (opening.kind === 'text' && opening.phase !== undefined) state.losses.declare(pointerOf(index), 'unsupported')
  state.blocks.set(key, { kind: opening.kind, ordinal: index, text: '', half: '', citations: [] })
}

const writeDelta = (state: State, key: number, text: string): readonly WrittenPart[] => {
  const block = state.blocks.get(key)
  if (block) return writeText(state, key, block, text)
  const call = state.calls.find((other) => other.key === key)
  if (call) call.arguments += text
  return []
}

/** State that is waiting, as the signature of the part being written. */
const takeSlot = (state: State): { readonly thoughtSignature?: string } => {
  if (state.carried.length === 0) return {}
  const thoughtSignature = writeSlot(state.carried, state.reversal.carriers)
  state.carried = []
  return { thoughtSignature }
}

/** The same as a part of its own. */
const loosePart = (state: State): readonly WrittenPart[] =>
  state.carried.length === 0 ? [] : [{ key: LOOSE, part: { text: '', thought: true, ...takeSlot(state) } }]

const writeText = (state: State, key: number, block: Written, delta: string): readonly WrittenPart[] => {
  const text = block.half + delta
  block.half = HIGH_SURROGATE.exec(text)?.[0] ?? ''
  const ready = text.slice(0, text.length - block.half.length)
  if (ready === '') return []
  block.text += ready
  if (block.kind !== 'reasoning') {
    const { logprobs } = state
    state.logprobs = []
    return [{ key, part: { text: ready, ...takeSlot(state) }, ...(logprobs.length > 0 && { logprobs }) }]
  }
  return state.reversal.showsReasoning ? [{ key, part: { text: ready, thought: true } }] : []
}

/** Half a character that stayed alone cannot be sent. */
const closeText = (state: State, key: number, block: Written): readonly WrittenPart[] => {
  const { half } = block
  block.half = ''
  return half === '' ? [] : writeText(state, key, block, '\ufffd')
}

const writeOpaque = (state: State, key: number, opaque: Opaque): readonly WrittenPart[] => {
  const call = state.calls.find((other) => other.key === key)
  const block = state.blocks.get(key)
  if (call) call.opaque = opaque
  if (!block) return []
  const signed = signatureFor(opaque, FAMILY)
  if (block.kind !== 'reasoning') {
    const thoughtSignature = signed?.signature ?? writeSlot([opaque], state.reversal.carriers)
    return [...closeText(state, key, block), { key, part: { text: '', thoughtSignature } }]
  }
  if (signed && signed.on !== 'call') {
    const thought = signed.on === 'thought' ? { thought: true } : {}
    return [{ key, part: { text: '', ...thought, thoughtSignature: signed.signature } }]
  }
  if (signed) state.callSignature = signed.signature
  else state.carried.push(opaque)
  return []
}

const closeBlock = (state: State, key: number, cut: boolean): readonly WrittenPart[] => {
  const block = state.blocks.get(key)
  if (block) return closeText(state, key, block)
  const call = state.calls.find((other) => other.key === key)
  if (call) call.state = cut ? 'cut' : 'closed'
  // Calls go out whole, in the order in which they were begun.
  const parts: WrittenPart[] = []
  while (state.calls[0] && state.calls[0].state !== 'open') parts.push(...writeCall(state, state.calls[0]))
  return parts
}

const writeCall = (state: State, call: Call): readonly WrittenPart[] => {
  const { opening, key, pointer, opaque } = call
  state.calls.shift()
  // The client would run what the model had not finished saying; that the limit was met, the finish reason tells.
  if (call.state === 'cut') {
    state.losses.declare(pointer, 'unsupported')
    return []
  }
  const { args, exact } = argumentsOf({ form: opening.form, arguments: call.arguments })
  if (!exact) state.losses.declare(`${pointer}/functionCall/args`, 'approximated')
  const functionCall = { id: state.callId(opening.id), name: opening.name, args }
  const signature = opaque ? signatureFor(opaque, FAMILY)?.signature : state.callSignature
  if (!opaque) state.callSignature = undefined
  if (signature !== undefined)
    return [...loosePart(state), { key, part: { functionCall, thoughtSignature: signature } }]
  if (opaque) state.carried.push(opaque)
  return [{ key, part: { functionCall, ...takeSlot(state) } }]
}

const writeWhole = (state: State, block: MediaBlock | VendorBlock): readonly WrittenPart[] => {
  const pointer = pointerOf(state.ordinal++)
  const part = block.kind === 'media' ? mediaPart(block) : vendorPart(block)
  if (part) return [...loosePart(state), { key: LOOSE, part }]
  state.losses.declare(pointer, 'unsupported')
  if (block.kind === 'vendor') state.carried.push(block.opaque)
  return []
}

const citedParts = (blocks: readonly Written[]): readonly CitedPart[] =>
  blocks
    .filter(({ kind, citations }) => kind === 'text' && citations.length > 0)
    .map(({ ordinal, text, citations }) => ({ partIndex: ordinal, text, citations }))

const mediaPart = ({ source }: MediaBlock): JsonObject | undefined => {
  switch (source.kind) {
    case 'base64':
      return { inlineData: { mimeType: source.mediaType, data: source.data } }
    case 'url':
      return { fileData: { ...(source.mediaType && { mimeType: source.mediaType }), fileUri: source.url } }
    case 'text':
      return { text: source.text }
    case 'file':
      return source.family === FAMILY ? { fileData: { fileUri: source.id } } : undefined
  }
}

const vendorPart = ({ opaque }: VendorBlock): JsonObject | undefined => {
  const part = opaque.family === FAMILY && opaque.kind === 'native-block' ? parseJson(opaque.data) : undefined
  return isObject(part) ? part : undefined
}
