import type { JsonObject } from '../../canon/codec.ts'
import type { Effort, ReasoningWish, Settings, Sourced } from '../../canon/conversation.ts'
import type { LossCode } from '../../canon/losses.ts'
import type { ReasoningProfile } from '../../canon/profile.ts'
import { budgetOfEffort, effortOfBudget, nearestEffort } from '../shared/effort.ts'
import type { Writing } from './render-parts.ts'

/** The model decides. */
const DYNAMIC = -1

/** A wish for reasoning as `thinkingConfig`, in the words the model's profile says it knows. */
export const thinkingConfig = (
  { value: wish, pointer }: Sourced<ReasoningWish>,
  settings: Settings,
  { profile, losses }: Writing,
): JsonObject | undefined => {
  const { style } = profile.reasoning
  const declare = (code: LossCode): void => losses.declare(pointer, code)
  if (style === 'none') {
    if (wish.mode !== 'off') declare('unsupported')
    return undefined
  }
  const degree =
    style === 'level' || style === 'effort' || style === 'adaptive'
      ? levelOf(wish, profile.reasoning, declare)
      : budgetOf(wish, profile.reasoning, settings.outputTokensMax?.value ?? profile.outputTokensMax, declare)
  const visible = wish.visible === undefined ? {} : { includeThoughts: wish.visible }
  const config = { ...degree, ...visible }
  return Object.keys(config).length > 0 ? config : undefined
}

type Abilities = Pick<ReasoningProfile, 'efforts' | 'canBeOff' | 'budgetMin' | 'budgetMax'>

/** Gemini 3: by level. It always thinks, so that `off` is its least level. */
const levelOf = (wish: ReasoningWish, { efforts }: Abilities, declare: (code: LossCode) => void): JsonObject => {
  const effort = wantedEffort(wish)
  if (effort === undefined) return {}
  const levels = efforts.filter((candidate) => candidate !== 'none')
  const nearest = nearestEffort(effort, levels.length > 0 ? levels : ['low', 'high'])
  if (!nearest) return {}
  if (!nearest.exact || wish.mode === 'budget') declare('approximated')
  return { thinkingLevel: nearest.effort.toUpperCase() }
}

const wantedEffort = ({ mode, effort, budgetTokens }: ReasoningWish): Effort | undefined => {
  switch (mode) {
    case 'off':
      return 'none'
    case 'adaptive':
    case 'effort':
      return effort
    case 'budget':
      return effortOfBudget(budgetTokens ?? 0)
  }
}

/** The least budget that counts as thinking, where nothing else is known. */
const BUDGET_MIN = 128
const OUTPUT_UNKNOWN = 65_536

/** Gemini 2.5: by tokens. */
const budgetOf = (
  wish: ReasoningWish,
  abilities: Abilities,
  outputTokensMax: number | undefined,
  declare: (code: LossCode) => void,
): JsonObject => {
  const { canBeOff, efforts, budgetMin = BUDGET_MIN, budgetMax = Number.POSITIVE_INFINITY } = abilities
  const effort = wish.mode === 'budget' ? undefined : wantedEffort(wish)
  if (effort === 'none' || wish.budgetTokens === 0) {
    if (!canBeOff) declare('approximated')
    return { thinkingBudget: canBeOff ? 0 : budgetMin }
  }
  const inRange = (tokens: number): number => Math.min(Math.max(tokens, budgetMin), budgetMax)
  if (wish.mode === 'budget' && wish.budgetTokens !== undefined) {
    const thinkingBudget = inRange(wish.budgetTokens)
    if (thinkingBudget !== wish.budgetTokens) declare('clamped')
    return { thinkingBudget }
  }
  if (effort === undefined) return { thinkingBudget: DYNAMIC }
  const nearest = nearestEffort(effort, efforts) ?? { effort, exact: true }
  const thinkingBudget = inRange(budgetOfEffort(nearest.effort, outputTokensMax ?? OUTPUT_UNKNOWN))
  // A small output limit leaves room for less thinking than that, a tiny one for none.
  if (!nearest.exact || effortOfBudget(thinkingBudget) !== nearest.effort) declare('approximated')
  return { thinkingBudget }
}
