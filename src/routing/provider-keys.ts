import type { KeyLimits, ProviderKey } from './types.ts'

/** A key that may be used without end. */
export const UNLIMITED: KeyLimits = { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null }

/** Keys that are nothing but secrets, called by their place in the list, from 1. */
export const plainKeys = (...secrets: readonly string[]): readonly ProviderKey[] =>
  secrets.map((secret, index) => ({ id: String(index + 1), secret, weight: 1, limits: UNLIMITED }))
