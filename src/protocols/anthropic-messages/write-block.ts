import type { AnswerEvent, Opening } from '../../canon/answer.ts'
import type { Opaque } from '../../canon/blocks.ts'
import type { Carriers, JsonObject } from '../../canon/codec.ts'
import { readJson, writeJson } from '../../canon/json-text.ts'
import type { Losses } from '../../canon/losses.ts'
import { objectOf, parseJson, textOf } from '../json.ts'
import { phaseState } from '../shared/phase.ts'
import { createWholeCharacters } from '../shared/whole-characters.ts'

export type BlockEvent = Extract<AnswerEvent, { readonly key: number }>
type Written = readonly JsonObject[]

/** Gives blocks their indexes. One block is open at a time, so that is all it knows. */
export interface Frame {
  start(block: JsonObject): JsonObject
  delta(delta: JsonObject): JsonObject
  stop(): JsonObject
  /** Of the block that is open, or will be next. */
  readonly pointer: string
}

export interface BlockRules {
  readonly frame: Frame
  readonly losses: Losses
  readonly seal: Carriers['seal']
  readonly showsReasoning: boolean
  /** Reasoning is left out whole, its state too. */
  readonly omitsReasoning: boolean
  /** Calls are written when they are whole: in an answer that does not stream, one that was cut is left out. */
  readonly holdsCalls: boolean
  /** An id in Anthropic's grammar that no other call of the answer has. */
  callId(id: string): string
  /** Told of every call that was written to its end. */
  called(): void
  /**
   * State that stood on a text and waits for a block to stand before: clients take the last block of an answer for its
   * words, so that nothing may follow them.
   */
  readonly waiting: Opaque[]
}

/** Begins a block, behind the state that waited for one. */
const begin = (rules: BlockRules, block: JsonObject): Written => {
  const carried = rules.waiting.splice(0).flatMap((opaque) => carrierBlock(rules, opaque))
  return [...carried, rules.frame.start(block)]
}

/** Writes one block, event by event. What has no content is not written: an empty text is refused when it comes back. */
export interface BlockWriter {
  push(event: BlockEvent): Written
}

export const createBlockWriter = (opening: Opening, rules: BlockRules): BlockWriter => {
  switch (opening.kind) {
    case 'text':
      return textWriter(rules, opening.phase)
    case 'refusal':
      return textWriter(rules)
    case 'reasoning':
      return rules.omitsReasoning ? omittedWriter(rules) : reasoningWriter(rules)
    case 'tool-call':
      return callWriter(opening, rules)
  }
}

/** State of another vendor that stood on another block, in the one place that clients send back untouched. */
export const carrierBlock = ({ frame, seal }: Pick<BlockRules, 'frame' | 'seal'>, opaque: Opaque): Written => [
  frame.start({ type: 'thinking', thinking: '', signature: '' }),
  frame.delta({ type: 'signature_delta', signature: seal(opaque) }),
  frame.stop(),
]

const textWriter = (rules: BlockRules, phase?: string): BlockWriter => {
  const { frame, losses } = rules
  const characters = createWholeCharacters()
  let opaque: Opaque | undefined
  let started = false
  const open = (): Written => {
    if (started) return []
    started = true
    if (opaque) rules.waiting.push(opaque)
    opaque = undefined
    if (phase !== undefined && rules.omitsReasoning) losses.declare(frame.pointer, 'unsupported')
    else if (phase !== undefined) rules.waiting.push(phaseState(phase))
    return begin(rules, { type: 'text', text: '' })
  }
  const write = (text: string): Written => (text === '' ? [] : [...open(), frame.delta({ type: 'text_delta', text })])
  return {
    push(event) {
      switch (event.type) {
        case 'delta':
          return write(characters.push(event.text))
        case 'citation': {
          const { native } = event.citation
          if (native?.format === 'anthropic-messages')
            return [...open(), frame.delta({ type: 'citations_delta', citation: native.value })]
          // Anthropic's own need an index that only it can make.
          losses.declare(`${frame.pointer}/citations`, 'unsupported')
          return []
        }
        case 'opaque':
          opaque = event.opaque
          return []
        case 'close': {
          const rest = write(characters.rest())
          const stop = started ? [frame.stop()] : []
          if (opaque) rules.waiting.push(opaque)
          return [...rest, ...stop]
        }
        default:
          return []
      }
    },
  }
}

