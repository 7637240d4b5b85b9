import type { Block, Opaque, ReasoningBlock } from '../../canon/blocks.ts'
import { writeJson } from '../../canon/json-text.ts'
import { objectOf, parseJson, textOf } from '../json.ts'
import { phaseIn } from '../shared/phase.ts'
import type { Fields, Reading } from './fields.ts'
import { vendorBlock } from './vendor-blocks.ts'

const FORMAT = 'anthropic-messages'

/** A signature that stood on another block, or its phase, travelling in a thinking block beside it. */
interface Carried {
  readonly kind: 'carried'
  readonly on: 'text' | 'call' | 'phase'
  readonly block: ReasoningBlock & { readonly opaque: Opaque }
}
export type Read = Block | Carried

/**
 * A `thinking` block. Its signature is Anthropic's own, or an envelope with what another vendor needs back; one that
 * cannot be trusted takes the whole block with it.
 */
export const parseThinking = (block: Fields, reading: Reading): Read | undefined => {
  const [text, signature] = [block.text('thinking') ?? '', block.text('signature') ?? '']
  block.rest()
  const base = { pointer: block.pointer, native: { format: FORMAT, value: block.value } } as const
  if (signature === '') return { kind: 'reasoning', text, ...base }
  const opened = reading.carriers.open(signature)
  if (opened === undefined) {
    const data = writeJson({ thinking: text, signature })
    return { kind: 'reasoning', text, opaque: { family: 'anthropic', kind: 'thinking', data }, ...base }
  }
  return opened === 'damaged' ? damaged(block, reading) : restored(opened, text, base)
}

export const parseRedactedThinking = (block: Fields, reading: Reading): Read | undefined => {
  const data = block.text('data')
  if (data === undefined) return reading.fail(block.at('data'), 'a string')
  block.rest()
  const base = { pointer: block.pointer, native: { format: FORMAT, value: block.value } } as const
  const opened = reading.carriers.open(data)
  if (opened === undefined) {
    return { kind: 'reasoning', text: '', opaque: { family: 'anthropic', kind: 'redacted-thinking', data }, ...base }
  }
  return opened === 'damaged' ? damaged(block, reading) : restored(opened, '', base)
}

const damaged = (block: Fields, reading: Reading): undefined => {
  reading.losses.declare(block.pointer, 'reasoning_damaged')
  return undefined
}

const restored = (opaque: Opaque, text: string, base: Pick<ReasoningBlock, 'pointer' | 'native'>): Read => {
  if (opaque.kind === 'native-block') {
    return { ...vendorBlock(objectOf(parseJson(opaque.data)), opaque.family), opaque, ...base }
  }
  const block = { kind: 'reasoning' as const, text, opaque, ...base }
  if (opaque.kind === 'phase') return { kind: 'carried', on: 'phase', block }
  const on = opaque.kind === 'thought-signature' ? textOf(objectOf(parseJson(opaque.data)).on) : ''
  return text === '' && (on === 'text' || on === 'call') ? { kind: 'carried', on, block } : block
}

/**
 * Puts carried signatures back on the blocks they came from. That of a call belongs to the first call without one, as
 * Gemini signs parallel calls from the first on. That of a text travels behind it; where that neighbour is gone, the one
 * before it is tried, and else the block stays what it looks like. A phase travels right before its text.
 */
export const placeCarried = (read: readonly Read[]): readonly Block[] => {
  const placed: (Read | undefined)[] = read.slice()
  for (const [index, item] of read.entries()) {
    if (item.kind !== 'carried') continue
    const phase = phaseIn(item.block.opaque)
    if (phase !== undefined) {
      const next = placed[index + 1]
      if (next?.kind === 'text') placed[index + 1] = { ...next, phase }
      placed[index] = next?.kind === 'text' ? undefined : item.block
      continue
    }
    const at = item.on === 'call' ? placed.findIndex(isUnsignedCall) : besideText(placed, index)
    const target = placed[at]
    const isFound = target?.kind === 'text' || target?.kind === 'tool-call'
    if (isFound) placed[at] = { ...target, opaque: item.block.opaque }
    placed[index] = isFound ? undefined : item.block
  }
  return placed.filter((item) => item !== undefined && item.kind !== 'carried')
}

const isUnsignedCall = (item: Read | undefined): boolean => item?.kind === 'tool-call' && !('opaque' in item)

/** -1: no text stands beside it that could have been signed. */
const besideText = (placed: readonly (Read | undefined)[], index: number): number =>
  [index - 1, index + 1].find((at) => {
    const item = placed[at]
    return item?.kind === 'text' && !('opaque' in item)
  }) ?? -1
