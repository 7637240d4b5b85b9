/**
 * What vendors ask for searches of the web where the price source does not say. Used by `npm run catalogue` only, never at
 * run time.
 */
import type { PrefixRule } from './overlay.ts'

/** USD for a thousand, by what is counted: searches, or requests that made any. */
export interface SearchFees {
  readonly search?: string
  readonly searchedRequest?: string
}

/**
 * ai.google.dev/gemini-api/docs/pricing, "Grounding with Google Search": from Gemini 3 on by the search query, before by
 * the prompt that was grounded. What each account has free of charge by day or month is known to Google alone.
 */
const GOOGLE: readonly PrefixRule<SearchFees>[] = [
  { prefix: 'gemini-', value: { search: '14' } },
  { prefix: 'gemini-1.5', value: { searchedRequest: '35' } },
  { prefix: 'gemini-2', value: { searchedRequest: '35' } },
]

export const SEARCH_FEES: Readonly<Record<string, readonly PrefixRule<SearchFees>[]>> = { google: GOOGLE }
