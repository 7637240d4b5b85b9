import type { Config } from '../config/load.ts'
import type { Store } from '../db/types.ts'
import { type Authenticator, createAuthenticator } from '../keys/authenticate.ts'
import { toPrincipal } from '../keys/principal.ts'
import type { Principal } from '../keys/types.ts'
import type { FirstStart } from './first-start.ts'

/** How clients are told apart: by key, or in local mode as one principal for everyone. */
export interface Identity {
  readonly authenticator: Authenticator
  readonly local: Principal | undefined
}

export const createIdentity = async (config: Config, store: Store, start: FirstStart): Promise<Identity> => {
  const { plans } = config
  const ceiling = config.limits.perKey
  const authenticator = createAuthenticator({
    store,
    plans,
    ceiling,
    cacheEntriesMax: config.limits.keyCacheEntries,
    cacheTtlMs: config.limits.keyCacheTtlMs,
    nowMs: Date.now,
  })
  const key = config.auth === 'none' ? await store.keys.find(start.localKeyId) : undefined
  const local =
    key && toPrincipal({ key, user: start.operator, projectBudgets: [], validUntilMs: null }, plans, ceiling)
  return { authenticator, local }
}
