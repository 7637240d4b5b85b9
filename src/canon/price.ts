import type { NanoUsdPerMtok, PartsPerMillion } from '../units.ts'

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
}

/** Prices from a moment on. Tiers replace them for the whole request once its input exceeds `aboveInputTokens`. */
export interface PriceVersion {
  readonly effectiveFromMs: number
  readonly prices: Prices
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly prices: Prices }[]
}

/** The factors of a bill, each an exact rational. `planDiscount` is the share taken off: 700000n leaves 30 %. */
export interface Multipliers {
  readonly user: PartsPerMillion
  readonly model: PartsPerMillion
  readonly group: PartsPerMillion
  readonly planDiscount: PartsPerMillion
}
