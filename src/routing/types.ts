import type { Model } from '../canon/model.ts'
import type { UpstreamFormat } from '../canon/operation.ts'
import type { ProviderKind } from '../providers/types.ts'
import type { Timeouts } from '../upstream/types.ts'

/** A vendor account as configured. */
export interface Provider {
  readonly id: string
  readonly kind: ProviderKind
  readonly baseUrl: string
  readonly keys: readonly string[]
  readonly timeouts: Timeouts
  /** Formats spoken to it: the kind's, or the one the configuration fixed. */
  readonly formats: readonly UpstreamFormat[]
  /** In place of these for models of a vendor, unless the configuration fixed one. */
  readonly formatsByVendor?: Readonly<Record<string, readonly UpstreamFormat[]>>
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
}
