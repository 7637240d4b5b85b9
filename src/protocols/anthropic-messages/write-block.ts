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

/**
 * A call is told when it is whole, and one that the output limit cut not at all. Told as it comes it could not be taken
 * back: the official SDKs complete half an object, and give their caller `{"path":"/etc"}` of `{"path":"/etc/x"`.
 */
const callWriter = (opening: Extract<Opening, { kind: 'tool-call' }>, rules: BlockRules): BlockWriter => {
  const { frame, losses } = rules
  const characters = createWholeCharacters()
  let opaque: Opaque | undefined
  let held = ''
  const whole = (): Written => {
    const { id, name, namespace, form } = opening
    const text = held + characters.rest()
    const input = form === 'custom' ? writeJson({ input: text }) : text
    const toolset = namespace === undefined ? {} : { toolset_name: namespace }
    rules.called()
    if (opaque) rules.waiting.push(opaque)
    return [
      ...begin(rules, { type: 'tool_use', id: rules.callId(id), name, ...toolset, input: {} }),
      ...(input === '' ? [] : [frame.delta({ type: 'input_json_delta', partial_json: input })]),
      frame.stop(),
    ]
  }
  return {
    push(event) {
      if (event.type === 'opaque') opaque = event.opaque
      if (event.type === 'delta') held += characters.push(event.text)
      if (event.type !== 'close') return []
      if (!event.cut) return whole()
      losses.declare(frame.pointer, 'unsupported')
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
