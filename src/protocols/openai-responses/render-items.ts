import type { Block, MediaBlock, ToolResultBlock, VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Role, Turn } from '../../canon/conversation.ts'
import type { Profile } from '../../canon/profile.ts'
import { objectOf, parseJson, textOf } from '../json.ts'
import { callItem, type CallWriting, resultItems } from './render-calls.ts'
import { inputMedia, inputText, outputText } from './render-content.ts'
import { type ReasoningWriting, reasoningItem } from './render-reasoning.ts'
import { isVendorItem } from './vendor-items.ts'

export interface ItemWriting extends CallWriting, ReasoningWriting {}

/** An item, and where it came from if it may yet be left out. */
interface Piece {
  readonly item: JsonObject
  readonly pointer?: string | undefined
}

/** Writes turns as input items: each block in its place, the texts of a turn that stand together as one message. */
export const renderItems = (turns: readonly Turn[], writing: ItemWriting): readonly JsonObject[] => {
  const first = turns.findIndex(({ role }) => role === 'user' || role === 'assistant')
  const pieces = turns.flatMap((turn, index) => {
    const isLater = first !== -1 && index > first
    return renderTurn(turn, isLater, writing)
  })
  return followed(pieces, writing)
}

/** The items of one turn that stands among others. */
export const renderTurnItems = (turn: Turn, writing: ItemWriting): readonly JsonObject[] =>
  renderTurn(turn, false, writing).map(({ item }) => item)

/** State of reasoning that no item of the assistant's follows is refused, with all that was sent. */
const followed = (pieces: readonly Piece[], { losses }: ItemWriting): readonly JsonObject[] => {
  const kept: JsonObject[] = []
  let isFollowed = false
  for (const { item, pointer } of pieces.toReversed()) {
    const isState = item.type === 'reasoning' && item.encrypted_content !== undefined
    if (isState && !isFollowed) {
      losses.declare(pointer, 'unsupported')
      continue
    }
    if (!isState) isFollowed = item.role === 'assistant' || /_call$|^reasoning$/.test(textOf(item.type))
    kept.push(item)
  }
  return kept.toReversed()
}

const renderTurn = (turn: Turn, isLater: boolean, writing: ItemWriting): readonly Piece[] => {
  if (turn.name !== undefined) writing.losses.declare(`${turn.pointer}/name`, 'unsupported')
  return turn.role === 'assistant' ? renderAssistant(turn.blocks, writing) : renderOthers(turn, isLater, writing)
}

const message = (role: Role, content: readonly JsonObject[], more: JsonObject = {}): Piece => ({
  item: { type: 'message', role, content, ...more },
})

/** The assistant's words have no id here: one that OpenAI did not give would be looked for. */
const renderAssistant = (blocks: readonly Block[], writing: ItemWriting): readonly Piece[] => {
  const pieces: Piece[] = []
  const pictures: JsonObject[] = []
  let parts: JsonObject[] = []
  let phase: string | undefined
  const flush = (): void => {
    if (parts.length > 0) pieces.push(message('assistant', parts, phase === undefined ? {} : { phase }))
    parts = []
    phase = undefined
  }
  for (const block of blocks) {
    if (block.kind === 'media') {
      pictures.push(...shownBelow(block, writing))
      continue
    }
    const said = saidPart(block, writing)
    if (said) {
      const saidPhase = block.kind === 'text' ? block.phase : phase
      if (saidPhase !== phase) flush()
      phase = saidPhase
      parts.push(said)
    }
    const items = madeItems(block, writing)
    if (items.length > 0) flush()
    pieces.push(...items)
  }
  flush()
  return pictures.length > 0 ? [...pieces, message('user', pictures)] : pieces
}

/** A message of the assistant's holds no pictures. */
const shownBelow = (block: MediaBlock, writing: ItemWriting): readonly JsonObject[] => {
  writing.losses.declare(block.pointer, 'moved')
  const part = inputMedia(block, writing)
  return part ? [part] : []
}

