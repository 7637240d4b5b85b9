import type { Reversal } from '../../canon/codec.ts'

const MS_PER_SECOND = 1_000

/** What every chunk and the whole answer begin with. The id is made of the request's, so that no two answers share one. */
export const answerHead = (
  { requestId, createdAtMs, model }: Reversal,
  prefix: string,
  object: string,
): { readonly id: string; readonly object: string; readonly created: number; readonly model: string } => ({
  id: `${prefix}${requestId}`,
  object,
  created: Math.floor(createdAtMs / MS_PER_SECOND),
  model,
})

/** OpenAI's words for service tiers, and Anthropic's for the ordinary one. */
export const tierWord = (tier: string | undefined): string | undefined => {
  if (tier === 'standard') return 'default'
  return tier !== undefined && TIERS.has(tier) ? tier : undefined
}
const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast'])
