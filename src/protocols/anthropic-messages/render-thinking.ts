import type { Effort, ReasoningWish, Sourced } from '../../canon/conversation.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile, ReasoningProfile } from '../../canon/profile.ts'
import { budgetOfEffort, effortOfBudget, nearestEffort } from '../shared/effort.ts'

export interface ThinkingQuestion {
  readonly wish: Sourced<ReasoningWish> | undefined
  readonly profile: Profile
  readonly losses: Losses
  /** The output limit, in tokens, which thinking is part of. */
  readonly outputTokensMax: number
  /** A tool must be called: where the client says so. */
  readonly forced: string | undefined
  /** The assistant began an answer, or calls stand in the last turn without the thinking that led to them. */
  readonly unfit: boolean
}

export interface Thinking {
  readonly thinking?: JsonObject
  readonly effort?: Effort
  /** Whether it thinks because it was asked to. */
  readonly isOn: boolean
  /** Thinking cannot be turned off, so no tool can be forced. */
  readonly freesChoice: boolean
}

const NOT_ASKED: Thinking = { isOn: false, freesChoice: false }

/**
 * How the model is asked to think. Thinking and a forced tool exclude each other, and the tool wins: the client waits for
 * its call. Leaving the field out is not "do not think": newer models think unasked.
 */
export const decideThinking = (question: ThinkingQuestion): Thinking => {
  const { wish, profile, losses, forced, unfit } = question
  const { reasoning } = profile
  const kind = KINDS[reasoning.style]
  const isForced = forced !== undefined
  const excluded = (isForced && reasoning.limitsToolChoice) || (unfit && kind === 'budget')
  if (!wish) {
    const thinksUnasked = kind === 'adaptive' && !reasoning.offByDefault
    if (!excluded || !thinksUnasked) return NOT_ASKED
    if (!reasoning.canBeOff) return { ...NOT_ASKED, freesChoice: isForced }
    losses.declare(forced, 'added')
    return off(reasoning)
  }
  if (kind === 'none') {
    if (!isOff(wish.value)) losses.declare(wish.pointer, 'unsupported')
    return NOT_ASKED
  }
  if (isOff(wish.value)) return reasoning.canBeOff ? offWith(wish, question) : least(wish, question)
  if (!excluded) return on(wish, kind, question)
  if (!reasoning.canBeOff) return { ...on(wish, kind, question), freesChoice: isForced }
  losses.declare(wish.pointer, 'unsupported')
  return off(reasoning)
}

type Kind = 'adaptive' | 'budget' | 'none'

/** Servers in Anthropic's likeness take one of its two ways: a degree, or a switch with a budget. */
const KINDS: Readonly<Record<ReasoningProfile['style'], Kind>> = {
  adaptive: 'adaptive',
  effort: 'adaptive',
  level: 'adaptive',
  budget: 'budget',
  switch: 'budget',
  'gemini-budget': 'budget',
  none: 'none',
}

const isOff = ({ mode, effort, budgetTokens }: ReasoningWish): boolean =>
  mode === 'off' || (mode === 'effort' && effort === 'none') || (mode === 'budget' && budgetTokens === 0)

const off = ({ offWord }: ReasoningProfile): Thinking => ({ ...NOT_ASKED, thinking: { type: offWord ?? 'disabled' } })

/** Some models refuse a high degree beside "do not think". */
const offWith = ({ value, pointer }: Sourced<ReasoningWish>, { profile, losses }: ThinkingQuestion): Thinking => {
  const { reasoning } = profile
  if (value.effort === undefined || value.effort === 'none') return off(reasoning)
  const most = reasoning.efforts.indexOf(reasoning.offEffortMax ?? 'max')
  const accepted = most === -1 ? reasoning.efforts : reasoning.efforts.slice(0, most + 1)
  return { ...off(reasoning), ...degree(value.effort, accepted, pointer, losses) }
}

/** It cannot be told not to think, so it is told to think as little as it can. */
const least = ({ pointer }: Sourced<ReasoningWish>, question: ThinkingQuestion): Thinking => {
  question.losses.declare(pointer, 'approximated')
  const [effort] = question.profile.reasoning.efforts.filter((word) => word !== 'none')
  return effort === undefined ? NOT_ASKED : { ...NOT_ASKED, thinking: { type: 'adaptive' }, effort, isOn: true }
}

const on = (wish: Sourced<ReasoningWish>, kind: Exclude<Kind, 'none'>, question: ThinkingQuestion): Thinking =>
  kind === 'adaptive' ? adaptive(wish, question) : budgeted(wish, question)

const adaptive = ({ value, pointer }: Sourced<ReasoningWish>, { profile, losses }: ThinkingQuestion): Thinking => {
  const { mode, budgetTokens = 0, visible } = value
  if (mode === 'budget') losses.declare(pointer, 'approximated')
  const effort = mode === 'budget' ? effortOfBudget(budgetTokens) : value.effort
  const display = visible === undefined ? {} : { display: visible ? 'summarized' : 'omitted' }
  return {
    thinking: { type: 'adaptive', ...display },
    ...degree(effort, profile.reasoning.efforts, pointer, losses),
    isOn: true,
    freesChoice: false,
  }
}

const degree = (
  effort: Effort | undefined,
  accepted: readonly Effort[],
  pointer: string,
  losses: Losses,
): { readonly effort?: Effort } => {
  if (effort === undefined) return {}
  const nearest = nearestEffort(effort, accepted)
  if (!nearest?.exact) losses.declare(pointer, 'approximated')
  return nearest ? { effort: nearest.effort } : {}
}

const BUDGET_MIN = 1_024

/** A budget of tokens that is at least the vendor's least and leaves room for an answer; where neither fits, none. */
const budgeted = ({ value, pointer }: Sourced<ReasoningWish>, question: ThinkingQuestion): Thinking => {
  const { profile, losses, outputTokensMax } = question
  const { reasoning } = profile
  const { budgetMin = BUDGET_MIN, budgetMax = Number.POSITIVE_INFINITY } = reasoning
  if (outputTokensMax <= budgetMin) {
    losses.declare(pointer, 'unsupported')
    return reasoning.offByDefault === false && reasoning.canBeOff ? off(reasoning) : NOT_ASKED
  }
  const { mode, effort } = value
  if (mode === 'adaptive') losses.declare(pointer, 'approximated')
  const wanted =
    mode === 'budget' ? (value.budgetTokens ?? budgetMin) : budgetOfEffort(effort ?? 'high', outputTokensMax)
  const room = wanted < outputTokensMax ? outputTokensMax - 1 : Math.floor(outputTokensMax * 0.8)
  const tokens = Math.max(budgetMin, Math.min(wanted, room, budgetMax))
  if (mode === 'budget' && tokens !== wanted) losses.declare(pointer, 'clamped')
  const beside = effort === undefined ? undefined : nearestEffort(effort, reasoning.efforts)
  // The degree itself is told where there is a word for it; else the budget has to stand for it.
  const isMet = beside?.exact ?? (effort === undefined || effortOfBudget(tokens) === effort)
  if (mode !== 'budget' && !isMet) losses.declare(pointer, 'approximated')
  return {
    thinking: { type: 'enabled', budget_tokens: tokens },
    ...(beside && { effort: beside.effort }),
    isOn: true,
    freesChoice: false,
  }
}
