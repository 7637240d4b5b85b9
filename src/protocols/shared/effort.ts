import type { Effort } from '../../canon/conversation.ts'

/**
 * How many tokens of thought a degree stands for, least first. A budget counts as the least degree that covers it, so
 * that a degree written as a budget reads as the same degree again.
 */
const BUDGETS: readonly (readonly [effort: Effort, tokens: number])[] = [
  ['none', 0],
  ['minimal', 512],
  ['low', 1_024],
  ['medium', 8_192],
  ['high', 24_576],
  ['xhigh', 32_768],
  ['max', 65_536],
]

const rankOf = (effort: Effort): number => BUDGETS.findIndex(([name]) => name === effort)

/** The degree of a thinking budget in tokens: `none` for 0 and less, `max` above 32 768. */
export const effortOfBudget = (tokens: number): Effort =>
  BUDGETS.find(([, tokensMax]) => tokens <= tokensMax)?.[0] ?? 'max'

/**
 * The thinking budget, in tokens, of a degree, leaving at least a fifth of the output limit for what is said. The least
 * that a vendor takes (1024 at Anthropic) is the caller's to see to.
 */
export const budgetOfEffort = (effort: Effort, outputTokensMax: number): number => {
  const tokens = BUDGETS[rankOf(effort)]?.[1] ?? 0
  return Math.min(tokens, Math.max(0, Math.floor(outputTokensMax * 0.8) || 0))
}

/**
 * The accepted degree nearest to one, the higher of two as near. A wish to think never becomes `none` while there is
 * another degree. `undefined` when none is accepted at all.
 */
export const nearestEffort = (
  effort: Effort,
  accepted: readonly Effort[],
): { readonly effort: Effort; readonly exact: boolean } | undefined => {
  if (accepted.includes(effort)) return { effort, exact: true }
  const thinking = accepted.filter((candidate) => candidate !== 'none')
  const candidates = thinking.length === 0 ? accepted : thinking
  const wanted = rankOf(effort)
  const distance = (candidate: Effort): number => Math.abs(rankOf(candidate) - wanted)
  const [nearest] = candidates.toSorted((a, b) => distance(a) - distance(b) || rankOf(b) - rankOf(a))
  return nearest && { effort: nearest, exact: false }
}
