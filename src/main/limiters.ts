import type { Config } from '../config/load.ts'
import { createMemoryLimiter } from '../limits/memory.ts'
import type { Limiter } from '../limits/types.ts'

/** Addresses are counted apart from keys, so that a flood of them cannot push a key's count out of memory. */
export interface Limiters {
  readonly keyLimiter: Limiter
  readonly addressLimiter: Limiter
}

export const createLimiters = ({ limits }: Config): Limiters => ({
  keyLimiter: createMemoryLimiter({ subjectsMax: limits.limiterSubjects }),
  addressLimiter: createMemoryLimiter({ subjectsMax: limits.limiterSubjects }),
})
