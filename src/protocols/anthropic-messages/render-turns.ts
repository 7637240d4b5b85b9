import type { Turn } from '../../canon/conversation.ts'
import type { Block } from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import { below } from '../shared/pointers.ts'
import { repairTurns } from '../shared/repair.ts'
import { spokenTurns } from '../shared/spoken-turns.ts'
import type { Draft } from './marks.ts'
import { renderBlock, type Writing } from './render-blocks.ts'

export interface Message {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: Draft[]
}

export interface RenderedTurns {
  readonly system: readonly Draft[]
  readonly messages: readonly Message[]
}

const RULES = { mergeSameRole: true, startsWithUser: true, dropsEmptyText: true, pairsCalls: true }

/** Writes the turns: the first system turns as `system`, a block for each of theirs, and the others as messages. */
export const renderTurns = (turns: readonly Turn[], writing: Writing): RenderedTurns => {
  const { profile, losses } = writing
  for (const turn of turns) if (turn.name !== undefined) losses.declare(below(turn.pointer, 'name'), 'unsupported')
  const placed = placeSystem(spokenTurns(turns), profile.laterSystem, losses)
  const repaired = repairTurns(placed, RULES, losses)
  const first = repaired.findIndex(({ role }) => role === 'user' || role === 'assistant')
  const leading = first === -1 ? repaired : repaired.slice(0, first)
  const system = leading.flatMap((turn) => renderSystem(turn, writing))
  const messages: Message[] = []
  for (const turn of repaired.slice(leading.length)) addMessage(messages, turn, writing)
  endAsAllowed(messages, repaired.at(-1), writing)
  return { system, messages }
}

const addMessage = (messages: Message[], turn: Turn, writing: Writing): void => {
  const role = turn.role === 'developer' ? 'system' : turn.role
  const content =
    role === 'system'
      ? renderSystem(turn, writing)
      : resultsFirst(turn.blocks.flatMap((b) => renderPart(b, turn, writing)))
  if (content.length === 0) return
  const last = messages.at(-1)
  // A turn of which nothing was left brings its neighbours together.
  if (last && last.role === role) last.content.splice(last.content.length, 0, ...content)
  else messages.push({ role, content: [...content] })
}

const renderPart = (block: Block, turn: Turn, writing: Writing): readonly Draft[] => {
  if (turn.role !== 'assistant' || block.kind !== 'media') return renderBlock(block, writing)
  // What a model drew or said aloud is nothing that this format lets it have said.
  writing.losses.declare(block.pointer, 'unsupported')
  return []
}

const resultsFirst = (content: readonly Draft[]): Draft[] => {
  const isResult = (block: Draft): boolean => block.type === 'tool_result'
  return [...content.filter(isResult), ...content.filter((block) => !isResult(block))]
}

const renderSystem = (turn: Turn, writing: Writing): readonly Draft[] =>
  turn.blocks.flatMap((block) => {
    if (block.kind === 'text') return renderBlock(block, writing)
    writing.losses.refuse(block.pointer, 'Instructions can only be text here. Send the rest as the user.')
    return []
  })

const isSystem = ({ role }: Turn): boolean => role === 'system' || role === 'developer'

/**
 * Later instructions stay where they are, never at the beginning: that would change what they follow and what is cached.
 * Where the model takes them there, they stand between the user and the assistant; elsewhere the user says them.
 */
const placeSystem = (turns: readonly Turn[], allowed: boolean, losses: Losses): readonly Turn[] => {
  const others = turns.findIndex((turn) => !isSystem(turn))
  if (others === -1) return turns
  const placed = turns.slice(0, others)
  for (let at = others; at < turns.length; at++) {
    const turn = turns[at]
    if (!turn) break
    if (!isSystem(turn)) {
      placed.push(turn)
      continue
    }
    const end = turns.findIndex((later, index) => index > at && !isSystem(later))
    const group = turns.slice(at, end === -1 ? turns.length : end)
    const follows = end === -1 || turns[end]?.role === 'assistant'
    if (allowed && follows && placed.at(-1)?.role === 'user') {
      placed.push({ role: 'system', blocks: group.flatMap(({ blocks }) => blocks), pointer: turn.pointer })
    } else for (const instruction of group) placed.push(asReminder(instruction, losses))
    at += group.length - 1
  }
  return placed
}

const asReminder = (turn: Turn, losses: Losses): Turn => {
  losses.declare(turn.pointer, 'moved')
  const blocks = turn.blocks.flatMap((block) => {
    if (block.kind !== 'text') {
      losses.refuse(block.pointer, 'Instructions can only be text here. Send the rest as the user.')
      return []
    }
    const { native: _, ...rest } = block
    return [{ ...rest, text: `<system-reminder>\n${block.text}\n</system-reminder>` }]
  })
  return { role: 'user', blocks, pointer: turn.pointer }
}

/** The assistant's last words, to be continued: refused by newer models, and by all with white space at their end. */
const endAsAllowed = (messages: readonly Message[], turn: Turn | undefined, { profile, losses }: Writing): void => {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return
  if (!profile.prefill) {
    const message =
      'This model cannot continue an answer that the assistant began. End the conversation with a message of the user.'
    losses.refuse(turn?.pointer, message)
    return
  }
  const block = last.content.at(-1)
  if (block?.type !== 'text' || typeof block.text !== 'string') return
  const text = block.text.trimEnd()
  if (text === block.text) return
  losses.declare(turn?.blocks.at(-1)?.pointer ?? turn?.pointer, 'approximated')
  block.text = text
}
