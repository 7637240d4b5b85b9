import type { Health } from './health.ts'
import { channelSubject, keyModelSubject, keySubject, modelSubject } from './subjects.ts'
import type { Channel } from './types.ts'

/** What is known of a channel beyond its health. */
export interface Circumstances {
  readonly health: Health
  /** Since when a provider is paused; `undefined`: it is not. */
  readonly pausedSinceMs: (provider: string) => number | undefined
}

/**
 * Since when nothing is asked of a channel, for one of its models or for any: it, its provider or every key of it is left
 * alone. `undefined`: it would be asked, be it only to try.
 */
export const outSinceMs = (
  { health, pausedSinceMs }: Circumstances,
  channel: Channel,
  upstreamModel?: string,
): number | undefined => {
  const { id, keys } = channel.provider
  const reasons = [pausedSinceMs(id)]
  if (!health.untroubled) {
    reasons.push(blockedSinceMs(health, channelSubject(channel.id)))
    if (upstreamModel !== undefined) reasons.push(blockedSinceMs(health, modelSubject({ channel, upstreamModel })))
    const perKey = keys.map((key) => {
      const ofModel = upstreamModel === undefined ? undefined : keyModelSubject(id, key.id, upstreamModel)
      return earliest([blockedSinceMs(health, keySubject(id, key.id)), ofModel && blockedSinceMs(health, ofModel)])
    })
    // With one key left it can be asked; without any it was out from the last on.
    const out = perKey.filter((sinceMs) => sinceMs !== undefined)
    if (keys.length > 0 && out.length === keys.length) reasons.push(Math.max(...out))
  }
  return earliest(reasons)
}

const blockedSinceMs = (health: Health, subject: string): number | undefined =>
  health.standingOf(subject) === 'blocked' ? health.blockOf(subject)?.sinceMs : undefined

const earliest = (times: readonly (number | undefined | '')[]): number | undefined => {
  const known = times.filter((atMs) => typeof atMs === 'number')
  return known.length === 0 ? undefined : Math.min(...known)
}

export type ModelStatus = 'available' | 'degraded' | 'unavailable'

export interface Availability {
  readonly status: ModelStatus
  /** Since when it is so, where it is not available. */
  readonly sinceMs: number | undefined
}

/** How a model stands that some channels serve: given since when each of them is out. */
export const availabilityOf = (outs: readonly (number | undefined)[]): Availability => {
  const out = outs.filter((sinceMs) => sinceMs !== undefined)
  if (out.length === 0) return { status: outs.length === 0 ? 'unavailable' : 'available', sinceMs: undefined }
  return out.length === outs.length
    ? { status: 'unavailable', sinceMs: Math.max(...out) }
    : { status: 'degraded', sinceMs: Math.min(...out) }
}
