import type { JsonObject } from '../../canon/codec.ts'
import type { Settings, Sourced } from '../../canon/conversation.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'

interface Context {
  readonly settings: Settings
  readonly profile: Profile
  readonly losses: Losses
}

const TEMPERATURE_MAX = 2

/** Some models take sampling settings as long as they do not think. */
const samplesFreely = ({ settings, profile }: Context): boolean => {
  const { samplesWhenOff, canBeOff, offByDefault } = profile.reasoning
  const wish = settings.reasoning?.value
  const isOff = wish ? canBeOff && (wish.mode === 'off' || wish.effort === 'none') : offByDefault
  return samplesWhenOff === true && isOff === true
}

/** The temperature as far as the model has one. It is cut to the range, never scaled: 1 means the same everywhere. */
export const temperatureField = ({ value, pointer }: Sourced<number>, context: Context): JsonObject => {
  const { profile, losses } = context
  if (profile.temperature === 'fixed' && !samplesFreely(context)) {
    if (value !== 1) losses.declare(pointer, 'unsupported')
    return {}
  }
  const most = profile.temperature === 'unit' ? 1 : TEMPERATURE_MAX
  if (value > most) losses.declare(pointer, 'clamped')
  return { temperature: Math.min(value, most) }
}

export const topPField = ({ value, pointer }: Sourced<number>, context: Context): JsonObject => {
  const { settings, profile, losses } = context
  const isFixed = profile.topP === 'fixed' && !samplesFreely(context)
  const isBarred = isFixed || (profile.topP === 'exclusive' && settings.temperature !== undefined)
  if (!isBarred) return { top_p: value }
  if (value !== 1) losses.declare(pointer, 'unsupported')
  return {}
}
