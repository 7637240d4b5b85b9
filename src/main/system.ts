import { basename } from 'node:path'
import type { Config } from '../config/load.ts'
import type { SystemDeps } from '../http/admin/system.ts'
import type { Books } from './books.ts'
import { canStoreSecrets } from './keyring.ts'
import type { Limiters } from './limiters.ts'
import { GONE_MS, type Replica } from './replica.ts'

interface SystemParts {
  readonly config: Config
  readonly books: Books
  readonly replica: Replica
  readonly openTabs: ReadonlySet<string>
  readonly limiterStats: Limiters['limiterStats']
}

/** What administrators see of this process, and of what it runs on. */
export const systemOf = ({ config, books, replica, openTabs, limiterStats }: SystemParts): SystemDeps => ({
  replica,
  goneMs: GONE_MS,
  database: { kind: config.database.kind, load: books.load, fault: books.fault },
  hasRedis: config.redis !== null,
  onOutage: config.limits.onOutage,
  limiter: limiterStats,
  canStoreKeys: canStoreSecrets(config),
  requestsOpen: () => openTabs.size,
  // Where it lies is nobody's business but the machine's.
  configuration: { file: config.file === null ? null : basename(config.file), warnings: config.warnings },
})
