import type { AnswerEvent } from '../../canon/answer.ts'
import type { Citation } from '../../canon/blocks.ts'
import type { Source } from '../../canon/codec.ts'
import { type JsonObject, isObject, objectOf, textOf } from '../json.ts'
import { standardBase64, trueMediaType } from '../shared/media.ts'
import type { CitedText } from './grounding.ts'
import { mediaKind, vendorBlock } from './parse-parts.ts'
import { type PartialArgs, createPartialArgs } from './partial-args.ts'
import { type SignedPart, isStandIn, signatureOpaque } from './signatures.ts'

/** Turns the parts of one answer into events, adjacent parts of a kind into one block. */
export interface PartReader {
  /** Reads a part, adds its events to `events`, and says where its text went. */
  read(part: JsonObject, events: AnswerEvent[]): CitedText | undefined
  /** The blocks of text so far. */
  texts(): readonly CitedText[]
  /** Puts a citation on a block of text; on the one that is open when its own is closed since an earlier chunk. */
  cite(key: number | undefined, citation: Citation, events: AnswerEvent[]): void
  /** Closes what is open. A call that was to go on is cut. */
  close(): readonly AnswerEvent[]
}

interface OpenBlock {
  readonly kind: 'text' | 'reasoning'
  readonly key: number
  /** It has its signature: what follows is another block. */
  isSigned: boolean
}

interface OpenCall {
  readonly key: number
  readonly args: PartialArgs
  signature: string
}

interface State {
  readonly source: Source
  readonly texts: Map<number, string>
  nextKey: number
  calls: number
  block: OpenBlock | undefined
  call: OpenCall | undefined
}

export const createPartReader = (source: Source): PartReader => {
  const state: State = { source, texts: new Map(), nextKey: 0, calls: 0, block: undefined, call: undefined }
  return {
    read: (part, events) => readPart(state, part, events),
    texts: () => [...state.texts].map(([key, text]) => ({ key, text, offset: 0 })),
    cite(key, citation, events) {
      const closing = events.findIndex((event) => event.type === 'close' && event.key === key)
      const open = state.block?.kind === 'text' ? state.block.key : undefined
      if (key !== undefined && closing !== -1) events.splice(closing, 0, { type: 'citation', key, citation })
      else if (key !== undefined && key === open) events.push({ type: 'citation', key, citation })
      else if (open !== undefined) events.push({ type: 'citation', key: open, citation: withoutPlace(citation) })
    },
    close() {
      const events: AnswerEvent[] = []
      closeCall(state, events, true)
      closeBlock(state, events)
      return events
    },
  }
}

const readPart = (state: State, part: JsonObject, events: AnswerEvent[]): CitedText | undefined => {
  const signature = textOf(part.thoughtSignature) || textOf(part.thought_signature)
  const isText = typeof part.text === 'string' || (signature !== '' && !Object.values(part).some(isObject))
  if (isObject(part.functionCall)) readCall(state, part.functionCall, signature, events)
  else if (isText)
    return readText(state, textOf(part.text), part.thought === true ? 'reasoning' : 'text', signature, events)
  else readWhole(state, part, signature, events)
  return undefined
}

const closeBlock = (state: State, events: AnswerEvent[]): void => {
  if (state.block) events.push({ type: 'close', key: state.block.key })
  state.block = undefined
}

const closeCall = (state: State, events: AnswerEvent[], cut: boolean): void => {
  if (!state.call) return
  const { key, args, signature } = state.call
  state.call = undefined
  // State first: formats that carry it in a block of its own put that before the call.
  sign(state, key, signature, 'call', events)
  events.push({ type: 'delta', key, text: args.json(cut) })
  events.push({ type: 'close', key, ...(cut && { cut: true }) })
}

const sign = (state: State, key: number, signature: string, on: SignedPart, events: AnswerEvent[]): void => {
  if (signature === '' || isStandIn(signature)) return
  events.push({ type: 'opaque', key, opaque: signatureOpaque(state.source.family, signature, on) })
}

const readText = (
  state: State,
  text: string,
  kind: OpenBlock['kind'],
  signature: string,
  events: AnswerEvent[],
): CitedText | undefined => {
  if (text === '' && signature === '') return undefined
  closeCall(state, events, true)
  const block = blockFor(state, kind, events)
  const { key } = block
  if (text !== '') events.push({ type: 'delta', key, text })
  if (signature !== '') {
    sign(state, key, signature, kind === 'text' ? 'text' : 'thought', events)
    block.isSigned = true
  }
  if (kind === 'reasoning') return undefined
  const before = state.texts.get(key) ?? ''
  state.texts.set(key, before + text)
  return { key, text, offset: before.length }
}

/** The open block, where the text goes on in it. */
const blockFor = (state: State, kind: OpenBlock['kind'], events: AnswerEvent[]): OpenBlock => {
  if (state.block && state.block.kind === kind && !state.block.isSigned) return state.block
  closeBlock(state, events)
  state.block = { kind, key: state.nextKey++, isSigned: false }
  events.push({ type: 'open', key: state.block.key, opening: { kind } })
  return state.block
}

/** A call comes whole, or on Vertex as a head, pieces of its arguments, and an end without anything in it. */
const readCall = (state: State, data: JsonObject, signature: string, events: AnswerEvent[]): void => {
  closeBlock(state, events)
  const name = textOf(data.name)
  if (name !== '') {
    closeCall(state, events, true)
    state.calls += 1
    const id = textOf(data.id) || `call_${state.source.requestId}_${state.calls}`
    state.call = { key: state.nextKey++, args: createPartialArgs(data.args), signature: '' }
    events.push({ type: 'open', key: state.call.key, opening: { kind: 'tool-call', id, name, form: 'function' } })
  }
  const { call } = state
  if (!call) return
  call.args.add(data.partialArgs)
  call.signature = signature || call.signature
  if (data.willContinue !== true) closeCall(state, events, false)
}

const readWhole = (state: State, part: JsonObject, signature: string, events: AnswerEvent[]): void => {
  const type = Object.keys(part).find((name) => !MODIFIERS.includes(name) && isObject(part[name]))
  if (type === undefined) return
  closeCall(state, events, true)
  closeBlock(state, events)
  const data = objectOf(part[type])
  const bytes = type === 'inlineData' ? standardBase64(textOf(data.data)) : undefined
  if (bytes === undefined) {
    events.push({ type: 'whole', block: vendorBlock(type, part, data, {}, state.source.family) })
    return
  }
  const mediaType = trueMediaType(textOf(data.mimeType) || undefined, bytes)
  const source = { kind: 'base64', mediaType, data: bytes } as const
  events.push({ type: 'whole', block: { kind: 'media', media: mediaKind(mediaType), source } })
  // Media has no place for a signature: it stands on an empty text behind it.
  readText(state, '', 'text', signature, events)
}

const MODIFIERS: readonly string[] = ['videoMetadata', 'mediaResolution', 'partMetadata']

const withoutPlace = ({ start: _, end: __, ...citation }: Citation): Citation => citation
