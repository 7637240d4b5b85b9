import { hash } from 'node:crypto'

import type { JsonObject } from '../../canon/codec.ts'
import type { Settings } from '../../canon/conversation.ts'
import type { LossCode, Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { isKeptBriefly } from '../shared/cache-marks.ts'
import { stopsToSend } from '../shared/stops.ts'
import { renderWish } from './render-wish.ts'
import { temperatureField, topPField } from './render-sampling.ts'

type Writer<Name extends keyof Settings> = (setting: NonNullable<Settings[Name]>, context: Context) => JsonObject
interface Context {
  readonly settings: Settings
  readonly profile: Profile
  readonly losses: Losses
}

/** Writes every setting the target takes, and declares or refuses every other. */
export const renderSettings = (settings: Settings, profile: Profile, losses: Losses): JsonObject => {
  const context = { settings, profile, losses }
  let fields: JsonObject = {}
  for (const name of Object.keys(WRITERS) as (keyof Settings)[]) {
    const setting = settings[name]
    // Each writer takes the setting of its own name.
    if (setting) fields = { ...fields, ...(WRITERS[name] as Writer<keyof Settings>)(setting, context) }
  }
  return fields
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

const USER_LENGTH_MAX = 64
const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast'])

const WRITERS: { readonly [Name in keyof Required<Settings>]: Writer<Name> } = {
  outputTokensMax: ({ value, pointer }, { profile, losses }) => {
    const { outputLimitField, outputTokensMax = Number.POSITIVE_INFINITY } = profile
    if (value < 1) losses.refuse(pointer, `\`${pointer}\` must be at least 1 for this model: it always answers.`)
    if (value > outputTokensMax) losses.declare(pointer, 'clamped')
    return { [outputLimitField]: Math.min(value, outputTokensMax) }
  },
  temperature: temperatureField,
  topP: topPField,
  topK: plain('top_k', ({ topK }) => topK),
  stop: (setting, { profile, losses }) => {
    const stop = stopsToSend(setting, profile, losses)
    return stop.length > 0 ? { stop } : {}
  },
  // Written by `choicesToAsk`, which knows who asks.
  choices: () => ({}),
  seed: (setting, context) => plain(context.profile.seedField ?? 'seed', ({ seed }) => seed)(setting, context),
  frequencyPenalty: ({ value, pointer }, { profile, losses }) =>
    profile.penalties ? { frequency_penalty: value } : value === 0 ? {} : lost(losses, pointer),
  presencePenalty: ({ value, pointer }, { profile, losses }) =>
    profile.penalties ? { presence_penalty: value } : value === 0 ? {} : lost(losses, pointer),
  logprobs: ({ value, pointer }, { profile, losses }) => {
    if (!profile.logprobs) losses.refuse(pointer, 'This model tells no likelihoods of its tokens. Leave them out.')
    return { logprobs: true, ...(value > 0 && { top_logprobs: value }) }
  },
  reasoning: (wish, { profile, losses }) => renderWish(wish, profile, losses),
  verbosity: plain('verbosity', ({ verbosity }) => verbosity),
  // Written by `renderShape`, which needs to see the tools.
  shape: () => ({}),
  user: ({ value, pointer }, { profile, losses }) => {
    if (!profile.user) return lost(losses, pointer)
    if (value.length <= USER_LENGTH_MAX) return { user: value }
    losses.declare(pointer, 'approximated')
    return { user: hash('sha256', value, 'hex') }
  },
  metadata: ({ value, pointer }, { profile, losses }) =>
    profile.metadata ? { metadata: value } : Object.keys(value).length === 0 ? {} : lost(losses, pointer),
  serviceTier: ({ value, pointer }, { profile, losses }) => {
    if (value === 'auto' && !profile.serviceTier) return {}
    if (!profile.serviceTier || (!TIERS.has(value) && value !== 'ultrafast')) return lost(losses, pointer)
    if (TIERS.has(value)) return { service_tier: value }
    losses.declare(pointer, 'approximated')
    return { service_tier: 'priority' }
  },
  store: ({ value, pointer }, { profile, losses }) =>
    profile.store ? { store: value } : value ? lost(losses, pointer) : {},
  promptCacheKey: plain('prompt_cache_key', ({ promptCacheKey }) => promptCacheKey),
  promptCacheRetention: ({ value, pointer }, { profile, losses }) => {
    if (profile.promptCacheRetention) return { prompt_cache_retention: value }
    return isKeptBriefly(value) ? {} : lost(losses, pointer)
  },
  cache: ({ value, pointer }, { profile, losses }) => {
    // OpenAI caches by itself, which is what a mark for the whole request asks for.
    if (profile.cacheMarks !== 'cache_control') return lost(losses, pointer, 'approximated')
    const isHour = value.ttl === '1h'
    if (isHour && !profile.cacheTtlHour) losses.declare(pointer, 'approximated')
    return { cache_control: { type: 'ephemeral', ...(isHour && profile.cacheTtlHour && { ttl: '1h' }) } }
  },
}
