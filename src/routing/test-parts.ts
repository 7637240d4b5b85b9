import type { Model } from '../canon/model.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { ONE } from '../units.ts'
import { plainKeys } from './provider-keys.ts'
import type { Candidate, Channel, Provider, ProviderKey } from './types.ts'

/// What tests of routing are made of.

export interface ChannelOptions {
  readonly kind?: string
  readonly provider?: string
  readonly groups?: readonly string[]
  readonly models?: readonly string[] | null
  readonly modelMap?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly weight?: number
  readonly keys?: readonly ProviderKey[]
  readonly costMultiplier?: Provider['costMultiplier']
}

/** A channel of a provider of its own, both called `id`. */
export const channelOf = (id: string, options: ChannelOptions = {}): Channel => {
  const kind = PROVIDER_KINDS[options.kind ?? 'openai-compatible']
  if (!kind) throw new Error(`there is no kind ${options.kind}`)
  return {
    id,
    provider: {
      id: options.provider ?? id,
      kind,
      baseUrl: 'http://127.0.0.1:1',
      keys: options.keys ?? plainKeys('vendor-key'),
      proxy: null,
      costMultiplier: options.costMultiplier ?? ONE,
      timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, totalMs: 1 },
      formats: kind.formats,
    },
    groups: new Set(options.groups ?? ['default']),
    models: options.models === null ? null : new Set(options.models ?? ['m1']),
    modelMap: options.modelMap ?? {},
    priority: options.priority ?? 0,
    weight: options.weight ?? 1,
  }
}

export const modelOf = (id: string, vendor = 'acme'): Model => ({
  id,
  vendor,
  type: 'chat',
  displayName: id,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
})

/** The way to model `m1` by a channel. */
export const candidateOf = (id: string, options: ChannelOptions = {}): Candidate => ({
  channel: channelOf(id, options),
  model: modelOf('m1'),
  requestedAs: 'm1',
  upstreamModel: 'm1',
  upstreamFormat: 'openai-chat',
  why: 'only channel',
})

/** Mulberry32: the same numbers in every run. */
export const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
