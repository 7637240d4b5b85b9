import type { Block } from '../../canon/blocks.ts'
import type { JsonObject, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import { isObject, objectOf } from '../json.ts'
import { readJson } from '../../canon/json-text.ts'
import { renderReasoning } from './render-blocks.ts'

interface Writing {
  readonly profile: Target['profile']
  readonly losses: Losses
}

/**
 * A request of this format, for an upstream of this format: as it came, but for the model's name and for what Tollgate
 * sealed into it, which is opened for its own vendor and left out for any other.
 */
export const renderNative = (conversation: Conversation, target: Target, losses: Losses): JsonObject => {
  const writing = { profile: target.profile, losses }
  const turns = conversation.turns.filter(({ pointer }) => pointer.startsWith('/messages/'))
  const messages = turns.flatMap((turn): readonly JsonObject[] => {
    const message = renderTurn(turn, writing)
    return message ? [message] : []
  })
  const { value } = conversation.native
  const lostThinking = losses.list.length > 0 && lacksThinking(messages) && objectOf(value.thinking).type === 'enabled'
  if (lostThinking) losses.declare('/thinking', 'unsupported')
  return {
    ...value,
    model: target.model,
    messages,
    ...(lostThinking && { thinking: { type: 'disabled' } }),
    ...((value.stream ?? false) !== target.stream && { stream: target.stream }),
  }
}

/** The message as it came, or with the blocks that are left; `undefined` where none is. */
const renderTurn = (turn: Turn, writing: Writing): JsonObject | undefined => {
  const message: JsonObject = turn.native?.value ?? { role: turn.role, content: [] }
  const { content } = message
  if (!Array.isArray(content)) return message
  const blocks = turn.blocks.flatMap((block) => renderBlock(block, writing) ?? [])
  const isSame = blocks.length === content.length && blocks.every((block, index) => block === content[index])
  if (isSame) return message
  return blocks.length === 0 ? undefined : { ...message, content: blocks }
}

const renderBlock = (block: Block, { profile, losses }: Writing): unknown => {
  const native = block.native?.value
  switch (block.kind) {
    case 'reasoning': {
      const own = renderReasoning(block, { profile, losses })
      // The same members, in the client's order and with whatever else it wrote.
      return own && native && Object.keys(own).every((name) => own[name] === native[name]) ? native : own
    }
    case 'vendor':
      if (block.opaque.family === 'anthropic' && native && native.type === block.type) return native
      if (block.opaque.family === profile.family) return readJson(block.opaque.data)
      losses.declare(block.pointer, 'unsupported')
      return undefined
    case 'text':
    case 'tool-call':
      if (block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
      if (block.kind === 'text' && block.phase !== undefined) losses.declare(block.pointer, 'unsupported')
      return native
    default:
      return native
  }
}

/**
 * Whether the conversation ends with results of calls before which no thinking stands: a model told to think within a
 * budget refuses that.
 */
export const lacksThinking = (messages: readonly { readonly content?: unknown }[]): boolean => {
  const firstType = (message: { readonly content?: unknown } | undefined): unknown => {
    const first: unknown = Array.isArray(message?.content) ? message.content[0] : undefined
    return isObject(first) ? first.type : undefined
  }
  const type = firstType(messages.at(-2))
  return firstType(messages.at(-1)) === 'tool_result' && type !== 'thinking' && type !== 'redacted_thinking'
}
