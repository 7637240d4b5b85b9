import { detail, details } from './counts.ts'
import { type JsonObject, objectOf } from './json.ts'

/** Tokens written to the cache, by the lifetimes that are priced; the two never overlap. */
export interface Writes {
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
}

/**
 * Splits written tokens between the two lifetimes that are priced. `total` decides how many there are, and `longer` how
 * many of them were kept for an hour or more; the rest is the shorter.
 */
export const splitWrites = (total: number, longer: number): Writes => {
  const cacheWrite1h = Math.min(total, longer)
  return { cacheWrite5m: total - cacheWrite1h, cacheWrite1h }
}

/**
 * What OpenAI's input details say was written: `cache_write_tokens`, and in `cache_write_tokens_details` how much of it
 * for 30 minutes and how much for 12 hours. Where the sum is missing, its parts make it; `undefined` when one is junk.
 */
export const readWrites = (inputDetails: JsonObject): Writes | undefined => {
  const total = detail(inputDetails.cache_write_tokens)
  const parts = details(objectOf(inputDetails.cache_write_tokens_details), ['ttl_30m_tokens', 'ttl_12h_tokens'])
  if (total === undefined || !parts) return undefined
  const isTold = inputDetails.cache_write_tokens !== undefined && inputDetails.cache_write_tokens !== null
  return splitWrites(isTold ? total : parts.ttl_30m_tokens + parts.ttl_12h_tokens, parts.ttl_12h_tokens)
}
