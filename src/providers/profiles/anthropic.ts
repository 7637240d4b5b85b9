/**
 * Claude by generation, from Anthropic's migration guides (platform.claude.com/docs/en/models) and its pages on adaptive
 * thinking, effort and mid-conversation system messages.
 */
import type { Effort } from '../../canon/conversation.ts'
import type { UpstreamFormat } from '../../canon/operation.ts'
import type { ProfilePatch, ProfileRow } from './row.ts'

/** Converse hands Claude's own fields through to it. */
const MESSAGES: readonly UpstreamFormat[] = ['anthropic-messages', 'bedrock-converse']

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max']

/** From Opus 4.7 on: any sampling setting but the default is a 400, and so is a thinking budget. */
const NEWEST: ProfilePatch = {
  temperature: 'fixed',
  topP: 'fixed',
  topK: false,
  prefill: false,
  laterSystem: true,
  reasoning: { style: 'adaptive', efforts: EFFORTS, canBeOff: true, limitsToolChoice: true },
}

/** They think whatever is asked, and so a forced tool is refused. */
const ALWAYS_THINKING: ProfilePatch = { reasoning: { canBeOff: false }, tools: { choice: 'auto' } }

/** Sonnet and Opus 4.6: asked to think by degree, and still sampled as one likes. */
const OF_4_6: ProfilePatch = {
  temperature: 'unit',
  topP: 'exclusive',
  topK: true,
  prefill: false,
  laterSystem: false,
  reasoning: { efforts: ['low', 'medium', 'high', 'max'], offByDefault: true },
}

/** Thinks within a budget of tokens, when asked. "`temperature` and `top_p` cannot both be specified for this model." */
const BUDGETED: ProfilePatch = {
  temperature: 'unit',
  topP: 'exclusive',
  topK: true,
  prefill: true,
  laterSystem: false,
  reasoning: {
    style: 'budget',
    efforts: [],
    canBeOff: true,
    limitsToolChoice: true,
    budgetMin: 1_024,
    offByDefault: true,
  },
}

const WITHOUT_SCHEMAS: ProfilePatch = { structured: 'none', tools: { strict: false } }

/** Before 3.7: no thinking at all. */
const UNTHINKING: ProfilePatch = {
  ...WITHOUT_SCHEMAS,
  topP: 'any',
  reasoning: { style: 'none', efforts: [], canBeOff: false, limitsToolChoice: false, offByDefault: true },
}

const claude = (models: readonly string[], profile: ProfilePatch): ProfileRow => ({
  models,
  formats: MESSAGES,
  profile,
})

export const ANTHROPIC_ROWS: readonly ProfileRow[] = [
  claude(['claude-*'], NEWEST),
  claude(['claude-fable-*', 'claude-mythos-*', 'claude-opus-5-5*'], ALWAYS_THINKING),
  claude(['claude-opus-5*'], { reasoning: { offEffortMax: 'high' } }),
  claude(['claude-sonnet-5-5*'], {
    reasoning: { offWord: 'between_tools', offEffortMax: 'high' },
    tools: { choice: 'auto' },
  }),
  claude(['claude-opus-4-8*'], { reasoning: { offByDefault: true } }),
  claude(['claude-opus-4-7*'], { laterSystem: false, reasoning: { offByDefault: true } }),
  claude(['claude-opus-4-6*', 'claude-sonnet-4-6*'], OF_4_6),

  claude(['claude-opus-4-5*', 'claude-opus-4-1*', 'claude-sonnet-4-5*', 'claude-haiku-4-*'], BUDGETED),
  // Opus 4.5 takes a degree beside the budget.
  claude(['claude-opus-4-5*'], { reasoning: { efforts: ['low', 'medium', 'high'] } }),
  // Claude 4, by its alias and by its dated name, still takes `temperature` and `top_p` together.
  claude(['claude-opus-4-0*', 'claude-opus-4-2*', 'claude-sonnet-4-0*', 'claude-sonnet-4-2*'], {
    ...BUDGETED,
    ...WITHOUT_SCHEMAS,
    topP: 'any',
  }),
  claude(['claude-3-7-*'], { ...BUDGETED, ...WITHOUT_SCHEMAS, topP: 'any' }),

  claude(['claude-3-*', 'claude-2*', 'claude-v2*', 'claude-instant*'], { ...BUDGETED, ...UNTHINKING }),
  claude(['claude-3-haiku*', 'claude-3-sonnet*', 'claude-3-opus*', 'claude-2*', 'claude-v2*', 'claude-instant*'], {
    media: { documents: false, documentUrls: false },
    webSearch: false,
  }),

  // Mid-conversation system messages, sources by address and service tiers exist at Anthropic's own address only.
  {
    models: ['claude-*'],
    kinds: ['bedrock', 'vertex'],
    formats: MESSAGES,
    profile: { laterSystem: false, serviceTier: false, media: { imageUrls: false, documentUrls: false } },
  },
]
