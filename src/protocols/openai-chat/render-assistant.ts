import type { ToolCallBlock, VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Turn } from '../../canon/conversation.ts'
import { sentCallId } from '../shared/call-ids.ts'
import { sentCallName, type SentNames } from '../shared/tool-names.ts'
import { type PartContext, renderText } from './render-parts.ts'
import { reasoningFields, signatureFields } from './render-reasoning.ts'

export interface AssistantContext extends PartContext {
  readonly names: SentNames
}

/** An assistant's message: its texts as one, its calls in order, and what its vendor wants back of its reasoning. */
export const renderAssistant = (turn: Turn, context: AssistantContext): JsonObject => {
  const { losses, profile, marks } = context
  const texts: JsonObject[] = []
  const calls: JsonObject[] = []
  let refusal: string | undefined
  for (const block of turn.blocks) {
    // Reasoning stands in fields of its own.
    switch (block.kind) {
      case 'text':
        texts.push({ ...renderText(block, context), ...marks.get(block) })
        // A message says its text before its calls.
        if (calls.length > 0 && block.text !== '') losses.declare(block.pointer ?? turn.pointer, 'moved')
        break
      case 'vendor':
        texts.push(...renderVendor(block, context))
        break
      case 'refusal':
        refusal = (refusal ?? '') + block.text
        break
      case 'tool-call':
        calls.push(renderCall(block, calls.length === 0, context))
        break
      case 'media':
      case 'tool-result':
        losses.declare(block.pointer, 'unsupported')
        break
    }
  }
  return {
    role: 'assistant',
    content: contentOf(texts, calls.length > 0 || refusal !== undefined),
    ...authorField(turn, context),
    ...(refusal !== undefined && { refusal }),
    ...reasoningFields(turn.blocks, calls.length > 0, profile, losses),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** The name a message's author goes by, where the server knows such names. */
export const authorField = ({ name, pointer }: Turn, { profile, losses }: AssistantContext): JsonObject => {
  if (name === undefined) return {}
  if (profile.messageNames !== false) return { name }
  losses.declare(`${pointer}/name`, 'unsupported')
  return {}
}

const contentOf = (texts: readonly JsonObject[], mayBeNull: boolean): unknown => {
  // A mark needs a part to stand on; without one, servers like a string best.
  if (texts.some((part) => Object.keys(part).length > 2)) return texts.filter((part) => part.text !== '')
  const text = texts.map((part) => part.text).join('')
  return text === '' && mayBeNull ? null : text
}

const renderVendor = (block: VendorBlock, { losses }: AssistantContext): readonly JsonObject[] => {
  losses.declare(block.pointer, block.text === '' ? 'unsupported' : 'approximated')
  return block.text === '' ? [] : [{ type: 'text', text: block.text }]
}

const renderCall = (block: ToolCallBlock, isFirst: boolean, context: AssistantContext): JsonObject => {
  const { profile, losses, names } = context
  const id = sentCallId(block, profile.tools.callIdLengthMax, 'any', losses)
  const name = sentCallName(block, names, losses)
  const signed = signatureFields(block, isFirst, profile, losses)
  if (block.form === 'custom' && profile.tools.custom)
    return { id, type: 'custom', custom: { name, input: block.arguments }, ...signed }
  const args = block.form === 'custom' ? JSON.stringify({ input: block.arguments }) : block.arguments || '{}'
  return { id, type: 'function', function: { name, arguments: args }, ...signed }
}
