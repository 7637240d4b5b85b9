import type { ReasoningBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { objectsOf } from '../json.ts'
import { reasoningItemOf } from './reasoning-state.ts'

export interface ReasoningWriting {
  readonly profile: Profile
  readonly losses: Losses
  /** Whether the vendor keeps items: then an id alone may be known to it. */
  readonly stores: boolean
}

/**
 * Writes reasoning for the vendor whose it is, as it came; any other's is left out whole. Text without state is written
 * only where the vendor wants earlier reasoning as text.
 */
export const reasoningItem = (
  { opaque, text, pointer }: ReasoningBlock,
  { profile, losses, stores }: ReasoningWriting,
): JsonObject | undefined => {
  const own = opaque?.family === profile.family ? reasoningItemOf(opaque) : undefined
  if (own && (own.encrypted_content !== undefined || stores))
    return { type: 'reasoning', ...own, summary: own.summary ?? [] }
  if (own && objectsOf(own.content).length > 0) {
    // Without storage nobody knows the id.
    const { id: _, ...rest } = own
    return { type: 'reasoning', ...rest, summary: own.summary ?? [] }
  }
  if (profile.reasoning.replay !== 'none' && text !== '')
    return { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text }] }
  losses.declare(pointer, opaque && !own ? 'reasoning_foreign' : 'reasoning_unsigned')
  return undefined
}
