import type { JsonObject } from '../../canon/codec.ts'
import type { Effort, ReasoningWish, Sourced } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { effortOfBudget, nearestEffort } from '../shared/effort.ts'

/** Asks for as much reasoning as was wished, in this vendor's words. */
export const renderWish = (wish: Sourced<ReasoningWish>, profile: Profile, losses: Losses): JsonObject => {
  const { style } = profile.reasoning
  const isOff = wish.value.mode === 'off' || wish.value.effort === 'none'
  if (style === 'switch') return renderSwitch(wish, isOff, profile, losses)
  if (style !== 'none') return renderEffort(wish, isOff, profile, losses)
  if (!isOff) losses.declare(wish.pointer, 'unsupported')
  return {}
}

const effortOf = ({ effort, budgetTokens }: ReasoningWish): Effort | undefined =>
  effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens))

/** The nearest degree; what is not said exactly is declared. */
const degree = (
  { value, pointer }: Sourced<ReasoningWish>,
  wished: Effort,
  { reasoning }: Profile,
  losses: Losses,
): JsonObject => {
  const nearest = nearestEffort(wished, reasoning.efforts)
  if (!nearest) losses.declare(pointer, 'unsupported')
  else if (!nearest.exact || value.mode === 'budget') losses.declare(pointer, 'approximated')
  return nearest ? { reasoning_effort: nearest.effort } : {}
}

const renderEffort = (wish: Sourced<ReasoningWish>, isOff: boolean, profile: Profile, losses: Losses): JsonObject => {
  const { canBeOff, offByDefault, efforts } = profile.reasoning
  if (!isOff) {
    const wished = effortOf(wish.value)
    return wished === undefined ? {} : degree(wish, wished, profile, losses)
  }
  if (canBeOff && (efforts.length === 0 || efforts.includes('none'))) return { reasoning_effort: 'none' }
  if (offByDefault) return {}
  return degree(wish, 'none', profile, losses)
}

/** Vendors whose models think or do not, as of DeepSeek, Moonshot, GLM and Qwen; some take a degree as well. */
const renderSwitch = (wish: Sourced<ReasoningWish>, isOff: boolean, profile: Profile, losses: Losses): JsonObject => {
  const { canBeOff, efforts } = profile.reasoning
  if (isOff && !canBeOff) {
    losses.declare(wish.pointer, 'unsupported')
    return {}
  }
  const switched = switchField(isOff, profile)
  const wished = isOff ? undefined : effortOf(wish.value)
  if (wished === undefined) return switched
  if (efforts.length > 0) return { ...switched, ...degree(wish, wished, profile, losses) }
  losses.declare(wish.pointer, 'approximated')
  return switched
}

const switchField = (isOff: boolean, { reasoning }: Profile): JsonObject => {
  const { switchField: field = 'thinking', onWord = 'enabled', offWord = 'disabled' } = reasoning
  switch (field) {
    case 'thinking':
      return { thinking: { type: isOff ? offWord : onWord } }
    case 'enable_thinking':
      return { enable_thinking: !isOff }
    case 'chat_template_kwargs':
      return { chat_template_kwargs: { enable_thinking: !isOff } }
  }
}
