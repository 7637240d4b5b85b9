import type { NanoUsd, NanoUsdPerMtok, PartsPerMillion } from '../units.ts'
import type { Units } from './usage.ts'

/** What each usage bucket costs. `undefined` means nobody knows: such a request is refused, never served for nothing. */
export interface Prices {
  readonly input: NanoUsdPerMtok
  readonly output: NanoUsdPerMtok | undefined
  readonly cacheRead: NanoUsdPerMtok
  readonly cacheWrite5m: NanoUsdPerMtok
  readonly cacheWrite1h: NanoUsdPerMtok
  /** Where a vendor has no price of its own for audio, it bills it as text, and so do we. */
  readonly inputAudio: NanoUsdPerMtok | undefined
  readonly outputAudio: NanoUsdPerMtok | undefined
  /** What is not sold by the token; absent for most models. */
  readonly units?: UnitPrices
}

/** Nano-dollars for one of each unit; for characters, for a million of them. */
export type UnitPrices = { readonly [Name in keyof Units]?: NanoUsd } & {
  /** Owed once by every request that used anything. */
  readonly request?: NanoUsd
  /** Owed once by every request that searched the web, however often. */
  readonly searchedRequest?: NanoUsd
}

/** Prices, and those that take their place for the whole request once its input exceeds `aboveInputTokens`. */
export interface PriceTable {
  readonly prices: Prices
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly prices: Prices }[]
}

/** Prices from a moment on. */
export interface PriceVersion extends PriceTable {
  readonly effectiveFromMs: number
  /** Prices of the vendor's other tiers of service (`flex`, `batch`, `priority`), by the vendor's name for them. */
  readonly serviceTiers?: Readonly<Record<string, PriceTable>>
}

/** The factors of a bill, each an exact rational. `planDiscount` is the share taken off: 700000n leaves 30 %. */
export interface Multipliers {
  readonly user: PartsPerMillion
  readonly model: PartsPerMillion
  readonly group: PartsPerMillion
  readonly planDiscount: PartsPerMillion
}
