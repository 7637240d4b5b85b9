import type { TextBlock, ToolCallBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import { below } from '../shared/pointers.ts'
import { repairTurns } from '../shared/repair.ts'
import { type Detached, type Draft, type Writing, declareExtras, renderBlock, renderResult } from './render-parts.ts'
import { NO_SIGNATURE } from './signatures.ts'

/** The system prompt: a part for each text. */
export const renderSystem = (turns: readonly Turn[], { losses }: Writing): readonly JsonObject[] => {
  declareNames(turns, losses)
  return turns.flatMap((turn) =>
    turn.blocks.flatMap((block): readonly JsonObject[] => {
      declareExtras(block, losses)
      if (block.kind === 'text') return block.text === '' ? [] : [{ text: block.text }]
      losses.refuse(block.pointer, 'A system prompt holds text only. Move this into a message of the user.')
      return []
    }),
  )
}

const declareNames = (turns: readonly Turn[], losses: Losses): void => {
  for (const turn of turns) if (turn.name !== undefined) losses.declare(below(turn.pointer, 'name'), 'unsupported')
}

/** Turns as contents, after what Gemini demands of their order. */
export const renderContents = (turns: readonly Turn[], writing: Writing): readonly JsonObject[] => {
  const { losses } = writing
  declareNames(turns, losses)
  const repaired = repairTurns(
    turns.map((turn) => asUser(turn, writing)),
    { mergeSameRole: true, startsWithUser: true, dropsEmptyText: true, pairsCalls: true },
    losses,
  )
  const calls = new Map<string, ToolCallBlock>()
  const contents = repaired.flatMap((turn): readonly JsonObject[] => {
    for (const block of turn.blocks) if (block.kind === 'tool-call') calls.set(block.id, block)
    const parts = turn.role === 'assistant' ? modelParts(turn, writing) : userParts(turn, calls, writing)
    return parts.length === 0 ? [] : [{ role: turn.role === 'assistant' ? 'model' : 'user', parts }]
  })
  if (contents.length > 0) return contents
  losses.declare(turns[0]?.pointer, 'added')
  return [{ role: 'user', parts: [{ text: '(no message)' }] }]
}

/** An instruction in the middle stays in its place, in words that models know for such. */
const asUser = (turn: Turn, { losses }: Writing): Turn => {
  if (turn.role !== 'system' && turn.role !== 'developer') return turn
  losses.declare(turn.pointer, 'approximated')
  const blocks = turn.blocks.map((block) =>
    block.kind === 'text' && block.text.trim() !== ''
      ? ({ ...block, text: `<system-reminder>\n${block.text}\n</system-reminder>` } satisfies TextBlock)
      : block,
  )
  return { role: 'user', blocks, pointer: turn.pointer }
}

const userParts = (turn: Turn, calls: ReadonlyMap<string, ToolCallBlock>, writing: Writing): readonly JsonObject[] => {
  const results: JsonObject[] = []
  const beside: JsonObject[] = []
  const others: JsonObject[] = []
  for (const block of turn.blocks) {
    if (block.kind === 'tool-result') {
      const result = renderResult(block, calls.get(block.callId), writing)
      results.push(result.part)
      beside.push(...result.beside)
    } else for (const draft of renderBlock(block, writing)) if (draft.kind !== 'detached') others.push(draft.part)
  }
  return [...results, ...beside, ...others]
}

/** The parts of one step of the model, with signatures on the parts they belong to. */
const modelParts = (turn: Turn, { ...writing }: Writing): readonly JsonObject[] => {
  const drafts = place(turn.blocks.flatMap((block) => renderBlock(block, writing)))
  const first = drafts.find(({ kind }) => kind === 'call')
  const lacks = first && first.signature === undefined && writing.profile.reasoning.demandsCallSignature
  if (lacks) writing.losses.declare(first.pointer, 'added')
  return drafts.map((draft) => {
    const signature = lacks && draft === first ? NO_SIGNATURE : draft.signature
    return signature === undefined ? draft.part : { ...draft.part, thoughtSignature: signature }
  })
}

/**
 * Puts signatures that came in blocks of their own back on their parts: that of a call on the first call that has none,
 * wherever the client put it, because Gemini signs parallel calls from the first on; that of a text on the text before it
 * or, where none is there, behind it. One whose part is gone stands on an empty text, as Gemini's own streams have it.
 */
const place = (drafts: readonly (Draft | Detached)[]): readonly Draft[] => {
  const placed: (Draft | Detached | undefined)[] = [...drafts]
  for (const [index, draft] of drafts.entries()) {
    if (draft.kind !== 'detached') continue
    const at = draft.on === 'call' ? unsignedCall(placed) : adjacentText(placed, index)
    const target = at === undefined ? undefined : placed[at]
    if (at !== undefined && target && target.kind !== 'detached') {
      placed[at] = { ...target, signature: draft.signature }
      placed[index] = undefined
    } else placed[index] = { kind: 'other', part: { text: '' }, signature: draft.signature, pointer: draft.pointer }
  }
  return placed.filter((draft): draft is Draft => draft !== undefined && draft.kind !== 'detached')
}

type Places = readonly (Draft | Detached | undefined)[]

const unsignedCall = (places: Places): number | undefined => {
  const at = places.findIndex((place) => place?.kind === 'call' && place.signature === undefined)
  return at === -1 ? undefined : at
}

const adjacentText = (places: Places, index: number): number | undefined => {
  const before = places.findLastIndex((place, other) => other < index && place !== undefined)
  const found = places[before]
  if (found?.kind === 'text' && found.signature === undefined) return before
  const after = places.findIndex((place, other) => other > index && place !== undefined && place.kind !== 'detached')
  const next = places[after]
  return next?.kind === 'text' && next.signature === undefined ? after : undefined
}
