import type { Block, MediaBlock, TextBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Turn } from '../../canon/conversation.ts'
import { fitCallId } from '../shared/call-ids.ts'
import { spokenTurns } from '../shared/spoken-turns.ts'
import { type AssistantContext, authorField, renderAssistant } from './render-assistant.ts'
import { renderPart } from './render-parts.ts'

/** Writes turns as messages, in order. */
export const createTurnRenderer = (context: AssistantContext): { render(turns: readonly Turn[]): JsonObject[] } => ({
  render(turns) {
    const messages: JsonObject[] = []
    // What results could not hold waits here until the last result of the turn is written.
    const moved: JsonObject[] = []
    let isLeading = true
    for (const turn of spokenTurns(turns)) {
      const isSystem = turn.role === 'system' || turn.role === 'developer'
      isLeading = isLeading && isSystem
      const isOnlyResults = turn.blocks.every(({ kind }) => kind === 'tool-result') && turn.blocks.length > 0
      if (turn.role !== 'user' && moved.length > 0) messages.push({ role: 'user', content: moved.splice(0) })
      if (turn.role === 'assistant') messages.push(renderAssistant(turn, context))
      else if (isSystem) messages.push(renderSystem(turn, isLeading, context))
      else {
        for (const block of turn.blocks)
          if (block.kind === 'tool-result') messages.push(renderResult(block, moved, context))
        if (!isOnlyResults) messages.push(renderUser(turn, moved.splice(0), context))
      }
    }
    if (moved.length > 0) messages.push({ role: 'user', content: moved })
    return messages
  },
})

/** Parts as a message's content: a plain string where one text says it all. */
const contentOf = (parts: readonly JsonObject[]): unknown => {
  const [first, ...more] = parts
  if (!first) return ''
  const isPlain = more.length === 0 && first.type === 'text' && Object.keys(first).length === 2
  return isPlain ? first.text : parts
}

const renderSystem = (turn: Turn, isLeading: boolean, context: AssistantContext): JsonObject => {
  const { profile, losses } = context
  const parts: JsonObject[] = []
  for (const block of turn.blocks) {
    if (block.kind === 'text') parts.push(renderPart(block, context) ?? {})
    else losses.refuse(block.pointer ?? turn.pointer, 'A system message for this model holds text only.')
  }
  if (isLeading || profile.laterSystem)
    return { role: profile.systemRole, content: contentOf(parts), ...authorField(turn, context) }
  losses.declare(turn.pointer, 'approximated')
  const text = parts.map((part) => String(part.text)).join('')
  return { role: 'user', content: `<system-reminder>\n${text}\n</system-reminder>` }
}

const renderUser = (turn: Turn, moved: readonly JsonObject[], context: AssistantContext): JsonObject => {
  const parts: JsonObject[] = [...moved]
  for (const block of turn.blocks) {
    const part = userPart(block, context)
    if (part) parts.push(part)
  }
  return { role: 'user', content: contentOf(parts), ...authorField(turn, context) }
}

const userPart = (block: Block, context: AssistantContext): JsonObject | undefined => {
  const { losses } = context
  switch (block.kind) {
    case 'text':
    case 'media':
      return renderPart(block, context)
    case 'refusal':
      return { type: 'text', text: block.text }
    case 'vendor':
      losses.declare(block.pointer, block.text === '' ? 'unsupported' : 'approximated')
      return block.text === '' ? undefined : { type: 'text', text: block.text }
    case 'reasoning':
    case 'tool-call':
      // Nobody but the model thinks or calls.
      losses.declare(block.pointer, 'unsupported')
      return undefined
    case 'tool-result':
      return undefined
  }
}

/** Says what the protocol has no word for; the model reads it. */
const ERROR_PREFIX = 'ERROR: '

const renderResult = (block: ToolResultBlock, moved: JsonObject[], context: AssistantContext): JsonObject => {
  const { profile, losses, marks } = context
  const id = fitCallId(block.callId, profile.tools.callIdLengthMax, 'any')
  const parts = block.content.flatMap<JsonObject>((part) => resultPart(part, id, moved, context) ?? [])
  if (block.isError) {
    // One that stands in for a missing result is declared as added already.
    if (block.pointer !== undefined) losses.declare(block.pointer, 'approximated')
    parts.unshift({ type: 'text', text: ERROR_PREFIX })
  }
  const mark = marks.get(block)
  if (mark) parts.push({ ...(parts.pop() ?? { type: 'text', text: '' }), ...mark })
  return { role: 'tool', tool_call_id: id, content: resultContent(parts) }
}

/** Texts without marks are joined, with nothing between: many servers take a string only. */
const resultContent = (parts: readonly JsonObject[]): unknown => {
  const isPlain = parts.every((part) => part.type === 'text' && Object.keys(part).length === 2)
  return isPlain ? parts.map((part) => part.text).join('') : parts
}

const resultPart = (
  part: TextBlock | MediaBlock,
  id: string,
  moved: JsonObject[],
  context: AssistantContext,
): JsonObject | undefined => {
  const { profile, losses } = context
  const rendered = renderPart(part, context)
  // A document of plain text is text in any place.
  if (!rendered || rendered.type === 'text' || part.kind === 'text' || profile.media.inToolResults) return rendered
  losses.declare(part.pointer, 'moved')
  const label = `${part.media} ${moved.length / 2 + 1}`
  moved.push({ type: 'text', text: `[${label}, of the result of call ${id}]` }, rendered)
  return { type: 'text', text: `[${label} is attached below]` }
}
