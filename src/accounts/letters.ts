/** What messages that anybody can ask for are about. */
export type LetterKind = 'confirmation' | 'reset' | 'existing-account' | 'address'

/** Counts messages to an address: who knows an address must not be able to fill its mailbox. */
export interface Letters {
  /** Counts one; false: there were enough within the hour. */
  admit(kind: LetterKind, email: string): boolean
  /** Whether one more would be admitted. */
  has(kind: LetterKind, email: string): boolean
}

export const LETTERS_PER_HOUR = 5
const HOUR_MS = 3_600_000
/** Addresses that are remembered; the first to be written to is forgotten first. */
const REMEMBERED_MAX = 20_000

/** Counts in memory, each kind apart: one that is asked for by a stranger must not use up another that is needed. */
export const createLetters = (nowMs: () => number): Letters => {
  const sent = new Map<string, readonly number[]>()
  const keyOf = (kind: LetterKind, email: string): string => `${kind} ${email.toLowerCase()}`
  const lately = (key: string): readonly number[] => (sent.get(key) ?? []).filter((atMs) => atMs > nowMs() - HOUR_MS)
  const has: Letters['has'] = (kind, email) => lately(keyOf(kind, email)).length < LETTERS_PER_HOUR
  return {
    has,
    admit: (kind, email) => {
      if (!has(kind, email)) return false
      const key = keyOf(kind, email)
      const times = [...lately(key), nowMs()]
      sent.delete(key)
      sent.set(key, times)
      const [oldest] = sent.keys()
      if (sent.size > REMEMBERED_MAX && oldest !== undefined) sent.delete(oldest)
      return true
    },
  }
}
