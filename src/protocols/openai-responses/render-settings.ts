import { hash } from 'node:crypto'
import type { JsonObject } from '../../canon/codec.ts'
import type { Conversation, Effort, ReasoningWish, Settings, Sourced } from '../../canon/conversation.ts'
import type { LossCode, Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { temperatureField, topPField } from '../openai-chat/render-sampling.ts'
import { effortOfBudget, nearestEffort } from '../shared/effort.ts'
import { isKeptBriefly } from '../shared/cache-marks.ts'
import { stopsToSend } from '../shared/stops.ts'
import { fieldAt } from './reading.ts'

interface Context {
  readonly conversation: Conversation
  readonly settings: Settings
  readonly profile: Profile
  readonly losses: Losses
}
type Writer<Name extends keyof Settings> = (
  setting: Sourced<NonNullable<Settings[Name]>['value']>,
  context: Context,
) => JsonObject

/**
 * Writes every setting that the target takes, and declares or refuses every other. What is in `text` and in `include`
 * is returned apart: others write there too.
 */
export const renderSettings = (conversation: Conversation, profile: Profile, losses: Losses): JsonObject => {
  const { settings } = conversation
  const context = { conversation, settings, profile: asAsked(profile, settings), losses }
  let fields: JsonObject = {}
  for (const name of Object.keys(WRITERS) as (keyof Settings)[]) {
    const setting = settings[name]
    // Each writer takes the setting of its own name.
    if (setting) fields = { ...fields, ...(WRITERS[name] as Writer<keyof Settings>)(setting, context) }
  }
  return fields
}

/** Models that are told not to think are sampled like any other. */
const asAsked = (profile: Profile, { reasoning }: Settings): Profile => {
  const { samplesWhenOff, offByDefault } = profile.reasoning
  const isOff = reasoning ? isToldOff(reasoning.value) : offByDefault === true
  return samplesWhenOff && isOff ? { ...profile, temperature: 'any', topP: 'any', logprobs: true } : profile
}

const lost = (losses: Losses, pointer: string, code: LossCode = 'unsupported'): JsonObject => {
  losses.declare(pointer, code)
  return {}
}

/** A field that is written as it is where the profile has it. */
const plain =
  (field: string, accepts: (profile: Profile) => boolean): Writer<keyof Settings> =>
  ({ value, pointer }, { profile, losses }) =>
    accepts(profile) ? { [field]: value } : lost(losses, pointer)

/** Nothing here has a word for it; saying nothing of it is no loss when it is what happens anyway. */
const nowhere =
  (isNothing: (value: unknown) => boolean): Writer<keyof Settings> =>
  ({ value, pointer }, { losses }) =>
    isNothing(value) ? {} : lost(losses, pointer)

/** "Expected a value >= 16", says OpenAI of less. */
const OUTPUT_TOKENS_MIN = 16
const TOP_LOGPROBS_MAX = 20
const USER_LENGTH_MAX = 64
const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'])

const WRITERS: { readonly [Name in keyof Required<Settings>]: Writer<Name> } = {
  outputTokensMax: ({ value, pointer }, { profile, losses }) => {
    if (value < 1)
      losses.refuse(pointer, `\`${fieldAt(pointer)}\` must be at least 1 for this model: it always answers.`)
    const most = Math.min(value, profile.outputTokensMax ?? value)
    const limit = Math.max(most, OUTPUT_TOKENS_MIN)
    if (limit !== value) losses.declare(pointer, 'clamped')
    return { max_output_tokens: limit }
  },
  temperature: temperatureField,
  topP: topPField,
  topK: nowhere(() => false),
  stop: (stop, { profile, losses }) => {
    // The API has no word for them.
    stopsToSend(stop, profile, losses)
    return {}
  },
  choices: ({ value, pointer }, { losses }) => {
    if (value > 1)
      losses.refuse(pointer, `\`${fieldAt(pointer)}\` must be 1: the Responses API gives one answer to a request.`)
    return {}
  },
  seed: nowhere(() => false),
  frequencyPenalty: nowhere((value) => value === 0),
  presencePenalty: nowhere((value) => value === 0),
  logprobs: ({ value, pointer }, { profile, losses }) => {
    if (!profile.logprobs) losses.refuse(pointer, 'This model tells no likelihoods of its tokens. Leave them out.')
    if (value > TOP_LOGPROBS_MAX) losses.declare(pointer, 'clamped')
    return value > 0 ? { top_logprobs: Math.min(value, TOP_LOGPROBS_MAX) } : {}
  },
  reasoning: (wish, { profile, losses }) => renderReasoning(wish, profile, losses),
  verbosity: ({ pointer }, { profile, losses }) => (profile.verbosity ? {} : lost(losses, pointer)),
  // Both are written by `renderText`.
  shape: () => ({}),
  user: (user, { profile, losses, conversation }) =>
    profile.user ? renderUser(user, conversation, losses) : lost(losses, user.pointer),
  metadata: ({ value, pointer }, { profile, losses }) => {
    if (profile.metadata) return { metadata: value }
    return Object.keys(value).length === 0 ? {} : lost(losses, pointer)
  },
  serviceTier: ({ value, pointer }, { profile, losses }) => {
    if (profile.serviceTier && TIERS.has(value)) return { service_tier: value }
    return value === 'auto' ? {} : lost(losses, pointer)
  },
  // Written by `storage`, with its default.
  store: ({ value, pointer }, { profile, losses }) => (value && !profile.store ? lost(losses, pointer) : {}),
  promptCacheKey: plain('prompt_cache_key', ({ promptCacheKey }) => promptCacheKey),
  promptCacheRetention: ({ value, pointer }, { profile, losses }) => {
    if (profile.promptCacheRetention) return { prompt_cache_retention: value }
    return isKeptBriefly(value) ? {} : lost(losses, pointer)
  },
  // OpenAI caches by itself, which is what a mark for the whole request asks for.
  cache: ({ pointer }, { losses }) => lost(losses, pointer, 'approximated'),
}

/** Whether the vendor is to keep the response. It would, unless told not to. */
export const storage = ({ settings }: Conversation, { store }: Profile): JsonObject =>
  store ? { store: settings.store?.value ?? false } : {}

/** What is asked for beside the answer: the state of reasoning always, so that it can be carried. */
export const includes = ({ settings }: Conversation): readonly string[] => [
  'reasoning.encrypted_content',
  ...(settings.logprobs ? ['message.output_text.logprobs'] : []),
]

/** An id of an end user may be of any length elsewhere; a hash of it is still one end user. */
const renderUser = ({ value, pointer }: Sourced<string>, { format }: Conversation, losses: Losses): JsonObject => {
  const field = format === 'openai-chat' && pointer === '/user' ? 'user' : 'safety_identifier'
  if (value.length <= USER_LENGTH_MAX) return { [field]: value }
  losses.declare(pointer, 'approximated')
  return { [field]: hash('sha256', value, 'hex') }
}

const isToldOff = ({ mode, effort }: ReasoningWish): boolean => mode === 'off' || effort === 'none'

const renderReasoning = ({ value, pointer }: Sourced<ReasoningWish>, profile: Profile, losses: Losses): JsonObject => {
  const { style, efforts } = profile.reasoning
  const isOff = isToldOff(value)
  if (style === 'none') return isOff ? {} : lost(losses, pointer)
  const effort = isOff ? effortWhenOff(pointer, profile, losses) : nearest(value, pointer, efforts, losses)
  const summary = value.visible ? { summary: 'auto' } : {}
  const wish = { ...(effort !== undefined && { effort }), ...summary }
  return Object.keys(wish).length > 0 ? { reasoning: wish } : {}
}

const effortWhenOff = (pointer: string, { reasoning }: Profile, losses: Losses): Effort | undefined => {
  const { efforts, canBeOff } = reasoning
  if (canBeOff && (efforts.length === 0 || efforts.includes('none'))) return 'none'
  losses.declare(pointer, 'approximated')
  return nearestEffort('none', efforts)?.effort
}

const nearest = (
  { effort, budgetTokens, mode }: ReasoningWish,
  pointer: string,
  efforts: readonly Effort[],
  losses: Losses,
): Effort | undefined => {
  const wished = effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens))
  if (wished === undefined) return undefined
  const found = nearestEffort(wished, efforts)
  if (!found) losses.declare(pointer, 'unsupported')
  else if (!found.exact || mode === 'budget') losses.declare(pointer, 'approximated')
  return found?.effort
}
