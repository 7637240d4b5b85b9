import type { Observation } from '../canon/protocol.ts'
import type { Attempt } from '../canon/receipt.ts'
import { NO_USAGE, type Usage } from '../canon/usage.ts'

/** Tries that ended before anything was sent, by what their notes say. */
const UNSENT: ReadonlySet<string | null> = new Set([
  'connect',
  'timeout-connect',
  'no-token',
  'untranslatable',
  'key-busy',
])

const REFUSED_FROM = 300

/**
 * What a provider used for a request that nobody is charged for: what it told, or nothing where it refused, or was never
 * reached. `null` where nobody knows: it was asked, and did not say what it had read and written when that was of no more
 * use.
 */
export const unbilledUsage = (
  observation: Observation | undefined,
  attempts: readonly Attempt[],
  isSent: boolean,
): Usage | null => {
  if (observation?.usage) return observation.usage
  if (observation?.error !== undefined && !observation.contentSeen) return NO_USAGE
  const reached = attempts.filter(({ status, error }) => status > 0 || !UNSENT.has(error))
  const isUnknown = attempts.length === 0 ? isSent : reached.some(({ status }) => status < REFUSED_FROM)
  return isUnknown ? null : NO_USAGE
}