const omittedWriter = ({ frame, losses }: BlockRules): BlockWriter => {
  let isEmpty = true
  return {
    push(event) {
      if (event.type === 'opaque' || (event.type === 'delta' && event.text !== '')) isEmpty = false
      if (event.type === 'close' && !isEmpty) losses.declare(frame.pointer, 'unsupported')
      return []
    },
  }
}

const reasoningWriter = (rules: BlockRules): BlockWriter => {
  const { frame, showsReasoning } = rules
  const characters = createWholeCharacters()
  let opaque: Opaque | undefined
  let shown = ''
  let started = false
  const open = (): Written => {
    if (started) return []
    started = true
    return begin(rules, { type: 'thinking', thinking: '', signature: '' })
  }
  const write = (thinking: string): Written => {
    if (thinking === '' || !showsReasoning) return []
    shown += thinking
    return [...open(), frame.delta({ type: 'thinking_delta', thinking })]
  }
  const sign = (signed: Opaque): Written => {
    const redacted = signed.family === 'anthropic' && signed.kind === 'redacted-thinking'
    if (redacted && !started) return [...begin(rules, { type: 'redacted_thinking', data: signed.data }), frame.stop()]
    const signature = ownSignature(signed, shown) ?? rules.seal(signed)
    return [...open(), frame.delta({ type: 'signature_delta', signature }), frame.stop()]
  }
  return {
    push(event) {
      if (event.type === 'delta') return write(characters.push(event.text))
      if (event.type === 'paragraph') return shown === '' ? [] : write('\n\n')
      if (event.type === 'opaque') opaque = event.opaque
      if (event.type !== 'close') return []
      const rest = write(characters.rest())
      return [...rest, ...(opaque ? sign(opaque) : started ? [frame.stop()] : [])]
    },
  }
}

/** Anthropic's own signature, where it stands on exactly the text that was shown. */
const ownSignature = ({ family, kind, data }: Opaque, shown: string): string | undefined => {
  if (family !== 'anthropic' || kind !== 'thinking') return undefined
  const { thinking, signature } = objectOf(parseJson(data))
  return thinking === shown && typeof signature === 'string' ? signature : undefined
}

const callWriter = (opening: Extract<Opening, { kind: 'tool-call' }>, rules: BlockRules): BlockWriter => {
  const { frame, losses } = rules
  const characters = createWholeCharacters()
  const holds = rules.holdsCalls || opening.form === 'custom'
  let opaque: Opaque | undefined
  let held = ''
  let started = false
  const open = (): Written => {
    if (started) return []
    started = true
    const states = [...rules.waiting.splice(0), ...(opaque ? [opaque] : [])]
    const before = states.flatMap((state) => carrierBlock(rules, state))
    opaque = undefined
    const { id, name, namespace } = opening
    const toolset = namespace === undefined ? {} : { toolset_name: namespace }
    return [...before, frame.start({ type: 'tool_use', id: rules.callId(id), name, ...toolset, input: {} })]
  }
  const write = (piece: string): Written =>
    piece === '' ? [] : [...open(), frame.delta({ type: 'input_json_delta', partial_json: piece })]
  /** A call that was cut and not yet begun is left out; one that was begun ends as it is, which is no JSON. */
  const cutOff = (): Written => {
    losses.declare(frame.pointer, 'unsupported')
    return started ? [frame.stop()] : []
  }
  const close = (): Written => {
    rules.called()
    const text = held + characters.rest()
    const rest = write(opening.form === 'custom' ? writeJson({ input: text }) : text)
    return [...rest, ...open(), frame.stop(), ...(opaque ? carrierBlock(rules, opaque) : [])]
  }
  return {
    push(event) {
      if (event.type === 'opaque') opaque = event.opaque
      if (event.type === 'close') return event.cut ? cutOff() : close()
      if (event.type !== 'delta') return []
      const piece = characters.push(event.text)
      if (!holds) return write(piece)
      held += piece
      return []
    },
  }
}

/** A block that comes in one piece: Anthropic's own is given back as it was, another's travels unseen. */
export const writeWhole = (event: Extract<AnswerEvent, { type: 'whole' }>, rules: BlockRules): Written => {
  const { frame, losses } = rules
  const { block } = event
  if (block.kind === 'vendor' && block.opaque.family === 'anthropic') {
    const native = readJson(block.opaque.data)
    return [...begin(rules, { ...objectOf(native), type: textOf(objectOf(native).type) || block.type }), frame.stop()]
  }
  losses.declare(frame.pointer, 'unsupported')
  return block.kind === 'vendor' ? carrierBlock(rules, block.opaque) : []
}
