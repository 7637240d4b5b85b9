import type { Model } from '../canon/model.ts'
import type { UpstreamFormat } from '../canon/operation.ts'
import type { ProviderKind } from '../providers/types.ts'
import type { PartsPerMillion } from '../units.ts'
import type { Timeouts } from '../upstream/types.ts'
import type { PassRule } from './pass-rules.ts'

/** One key of a vendor account, and what it may do. */
export interface ProviderKey {
  /** Its name in receipts and health: never the key itself. */
  readonly id: string
  readonly secret: string
  readonly weight: number
  readonly limits: KeyLimits
}

/** What a provider's key may be used for in any sixty seconds, and at once; `null`: no limit. */
export interface KeyLimits {
  readonly rpm: number | null
  readonly tpm: number | null
  readonly itpm: number | null
  readonly otpm: number | null
  readonly concurrency: number | null
}

/** A vendor account as configured. */
export interface Provider {
  readonly id: string
  readonly kind: ProviderKind
  readonly baseUrl: string
  readonly keys: readonly ProviderKey[]
  readonly timeouts: Timeouts
  /** The HTTP proxy that stands between; `direct`: none; `null`: as the environment says. */
  readonly proxy: string | null
  /** What the account pays of the list price. */
  readonly costMultiplier: PartsPerMillion
  /** Formats spoken to it: the kind's, or the one the configuration fixed. */
  readonly formats: readonly UpstreamFormat[]
  /** In place of these for models of a vendor, unless the configuration fixed one. */
  readonly formatsByVendor?: Readonly<Record<string, readonly UpstreamFormat[]>>
  /** Endpoints of its own that keys may be passed through to; none where this is left out. */
  readonly passThrough?: readonly PassRule[]
}

/** A provider offering some models to some groups. */
export interface Channel {
  readonly id: string
  readonly provider: Provider
  readonly groups: ReadonlySet<string>
  /** `null`: every model of the catalogue that the provider's kind serves. */
  readonly models: ReadonlySet<string> | null
  /** Catalogue id → the name the upstream knows it by. */
  readonly modelMap: Readonly<Record<string, string>>
  readonly priority: number
  readonly weight: number
}

/** One way a request could go. */
export interface Candidate {
  readonly channel: Channel
  readonly model: Model
  /** The name the client used for it: the model's, or a fallback's. */
  readonly requestedAs: string
  readonly upstreamModel: string
  readonly upstreamFormat: UpstreamFormat
  /** What put it where it stands among others, for the receipt: `least_busy 3`, `lowest_latency 412 ms`. */
  readonly why: string
}
