interface Lent {
  /** By key, the newest first. */
  readonly byKey: ReadonlyMap<string, readonly string[]>
  readonly all: readonly string[]
}

/**
 * Access tokens that keys of accounts were given in exchange. They are sent as keys are, so that they are hidden as keys are
 * wherever somebody repeats what was sent.
 */
const LENT = new WeakMap<object, Lent>()
const NONE: readonly string[] = []

/** The one in use, and the one before it, which a request that is under way may have been sent with. */
const REMEMBERED = 2

/** Remembers that a key of an account is sent as this token. `account`: the object that is asked about later. */
export const noteLentToken = (account: object, key: string, token: string): void => {
  const before = LENT.get(account)?.byKey
  const known = before?.get(key) ?? NONE
  if (known[0] === token) return
  const tokens = [token, ...known.filter((each) => each !== token)].slice(0, REMEMBERED)
  const byKey = new Map(before).set(key, tokens)
  LENT.set(account, { byKey, all: [...byKey.values()].flat() })
}

/** The tokens of an account, the same list for as long as they are the same. */
export const lentTokensOf = (account: object): readonly string[] => LENT.get(account)?.all ?? NONE
