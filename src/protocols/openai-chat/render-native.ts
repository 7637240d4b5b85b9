import type { ToolCallBlock } from '../../canon/blocks.ts'
import type { JsonObject, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { objectOf, objectsOf } from '../json.ts'
import { reasoningFields, signatureOf } from './render-reasoning.ts'
import { namesOf } from './render-tools.ts'
import { createTurnRenderer } from './render-turns.ts'
import { isSealed } from './sealed.ts'

/** A request that came as Chat, as it came: only envelopes of ours are opened, and the model has its name there. */
export const renderNative = (conversation: Conversation, target: Target, losses: Losses): JsonObject => {
  const { value } = conversation.native
  const { profile } = target
  const names = namesOf(conversation.tools, profile)
  const foreign = createTurnRenderer({ profile, names, losses, marks: new Map() })
  const messages = conversation.turns.flatMap((turn) =>
    turn.native?.format === 'openai-chat'
      ? [nativeMessage(turn, turn.native.value, profile, losses)]
      : foreign.render([turn]),
  )
  const isStreamed = (value.stream ?? false) === true
  return {
    ...value,
    model: target.model,
    messages,
    ...(target.stream !== isStreamed && { stream: target.stream }),
    ...(target.stream && !isStreamed && { stream_options: { include_usage: true } }),
  }
}

const REASONING_NAMES = ['reasoning_content', 'reasoning', 'reasoning_details']

const nativeMessage = (turn: Turn, value: JsonObject, profile: Profile, losses: Losses): JsonObject => {
  if (turn.role !== 'assistant') return value
  const message = nativeReasoning(turn, value, profile, losses)
  return { ...message, ...nativeCalls(turn, message, profile, losses) }
}

const nativeReasoning = (turn: Turn, value: JsonObject, profile: Profile, losses: Losses): JsonObject => {
  const hasSealed = objectsOf(value.reasoning_details).some(isSealed)
  // Reasoning without a pointer did not come with the request: a replay cache put it back.
  const hasReplayed = turn.blocks.some((block) => block.kind === 'reasoning' && block.pointer === undefined)
  if (!hasSealed && !hasReplayed) return value
  const fields = reasoningFields(
    turn.blocks,
    turn.blocks.some(({ kind }) => kind === 'tool-call'),
    profile,
    losses,
  )
  for (const block of turn.blocks) {
    if (block.kind === 'vendor') losses.declare(block.pointer, 'reasoning_foreign')
    if (block.kind === 'text' && block.opaque) losses.declare(block.pointer, 'reasoning_foreign')
    if (block.kind === 'text' && block.phase !== undefined) losses.declare(block.pointer, 'unsupported')
  }
  const kept = Object.entries(value).filter(([name]) => !REASONING_NAMES.includes(name))
  return { ...Object.fromEntries(kept), ...fields }
}

/** Signatures on calls: those of ours are opened, those that are not for this model are taken away. */
const nativeCalls = (turn: Turn, message: JsonObject, profile: Profile, losses: Losses): JsonObject => {
  const listed: unknown = message.tool_calls
  if (!Array.isArray(listed)) return {}
  const blocks = new Map(
    turn.blocks
      .filter((block): block is ToolCallBlock => block.kind === 'tool-call')
      .map((block) => [block.native?.value, block]),
  )
  let changed = false
  const calls = listed.map((call: JsonObject) => {
    const block = blocks.get(call)
    const before = objectOf(objectOf(objectOf(call).extra_content).google).thought_signature
    const after = block?.opaque && signatureOf(block.opaque)
    if (!block || before === after) return call
    changed = true
    const isTaken = after !== undefined && block.opaque?.family === profile.family
    if (block.opaque && !isTaken) losses.declare(block.pointer, 'reasoning_foreign')
    return withSignature(call, isTaken ? after : undefined)
  })
  return changed ? { tool_calls: calls } : {}
}

const withSignature = (call: JsonObject, signature: string | undefined): JsonObject => {
  const { extra_content, ...rest } = call
  const { google, ...others } = objectOf(extra_content)
  const { thought_signature: _, ...kept } = objectOf(google)
  const signed = { ...kept, ...(signature !== undefined && { thought_signature: signature }) }
  const extra = { ...others, ...(Object.keys(signed).length > 0 && { google: signed }) }
  return { ...rest, ...(Object.keys(extra).length > 0 && { extra_content: extra }) }
}
