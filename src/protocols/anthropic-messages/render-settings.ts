import { hash } from 'node:crypto'
import type { Settings, Sourced } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { isKeptBriefly } from '../shared/cache-marks.ts'
import { stopsToSend } from '../shared/stops.ts'
import type { Draft } from './marks.ts'

interface Limits {
  readonly profile: Profile
  readonly losses: Losses
  /** It was asked to think, which leaves hardly a choice in sampling. */
  readonly thinks: boolean
}

/** Everything that goes into a member of its own; what the format has no word for is declared, or refused. */
export const renderSettings = (settings: Settings, limits: Limits): Draft => {
  leaveOut(settings, limits)
  return {
    ...renderSampling(settings, limits),
    ...renderStop(settings.stop, limits),
    ...renderUser(settings.user, limits),
    ...renderTier(settings.serviceTier, limits),
  }
}

/** The output limit, in tokens: the client's, else the most that the model can. */
export const outputLimit = (
  { outputTokensMax: limit }: Settings,
  { profile, losses }: Omit<Limits, 'thinks'>,
): number => {
  const { outputTokensDefault, outputTokensMax: most } = profile
  if (!limit) {
    // The most that there is is what no limit means; anything less may cut an answer short.
    if (outputTokensDefault !== most) losses.declare('', 'added')
    return outputTokensDefault
  }
  const value = Math.max(1, Math.min(limit.value, most ?? limit.value))
  if (value !== limit.value) losses.declare(limit.pointer, 'clamped')
  return value
}

/** The least `top_p` beside thinking, and of models that take only the default. */
const TOP_P_THINKING = 0.95
const TOP_P_FIXED = 0.99

const renderSampling = ({ temperature, topP, topK }: Settings, limits: Limits): Draft => {
  const heat = temperature && renderTemperature(temperature, limits)
  const share = topP && renderTopP(topP, heat !== undefined, limits)
  const keepsTopK = topK !== undefined && limits.profile.topK && !limits.thinks
  if (topK && !keepsTopK) limits.losses.declare(topK.pointer, 'unsupported')
  return {
    ...(heat !== undefined && { temperature: heat }),
    ...(share !== undefined && { top_p: share }),
    ...(keepsTopK && { top_k: topK.value }),
  }
}

const renderTemperature = (
  { value, pointer }: Sourced<number>,
  { profile, losses, thinks }: Limits,
): number | undefined => {
  if (value === 1) return value
  if (thinks || profile.temperature === 'fixed') {
    losses.declare(pointer, 'unsupported')
    return undefined
  }
  const most = profile.temperature === 'unit' ? 1 : 2
  if (value <= most) return value
  losses.declare(pointer, 'clamped')
  return most
}

/** All of the words is what happens without it, so that is left out unasked. */
const renderTopP = (
  { value, pointer }: Sourced<number>,
  besideTemperature: boolean,
  { profile, losses, thinks }: Limits,
): number | undefined => {
  const least = profile.topP === 'fixed' ? TOP_P_FIXED : thinks ? TOP_P_THINKING : 0
  const excluded = profile.topP !== 'any' && besideTemperature
  if (!excluded && value >= least) return value
  if (value < 1) losses.declare(pointer, 'unsupported')
  return undefined
}

const renderStop = (stop: Settings['stop'], { profile, losses }: Limits): Draft => {
  if (!stop) return {}
  const sent = stopsToSend(stop, profile, losses)
  const visible = sent.filter((text) => text.trim() !== '')
  if (visible.length < sent.length) losses.declare(stop.pointer, 'unsupported')
  return visible.length === 0 ? {} : { stop_sequences: visible }
}

/** A hash: the vendor asks for ids that say nothing of the person, and clients write addresses and more. */
const renderUser = (user: Settings['user'], { profile, losses }: Limits): Draft => {
  if (!user) return {}
  if (profile.user) return { metadata: { user_id: hash('sha256', user.value, 'hex') } }
  losses.declare(user.pointer, 'unsupported')
  return {}
}

/** Paying more or less than asked for would be the worst translation of a word. */
const renderTier = (tier: Settings['serviceTier'], { profile, losses }: Limits): Draft => {
  if (!tier || tier.value === 'auto') return {}
  if (!profile.serviceTier) {
    if (tier.value !== 'default') losses.declare(tier.pointer, 'unsupported')
    return {}
  }
  if (tier.value === 'default') return { service_tier: 'standard_only' }
  losses.declare(tier.pointer, 'approximated')
  return { service_tier: 'auto' }
}

const leaveOut = (settings: Settings, { losses }: Limits): void => {
  const { choices, seed, frequencyPenalty, presencePenalty, logprobs, verbosity, metadata, store } = settings
  const { promptCacheKey, promptCacheRetention } = settings
  if (choices && choices.value > 1)
    losses.refuse(choices.pointer, 'This model gives one answer to a request. Ask for one, or send several requests.')
  if (logprobs)
    losses.refuse(logprobs.pointer, 'This model tells no log probabilities. Leave them out, or choose another model.')
  for (const penalty of [frequencyPenalty, presencePenalty])
    if (penalty && penalty.value !== 0) losses.declare(penalty.pointer, 'unsupported')
  for (const setting of [seed, verbosity, metadata, promptCacheKey])
    if (setting) losses.declare(setting.pointer, 'unsupported')
  if (promptCacheRetention && !isKeptBriefly(promptCacheRetention.value))
    losses.declare(promptCacheRetention.pointer, 'unsupported')
  if (store?.value === true) losses.declare(store.pointer, 'unsupported')
}