const saidPart = (block: Block, { losses, profile }: ItemWriting): JsonObject | undefined => {
  switch (block.kind) {
    case 'text':
      if (block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
      return block.text === '' ? undefined : outputText(block, losses)
    case 'refusal':
      return { type: 'refusal', refusal: block.text }
    case 'vendor':
      if (isOwn(block, profile) || block.text === '') return undefined
      return { type: 'output_text', text: block.text, annotations: [] }
    case 'media':
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return undefined
  }
}

const madeItems = (block: Block, writing: ItemWriting): readonly Piece[] => {
  switch (block.kind) {
    case 'reasoning': {
      const item = reasoningItem(block, writing)
      return item ? [{ item, pointer: block.pointer }] : []
    }
    case 'tool-call':
      return [{ item: callItem(block, writing) }]
    case 'tool-result':
      return resultItems([block], writing).map((item) => ({ item }))
    case 'vendor': {
      const item = vendorItem(block, writing)
      return item ? [{ item }] : []
    }
    case 'text':
    case 'refusal':
    case 'media':
      return []
  }
}

const renderOthers = ({ role, blocks, pointer }: Turn, isLater: boolean, writing: ItemWriting): readonly Piece[] => {
  const { profile, losses } = writing
  const isSystem = role === 'system' || role === 'developer'
  const isInline = isSystem && isLater && !profile.laterSystem
  if (isInline) losses.declare(pointer, 'moved')
  const spoken: Role = isInline ? 'user' : isSystem ? profile.systemRole : role
  const pieces: Piece[] = []
  let parts: JsonObject[] = []
  const flush = (): void => {
    if (parts.length > 0) pieces.push(message(spoken, parts))
    parts = []
  }
  for (const [index, block] of blocks.entries()) {
    const items = ownItems(block, index, blocks, writing)
    if (items.length > 0) {
      flush()
      pieces.push(...items.map((item) => ({ item })))
    } else {
      const part = spokenPart(block, isInline, writing)
      if (part) parts.push(part)
    }
  }
  flush()
  return pieces
}

/** What is an item by itself, and not part of a message. */
const ownItems = (
  block: Block,
  index: number,
  blocks: readonly Block[],
  writing: ItemWriting,
): readonly JsonObject[] => {
  if (block.kind === 'tool-result')
    // A run of results is written with its first: what they show comes behind the last.
    return blocks[index - 1]?.kind === 'tool-result' ? [] : resultItems(runOfResults(blocks, index), writing)
  const own = block.kind === 'vendor' ? vendorItem(block, writing) : undefined
  return own ? [own] : []
}

const spokenPart = (block: Block, isInline: boolean, writing: ItemWriting): JsonObject | undefined => {
  const { losses } = writing
  switch (block.kind) {
    case 'text':
    case 'refusal':
      if (block.kind === 'text' && block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
      return isInline ? { ...inputText(block, writing), text: reminder(block.text) } : inputText(block, writing)
    case 'media':
      return inputMedia(block, writing)
    case 'vendor':
      return block.text === '' ? undefined : { type: 'input_text', text: block.text }
    case 'reasoning':
    case 'tool-call':
      // Nobody but the model thinks or calls.
      return void losses.declare(block.pointer, 'unsupported')
    case 'tool-result':
      return undefined
  }
}

const reminder = (text: string): string => `<system-reminder>\n${text}\n</system-reminder>`

const runOfResults = (blocks: readonly Block[], from: number): readonly ToolResultBlock[] => {
  const run: ToolResultBlock[] = []
  for (const block of blocks.slice(from)) {
    if (block.kind !== 'tool-result') break
    run.push(block)
  }
  return run
}

const isOwn = ({ opaque, type }: VendorBlock, { family }: Profile): boolean =>
  opaque.family === family && opaque.kind === 'native-block' && isVendorItem(type)

/** An item that only its vendor understands goes back to it; of any other's, what a person could read is kept. */
const vendorItem = (block: VendorBlock, { profile, losses }: ItemWriting): JsonObject | undefined => {
  if (isOwn(block, profile)) return objectOf(parseJson(block.opaque.data))
  losses.declare(block.pointer, block.text === '' ? 'unsupported' : 'approximated')
  return undefined
}
