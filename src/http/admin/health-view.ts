import type { Spending, SpendStop } from '../../counters/spend-stop.ts'
import type { PauseRecord } from '../../db/types.ts'
import type { Block, Health, SubjectHealth } from '../../routing/health.ts'
import type { Load } from '../../routing/load.ts'
import { channelSubject, keySubject } from '../../routing/subjects.ts'
import type { Channel, Provider, ProviderKey } from '../../routing/types.ts'
import { formatUsd } from '../../units.ts'

/** What administrators are shown of providers, and may do for them. */
export interface HealthDeps {
  readonly health: Health
  readonly load: Load
  readonly channels: readonly Channel[]
  /** All that are configured, those of channels among them; without: those of channels are all there are. */
  readonly providers?: readonly Shown[]
  readonly pauseOf: (provider: string) => PauseRecord | undefined
  /** Of a provider, or one of its keys. */
  readonly stopOf: (provider: string, key?: string) => SpendStop
  readonly spending: () => Promise<(provider: string, key?: string) => Spending>
  /** Lets a key go on that has reached its stop. */
  readonly resumeSpent: (provider: string, key: string, by: string) => Promise<void>
}

type Shown = Pick<Provider, 'id' | 'kind' | 'keys'>

const NO_OUTCOMES = { standing: 'ready', block: undefined, outcomes: 0, failures: 0 } as const

type Known = ReadonlyMap<string, SubjectHealth>

/** Every provider, also one that no channel uses, as this replica sees it. */
export const viewOf = async (deps: HealthDeps) => {
  const known: Known = new Map(deps.health.list().map((one) => [one.subject, one]))
  const spending = await deps.spending()
  return providersOf(deps).map((provider) => {
    const pause = deps.pauseOf(provider.id)
    return {
      id: provider.id,
      kind: provider.kind.kind,
      paused: pause !== undefined,
      paused_since: pause ? new Date(pause.atMs).toISOString() : null,
      paused_by: pause?.by ?? null,
      pause_reason: pause?.reason ?? null,
      spend: spendOf(deps.stopOf(provider.id), spending(provider.id)),
      keys: provider.keys.map((key) => ({
        ...shownKeyOf(known, provider, key),
        spend: spendOf(deps.stopOf(provider.id, key.id), spending(provider.id, key.id)),
      })),
      channels: deps.channels
        .filter((channel) => channel.provider.id === provider.id)
        .map((channel) => channelOf(known, deps.load, channel)),
    }
  })
}

const providersOf = ({ channels, providers = [] }: Pick<HealthDeps, 'channels' | 'providers'>): readonly Shown[] => [
  ...new Map([...providers, ...channels.map(({ provider }) => provider)].map((one) => [one.id, one])).values(),
]

const shownKeyOf = (known: Known, { id: provider }: Shown, { id, secret, weight }: ProviderKey) => {
  const subject = keySubject(provider, id)
  return {
    id,
    last4: lastFourOf(secret) || null,
    weight,
    ...shown(known, subject),
    models: under(known, `key-model:${subject.slice('key:'.length)}/`),
  }
}

const channelOf = (known: Known, load: Load, { id, groups }: Channel) => ({
  id,
  groups: [...groups],
  ...shown(known, channelSubject(id)),
  under_way: load.underWay(id),
  first_content_ms: whole(load.latencyMs(id, true)),
  whole_answer_ms: whole(load.latencyMs(id, false)),
  models: under(known, `model:${id}/`),
})

const whole = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms))

/** Of models only those are known that failed lately. */
const under = (known: Known, prefix: string) =>
  [...known.keys()]
    .filter((subject) => subject.startsWith(prefix))
    .sort()
    .map((subject) => ({ model: subject.slice(prefix.length), ...shown(known, subject) }))

const shown = (known: Known, subject: string) => {
  const { standing, block, outcomes, failures } = known.get(subject) ?? NO_OUTCOMES
  return {
    subject,
    standing,
    block: shownBlock(block),
    recent: { outcomes, failures },
  }
}

const shownBlock = (block: Block | undefined) =>
  block
    ? {
        kind: block.kind,
        reason: block.reason,
        since: new Date(block.sinceMs).toISOString(),
        until: Number.isFinite(block.untilMs) ? new Date(block.untilMs).toISOString() : null,
      }
    : null

/** How a key of a provider stands, as this replica sees it. Of what no request asks nothing is known: it is ready. */
export const standingOfKey = (deps: Pick<HealthDeps, 'health'> | undefined, provider: string, key: string) => {
  const subject = keySubject(provider, key)
  return {
    standing: deps?.health.standingOf(subject) ?? 'ready',
    block: shownBlock(deps?.health.blockOf(subject)),
  }
}

const spendOf = (stop: SpendStop, { day, month }: Spending) => ({
  day_usd: formatUsd(day),
  day_stop_usd: stop.dayUsd === null ? null : formatUsd(stop.dayUsd),
  month_usd: formatUsd(month),
  month_stop_usd: stop.monthUsd === null ? null : formatUsd(stop.monthUsd),
})

/** Four characters of many give nothing away. The end of a key file is the same for all. */
export const lastFourOf = (key: string): string => (key.length >= 16 && !key.startsWith('{') ? key.slice(-4) : '')

/** Whether a subject is of something that is configured: of what is not, nothing can be said. */
export const isConfigured = (deps: Pick<HealthDeps, 'channels' | 'providers'>, subject: string): boolean =>
  keysOf(deps).some(
    ({ provider, key }) => subject === keySubject(provider, key) || subject.startsWith(`key-model:${provider}/${key}/`),
  ) || deps.channels.some(({ id }) => subject === channelSubject(id) || subject.startsWith(`model:${id}/`))

const keysOf = (deps: Pick<HealthDeps, 'channels' | 'providers'>) =>
  providersOf(deps).flatMap(({ id, keys }) => keys.map((key) => ({ provider: id, key: key.id })))

/** Ends what keeps a subject from being asked. Whether anything did. */
export const resume = async (deps: HealthDeps, subject: string, by: string): Promise<boolean> => {
  const spent = keysOf(deps).find(({ provider, key }) => subject === keySubject(provider, key))
  if (spent && deps.health.blockOf(subject)?.kind === 'spent') await deps.resumeSpent(spent.provider, spent.key, by)
  return deps.health.lift(subject)
}
