import { LOSS_CODES } from '../canon/losses.ts'

/** What stands where a word is none of a known set: labels must not grow with what clients or upstreams send. */
export const OTHER = 'other'

const CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** `2xx` for 200; `none` where a request died with its process and nobody knows what the client saw. */
export const statusClass = (status: number): string => CLASSES[Math.floor(status / 100)] ?? OTHER

const LOSSES: ReadonlySet<string> = new Set(LOSS_CODES)

/** The code of a warning `<JSON pointer>;<code>`. A pointer says what a client wrote, and is left out. */
export const lossCode = (warning: string): string => {
  const code = warning.slice(warning.lastIndexOf(';') + 1)
  return LOSSES.has(code) ? code : OTHER
}

/** How an attempt can go wrong without a status. */
const UNANSWERED: ReadonlyMap<string, string> = new Map([
  ['connect', 'connect'],
  ['reset', 'reset'],
  ['timeout-connect', 'timeout_connect'],
  ['timeout-first-byte', 'timeout_first_byte'],
  ['timeout-idle', 'timeout_idle'],
  ['timeout-total', 'timeout_total'],
  ['aborted', 'client_left'],
  ['unreadable', 'unreadable'],
  ['too-large', 'too_large'],
  ['no-token', 'no_token'],
  ['untranslatable', 'untranslatable'],
])

/** What came of an attempt, in a word of a few: `ok`, `rate_limited`, `2xx` … `5xx`, or why there was no answer. */
export const attemptOutcome = (status: number, error: string | null): string => {
  if (error === null) return 'ok'
  if (status === 429) return 'rate_limited'
  return status === 0 ? (UNANSWERED.get(error) ?? OTHER) : statusClass(status)
}
