import type { Model } from '../../canon/model.ts'
import type { Multipliers, PriceVersion } from '../../canon/price.ts'

/** A model as it goes into a list, with the prices in force now; `undefined`: nobody knows any. */
export interface ListedModel {
  readonly model: Model
  readonly prices: PriceVersion | undefined
  /** What whoever asks pays of them. */
  readonly multipliers?: Multipliers
}

/** Unix seconds → RFC 3339; where nobody knows it is the epoch, as at Anthropic. */
export const rfc3339 = (unixSeconds: number): string =>
  new Date(unixSeconds * 1_000).toISOString().replace('.000Z', 'Z')

/** Reads a page size: `undefined` when it is not a whole number from 1 to `most`. */
export const readPageSize = (text: string, most: number): number | undefined => {
  const size = /^\d{1,6}$/.test(text) ? Number(text) : 0
  return size >= 1 && size <= most ? size : undefined
}
