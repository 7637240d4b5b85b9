/** Hashes passwords with argon2id, off the event loop. */
export interface Passwords {
  /** As a PHC string. `undefined`: too many wait. */
  hash(password: string): Promise<string | undefined>
  verify(password: string, hash: string): Promise<boolean | undefined>
}

export interface PasswordOptions {
  readonly atOnce: number
  readonly waitingMax: number
}

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const COST = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const

/** Each hash takes memory and a core for a while: only so many are made at once, and only so many wait. */
export const createPasswords = ({ atOnce, waitingMax }: PasswordOptions): Passwords => {
  let running = 0
  const waiting: (() => void)[] = []
  const inTurn = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (running >= atOnce && waiting.length >= waitingMax) return undefined
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
  return {
    hash: (password) => inTurn(() => Bun.password.hash(normalised(password), COST)),
    verify: (password, hash) =>
      inTurn(() => Bun.password.verify(normalised(password), hash, 'argon2id').catch(() => false)),
  }
}

/** The same characters are the same password, whatever keyboard they come from. */
const normalised = (password: string): string => password.normalize('NFKC')
