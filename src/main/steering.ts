import type { Config } from '../config/load.ts'
import { type Affinity, createAffinity } from '../routing/affinity.ts'
import { Health, type HealthChange } from '../routing/health.ts'
import { createLoad, type Load } from '../routing/load.ts'
import { keySubject } from '../routing/subjects.ts'
import type { Channel } from '../routing/types.ts'

/** What this process has learnt about channels and keys; it outlives every change of the configuration. */
export interface Steering {
  readonly health: Health
  readonly load: Load
  readonly affinity: Affinity
}

export const openSteering = (
  { health, affinity }: Pick<Config, 'health' | 'affinity'>,
  onChange: (change: HealthChange) => void,
  nowMs: () => number = Date.now,
): Steering => ({
  health: new Health(health, nowMs, onChange),
  load: createLoad(affinity.latencyHalfLifeMs, nowMs),
  affinity: createAffinity({ ttlMs: affinity.ttlMs, conversationsMax: affinity.conversations, nowMs }),
})

/** What was found out about a key says nothing of another secret under its name. */
export const forgetChangedKeys = (health: Health, before: readonly Channel[], after: readonly Channel[]): void => {
  const secrets = secretsOf(before)
  for (const [subject, secret] of secretsOf(after)) {
    const known = secrets.get(subject)
    if (known === undefined || known === secret) continue
    health.lift(subject)
    health.liftAll(`key-model:${subject.slice('key:'.length)}/`)
  }
}

const secretsOf = (channels: readonly Channel[]): ReadonlyMap<string, string> =>
  new Map(
    channels.flatMap(({ provider }) => provider.keys.map(({ id, secret }) => [keySubject(provider.id, id), secret])),
  )
