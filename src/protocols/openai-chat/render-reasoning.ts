import type { Block, Opaque, ReasoningBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { objectOf, objectsOf, parseJson } from '../json.ts'

/** Tells Gemini not to look for a signature on a call that another model made. */
const NO_SIGNATURE = 'skip_thought_signature_validator'

/**
 * Earlier reasoning in the fields this vendor wants it back in: its own as it was, byte for byte; another's, or nobody's,
 * only as text, and only where the vendor wants text.
 */
export const reasoningFields = (
  blocks: readonly Block[],
  hasCalls: boolean,
  profile: Profile,
  losses: Losses,
): JsonObject => {
  const reasoning = blocks.filter((block) => block.kind === 'reasoning')
  const { replay } = profile.reasoning
  if (replay === 'none') {
    for (const block of reasoning) losses.declare(block.pointer, lossOf(block, profile))
    return {}
  }
  return replay === 'reasoning_content'
    ? asText(reasoning, hasCalls, profile, losses)
    : asDetails(reasoning, profile, losses)
}

const isOwn = (block: ReasoningBlock, { family }: Profile): boolean => block.opaque?.family === family

const lossOf = (block: ReasoningBlock, profile: Profile) => {
  if (!block.opaque) return 'reasoning_unsigned'
  return isOwn(block, profile) ? 'unsupported' : 'reasoning_foreign'
}

/**
 * A message has one text for all of it. DeepSeek and Moonshot refuse calls that come back without the field, so it is
 * there even when nobody knows what was thought.
 */
const asText = (
  reasoning: readonly ReasoningBlock[],
  hasCalls: boolean,
  profile: Profile,
  losses: Losses,
): JsonObject => {
  let text = ''
  for (const block of reasoning) {
    const own = isOwn(block, profile)
    const told = own && block.opaque?.kind === 'reasoning-text' ? block.opaque.data : block.text
    if (block.opaque && !own) losses.declare(block.pointer, 'reasoning_foreign')
    else if (told === '') losses.declare(block.pointer, 'reasoning_unsigned')
    text += told
  }
  return text !== '' || hasCalls ? { reasoning_content: text } : {}
}

const asDetails = (reasoning: readonly ReasoningBlock[], profile: Profile, losses: Losses): JsonObject => {
  const details: JsonObject[] = []
  let text = ''
  for (const block of reasoning) {
    const { opaque } = block
    if (!opaque || !isOwn(block, profile)) losses.declare(block.pointer, lossOf(block, profile))
    else if (opaque.kind === 'reasoning-details') details.push(...objectsOf(parseJson(opaque.data)))
    else if (opaque.kind === 'reasoning-text') text += opaque.data
    else losses.declare(block.pointer, 'unsupported')
  }
  return { ...(text !== '' && { reasoning: text }), ...(details.length > 0 && { reasoning_details: details }) }
}

/** The signature itself, of a call's state that Google made. */
export const signatureOf = ({ kind, data }: Opaque): string | undefined => {
  if (kind !== 'thought-signature') return undefined
  const { signature } = objectOf(parseJson(data))
  return typeof signature === 'string' ? signature : undefined
}

/** What a call carries for Google's Chat surface. Only the first call of a turn must be signed. */
export const signatureFields = (
  block: { readonly opaque?: Opaque; readonly pointer?: string },
  isFirst: boolean,
  profile: Profile,
  losses: Losses,
): JsonObject => {
  const { opaque, pointer } = block
  const own = opaque?.family === profile.family ? signatureOf(opaque) : undefined
  if (opaque && own === undefined) losses.declare(pointer, 'reasoning_foreign')
  if (own !== undefined) return { extra_content: { google: { thought_signature: own } } }
  if (!isFirst || !profile.reasoning.demandsCallSignature) return {}
  losses.declare(pointer, 'added')
  return { extra_content: { google: { thought_signature: NO_SIGNATURE } } }
}
