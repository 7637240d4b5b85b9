import type {
  Block,
  MediaBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../canon/blocks.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { readJson } from '../../canon/json-text.ts'
import { objectOf, parseJson, textOf } from '../json.ts'
import { fitCallId, sentCallId } from '../shared/call-ids.ts'
import { sentCallName, type SentNames } from '../shared/tool-names.ts'
import { readArguments } from './arguments.ts'
import type { Draft, Marks } from './marks.ts'
import { renderMedia } from './render-media.ts'

export interface Writing {
  readonly profile: Profile
  readonly losses: Losses
  readonly marks: Marks
  readonly names: SentNames
}

/** One block of a message; none where it was left out or refused, of which `losses` knows. */
export const renderBlock = (block: Block, writing: Writing): readonly Draft[] => {
  const { losses } = writing
  switch (block.kind) {
    case 'text':
      return [renderText(block, writing)]
    case 'refusal':
      losses.declare(block.pointer, 'approximated')
      return [{ type: 'text', text: block.text }]
    case 'media':
      return renderMarkedMedia(block, writing)
    case 'reasoning': {
      const native = renderReasoning(block, writing)
      return native ? [native] : []
    }
    case 'tool-call':
      return [renderCall(block, writing)]
    case 'tool-result':
      return renderResult(block, writing)
    case 'vendor': {
      if (block.opaque.family === writing.profile.family) return [{ ...objectOf(readJson(block.opaque.data)) }]
      if (block.type === 'compaction') {
        const message = 'What came before was summed up by another provider. Send the conversation itself.'
        losses.refuse(block.pointer, message)
        return []
      }
      losses.declare(block.pointer, block.text === '' ? 'unsupported' : 'approximated')
      return block.text === '' ? [] : [{ type: 'text', text: block.text }]
    }
  }
}

/** State of a vendor's reasoning on a block that is not reasoning: this format has no place for it. */
const leaveState = (block: TextBlock | ToolCallBlock, losses: Losses): void => {
  if (block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
}

const renderText = (block: TextBlock, { losses, marks }: Writing): Draft => {
  leaveState(block, losses)
  if (block.phase !== undefined || (block.citations?.length ?? 0) > 0) losses.declare(block.pointer, 'unsupported')
  const written: Draft = { type: 'text', text: block.text }
  marks.put(written, block)
  return written
}

const renderMarkedMedia = (block: MediaBlock, writing: Writing): readonly Draft[] => {
  const written = renderMedia(block, writing)
  if (!written) return []
  writing.marks.put(written, block)
  return [written]
}

/**
 * Reasoning goes back only to those who can read its state, exactly as they gave it: Anthropic refuses a request with any
 * other, and the conversation could never go on.
 */
export const renderReasoning = (
  block: ReasoningBlock,
  { profile, losses }: Pick<Writing, 'profile' | 'losses'>,
): Draft | undefined => {
  const { opaque } = block
  if (opaque && opaque.family === profile.family) {
    if (opaque.kind === 'redacted-thinking') return { type: 'redacted_thinking', data: opaque.data }
    const { thinking, signature } = objectOf(parseJson(opaque.data))
    if (opaque.kind === 'thinking' && typeof signature === 'string')
      return { type: 'thinking', thinking: textOf(thinking), signature }
  }
  // A server in Anthropic's likeness, whose model wants its own words back and signs nothing.
  if (profile.reasoning.replay !== 'none' && block.text !== '' && (!opaque || opaque.family === profile.family))
    return { type: 'thinking', thinking: block.text, signature: '' }
  losses.declare(block.pointer, opaque ? 'reasoning_foreign' : 'reasoning_unsigned')
  return undefined
}

const renderCall = (block: ToolCallBlock, { profile, losses, marks, names }: Writing): Draft => {
  leaveState(block, losses)
  const written: Draft = {
    type: 'tool_use',
    id: sentCallId(block, profile.tools.callIdLengthMax, 'plain', losses),
    name: sentCallName(block, names, losses),
    input: block.form === 'custom' ? { input: block.arguments } : inputOf(block, losses),
  }
  marks.put(written, block)
  return written
}

/** An input must be an object. Arguments that are none are kept as the text they are, never repaired. */
const inputOf = (block: ToolCallBlock, losses: Losses): unknown => {
  if (block.arguments.trim() === '') return {}
  const input = readArguments(block.arguments)
  if (input) return input
  losses.declare(block.pointer, 'approximated')
  return { __raw_arguments: block.arguments }
}

/** What a result cannot hold there stands right behind it, as the user's. */
const renderResult = (block: ToolResultBlock, writing: Writing): readonly Draft[] => {
  const { profile, losses, marks } = writing
  const content: Draft[] = []
  const beside: Draft[] = []
  for (const part of block.content) {
    if (part.kind === 'text') {
      if (part.text !== '') content.push(renderText(part, writing))
      continue
    }
    if (profile.media.inToolResults) {
      content.push(...renderMarkedMedia(part, writing))
      continue
    }
    losses.declare(part.pointer, 'moved')
    content.push({ type: 'text', text: `(${part.media} ${beside.length + 1} of this result follows the results)` })
    beside.push(...renderMarkedMedia(part, writing))
  }
  const written: Draft = {
    type: 'tool_result',
    tool_use_id: fitCallId(block.callId, profile.tools.callIdLengthMax, 'plain'),
    ...(content.length > 0 && { content }),
    ...(block.isError === true && { is_error: true }),
  }
  marks.put(written, block)
  return [written, ...beside]
}
