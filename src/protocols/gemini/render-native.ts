import type { Block } from '../../canon/blocks.ts'
import type { JsonObject, Target } from '../../canon/codec.ts'
import type { Conversation, Turn } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { isObject, objectOf, textOf } from '../json.ts'
import { isStandIn, NO_SIGNATURE, signatureFor } from './signatures.ts'

/**
 * A request that was Gemini's already, as it came. Only what the client holds for other vendors is taken out of its
 * contents, what it holds for this one put back, and the model renamed where the body repeats it.
 */
export const renderNative = ({ native, turns }: Conversation, target: Target, losses: Losses): JsonObject => {
  const contents = turns
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map((turn) => contentOf(turn, target.profile, losses))
    .filter((content) => content !== undefined)
  const edited = (body: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(body).map(([key, value]): [string, unknown] => {
        if (key === 'contents') return [key, contents]
        // A count may wrap the request it counts.
        if (WRAPPERS.includes(key) && isObject(value)) return [key, edited(value)]
        return key === 'model' && typeof value === 'string' ? [key, `models/${target.model}`] : [key, value]
      }),
    )
  return edited(native.value)
}

const WRAPPERS: readonly string[] = ['generateContentRequest', 'generate_content_request']

const contentOf = (turn: Turn, profile: Profile, losses: Losses): JsonObject | undefined => {
  const written = turn.blocks.flatMap((block) => partOf(block, profile, losses))
  const parts = profile.reasoning.demandsCallSignature ? signed(written, turn, losses) : written
  const content = turn.native?.value ?? { role: turn.role === 'assistant' ? 'model' : 'user', parts: [] }
  if (parts.length === 0 && turn.blocks.length > 0) return undefined
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [key, key === 'parts' && value !== null ? parts : value]),
  )
}

const SIGNATURES: readonly string[] = ['thoughtSignature', 'thought_signature']
const FUNCTION_CALLS: readonly string[] = ['functionCall', 'function_call']

/**
 * The first call of a step has to be signed, and a step in which nothing is was another vendor's. Google's own streams may
 * put the signature on a part beside the call: where there is one, nobody knows better than the client.
 */
const signed = (parts: readonly JsonObject[], { blocks, pointer }: Turn, losses: Losses): readonly JsonObject[] => {
  const at = parts.findIndex((part) => FUNCTION_CALLS.some((name) => isObject(part[name])))
  const first = parts[at]
  const isSigned = parts.some((part) => SIGNATURES.some((name) => textOf(part[name]) !== ''))
  if (!first || isSigned) return parts
  losses.declare(blocks.find(({ kind }) => kind === 'tool-call')?.pointer ?? pointer, 'added')
  return parts.with(at, { ...withoutMembers(first, SIGNATURES), thoughtSignature: NO_SIGNATURE })
}

const partOf = (block: Block, profile: Profile, losses: Losses): readonly JsonObject[] => {
  const opaque = 'opaque' in block ? block.opaque : undefined
  const signed = signatureFor(opaque, profile.family)
  if (!block.native) {
    if (block.kind === 'reasoning' && signed)
      return [{ text: block.text, thought: true, thoughtSignature: signed.signature }]
    losses.declare(block.pointer, 'reasoning_foreign')
    return []
  }
  const part = profile.tools.callIds ? block.native.value : withoutCallId(block.native.value)
  const signature = SIGNATURES.map((name) => textOf(part[name])).find((text) => text !== '')
  if (opaque === undefined || opaque.kind === 'native-block') return [part]
  if (signed) return [signature === undefined ? { ...part, thoughtSignature: signed.signature } : part]
  losses.declare(block.pointer, 'reasoning_foreign')
  if (block.kind === 'reasoning') return []
  return [signature === undefined || isStandIn(signature) ? part : withoutMembers(part, SIGNATURES)]
}

const withoutMembers = (value: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

const CALLS: readonly string[] = ['functionCall', 'function_call', 'functionResponse', 'function_response']

/** Vertex refuses ids. */
const withoutCallId = (part: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      CALLS.includes(name) && isObject(value) ? withoutMembers(objectOf(value), ['id']) : value,
    ]),
  )
