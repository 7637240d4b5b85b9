import type { Schema } from '../../../api/types.ts'

type Health = Schema<'ProvidersHealth'>['providers'][number]
type Block = Schema<'HealthBlock'>

export interface Trouble {
  readonly subject: string
  readonly what: 'provider' | 'key' | 'channel' | 'model'
  readonly name: string
  readonly kind: 'paused' | 'spend-stop' | 'probe' | NonNullable<Block>['kind']
  readonly reason: string
  readonly since: string | null
}

export interface NotWell {
  readonly id: string
  readonly kind: string
  readonly troubles: readonly Trouble[]
}

interface Standing {
  readonly subject: string
  readonly standing: 'ready' | 'probe' | 'blocked'
  readonly block: Block
}

/** Providers of which something is not asked, with everything that is not, and why. */
export const notWellOf = (providers: readonly Health[]): readonly NotWell[] =>
  providers
    .map((provider) => ({ id: provider.id, kind: provider.kind, troubles: troublesOf(provider) }))
    .filter(({ troubles }) => troubles.length > 0)

const troublesOf = (provider: Health): readonly Trouble[] => [
  ...(provider.paused ? [pauseOf(provider)] : []),
  ...provider.keys.flatMap((key) => [
    ...troubleOf('key', key.last4 === null ? key.id : `${key.id} (…${key.last4})`, key),
    ...key.models.flatMap((model) => troubleOf('model', model.model, model)),
  ]),
  ...provider.channels.flatMap((channel) => [
    ...troubleOf('channel', channel.id, channel),
    ...channel.models.flatMap((model) => troubleOf('model', model.model, model)),
  ]),
]

const pauseOf = (provider: Health): Trouble => ({
  subject: `provider:${provider.id}`,
  what: 'provider',
  name: provider.id,
  kind: provider.paused_by === 'spend-stop' ? 'spend-stop' : 'paused',
  reason: provider.pause_reason ?? '',
  since: provider.paused_since,
})

const troubleOf = (what: Trouble['what'], name: string, { subject, standing, block }: Standing): readonly Trouble[] =>
  standing === 'ready'
    ? []
    : [{ subject, what, name, kind: block?.kind ?? 'probe', reason: block?.reason ?? '', since: block?.since ?? null }]
