import type { Logger } from 'pino'
import type { Accounts } from '../accounts/types.ts'
import type { Base, Config } from '../config/load.ts'
import { createControlPlane } from '../http/admin/control-plane.ts'
import type { Administration } from '../http/admin/deps.ts'
import type { LiveDeps } from '../http/admin/live.ts'
import type { OfferDeps } from '../http/admin/me-models.ts'
import { limitFactsOf } from '../http/admin/overview-limits.ts'
import { planFactsOf } from '../http/admin/plan-facts.ts'
import type { PublicPricing } from '../http/pricing.ts'
import { createReference } from '../http/reference/reference.ts'
import type { Keyring } from '../keys/keyring.ts'
import { newSecret } from '../keys/secret.ts'
import type { MemoryCeilingLimiter } from '../limits/memory.ts'
import type { PricedCatalogue } from '../providers/set-prices.ts'
import { err, ok } from '../result.ts'
import type { Channel } from '../routing/types.ts'
import { ONE } from '../units.ts'
import { VERSION } from '../version.ts'
import { admitAttempt, type OpenAccounts, publicUrlOf } from './accounts.ts'
import type { Administered } from './administered.ts'
import type { Books } from './books.ts'
import type { FirstStart } from './first-start.ts'
import { admitStranger } from './gateway.ts'
import type { Identity } from './identity.ts'
import type { Limiters } from './limiters.ts'
import type { Reach } from './open-listener.ts'
import type { Reload } from './reload.ts'
import type { Replica } from './replica.ts'
import type { SpendWatch } from './spend-watch.ts'
import { providersHealthOf, statusDepsOf } from './status.ts'
import type { Steering } from './steering.ts'
import { systemOf } from './system.ts'
import { tellingOf } from './alerts.ts'

export interface ControlParts {
  readonly config: Config
  readonly books: Books
  readonly start: FirstStart
  readonly accounts: Accounts
  readonly sendMail: OpenAccounts['sendMail']
  readonly replica: Replica
  readonly reach: Reach
  readonly openTabs: ReadonlySet<string>
  readonly limiterStats: Limiters['limiterStats']
  readonly admitAttempt: Limiters['admitAttempt']
  readonly identity: Identity
  readonly live: LiveDeps
  readonly catalogue: PricedCatalogue
  readonly administered: Administered
  readonly reload: Reload
  /** What the file says that is in use. */
  readonly base: () => Base
  readonly keyring: Keyring
  readonly readObjects: () => Promise<void>
  readonly testProvider: Administration['testProvider']
  readonly channels: readonly Channel[]
  readonly steering: Steering
  readonly spend: SpendWatch
  readonly addressLimiter: MemoryCeilingLimiter
  readonly pricing: PublicPricing
  readonly newRequestId: () => string
  readonly log: Logger
}

const offerOf = ({ config, catalogue, channels }: ControlParts): OfferDeps => ({
  ...{ catalogue, channels, aliases: config.aliases },
  multiplierOf: (group) => config.groups.get(group)?.multiplier ?? ONE,
})

/** The control plane and its reference page, as one function of a request. */
export const createControl = (
  parts: ControlParts,
): ((request: Request, ip: () => string) => Response | Promise<Response>) => {
  const { config, books, identity, addressLimiter, log } = parts
  const controlPlane = createControlPlane({
    store: books.store,
    ledger: books.ledger,
    receiptKeys: parts.start.receiptKeys,
    live: parts.live,
    offer: offerOf(parts),
    authenticate: identity.authenticator.authenticate,
    isAdmin: parts.start.isAdmin,
    admitUnauthenticated: (ip) => {
      const refusal = admitStranger({ config, addressLimiter }, ip)
      return refusal ? err(refusal) : ok(undefined)
    },
    newSecret,
    invalidateKey: identity.authenticator.invalidate,
    invalidateUser: identity.authenticator.invalidateUser,
    invalidateProject: identity.authenticator.invalidateProject,
    catalogue: parts.catalogue,
    readPrices: parts.administered.readPrices,
    readPauses: parts.administered.readPauses,
    administration: {
      base: parts.base,
      keyring: parts.keyring,
      readObjects: parts.readObjects,
      testProvider: parts.testProvider,
    },
    providersHealth: providersHealthOf(parts),
    status: statusDepsOf(parts),
    publicModels: parts.pricing.models,
    system: systemOf(parts),
    telling: tellingOf(parts),
    reload: parts.reload,
    accounts: parts.accounts,
    operatorUserId: parts.start.operator.id,
    adminProof: parts.start.adminProof,
    admitAttempt: (subject, perMinute) => admitAttempt(parts, subject, perMinute),
    actor: 'admin_key',
    facts: {
      plans: planFactsOf(config),
      groupNames: [...config.groups.keys()],
      limits: limitFactsOf(config),
      providers: [...config.providers].map(([id, { kind }]) => ({ id, kind })),
      get publicUrl() {
        return publicUrlOf(config, parts.reach)
      },
      isUrlGuessed: config.publicUrl === null,
      version: VERSION,
    },
    nowMs: Date.now,
    newRequestId: parts.newRequestId,
    reportFailure: (failure, request) => log.error({ err: failure, ...request }, 'the control plane failed'),
  })
  const reference = createReference((problem) => log.warn(problem), parts.newRequestId)
  return (request, ip) =>
    /^\/docs(?:\/|$)/.test(new URL(request.url).pathname)
      ? reference.fetch(request)
      : controlPlane.fetch(request, { ip })
}
