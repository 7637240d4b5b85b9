import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { createControlPlane } from '../http/admin/control-plane.ts'
import { planFactsOf } from '../http/admin/plan-facts.ts'
import { createReference } from '../http/reference/reference.ts'
import { newSecret } from '../keys/secret.ts'
import type { MemoryCeilingLimiter } from '../limits/memory.ts'
import type { PricedCatalogue } from '../providers/set-prices.ts'
import { err, ok } from '../result.ts'
import { VERSION } from '../version.ts'
import type { Administered } from './administered.ts'
import type { Books } from './books.ts'
import type { FirstStart } from './first-start.ts'
import { admitStranger } from './gateway.ts'
import type { Identity } from './identity.ts'
import type { Reload } from './reload.ts'

export interface ControlParts {
  readonly config: Config
  readonly books: Books
  readonly start: FirstStart
  readonly identity: Identity
  readonly catalogue: PricedCatalogue
  readonly administered: Administered
  readonly reload: Reload
  readonly addressLimiter: MemoryCeilingLimiter
  readonly newRequestId: () => string
  readonly log: Logger
}

/** The control plane and its reference page, as one function of a request. */
export const createControl = (
  parts: ControlParts,
): ((request: Request, ip: () => string) => Response | Promise<Response>) => {
  const { config, books, identity, addressLimiter, log } = parts
  const controlPlane = createControlPlane({
    store: books.store,
    ledger: books.ledger,
    receiptKeys: parts.start.receiptKeys,
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
    reload: parts.reload,
    actor: 'admin_key',
    facts: {
      plans: planFactsOf(config),
      groupNames: [...config.groups.keys()],
      providers: [...config.providers].map(([id, { kind }]) => ({ id, kind })),
      publicUrl: config.publicUrl ?? `http://${config.listen.host}:${config.listen.port}`,
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
