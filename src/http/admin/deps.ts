import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ConfigFault } from '../../config/load.ts'
import type { Store } from '../../db/types.ts'
import type { GatewayError } from '../../errors.ts'
import type { NewSecret } from '../../keys/secret.ts'
import type { Authenticate, Principal } from '../../keys/types.ts'
import type { Ledger } from '../../ledger/types.ts'
import type { ReceiptKeys } from '../../receipts/keys.ts'
import type { PricedCatalogue } from '../../providers/set-prices.ts'
import type { Result } from '../../result.ts'
import type { PlanFacts } from './plan-facts.ts'

/** What the control plane needs from the rest of Tollgate. */
export interface ControlPlaneDeps {
  readonly store: Store
  readonly ledger: Ledger
  /** Signs receipts that are read one by one. */
  readonly receiptKeys: ReceiptKeys
  /** Finds the owner of a Tollgate key, for `/api/me`. */
  readonly authenticate: Authenticate
  readonly isAdmin: (secret: string) => boolean | Promise<boolean>
  /**
   * Counts a request that presented no or a wrong credential against its address. A refusal (`rate-limit-exceeded`) is
   * answered instead of the 401. The right key is never held up, so that nobody can lock the operator out by guessing.
   */
  readonly admitUnauthenticated: (ip: string) => Result<void, GatewayError>
  readonly newSecret: () => NewSecret
  /** Forgets what is cached about a key, here and in every other replica. */
  readonly invalidateKey: (keyId: string) => void | Promise<void>
  /** The same for all keys of a user, or of a project. */
  readonly invalidateUser: (userId: string) => void | Promise<void>
  readonly invalidateProject: (projectId: string) => void | Promise<void>
  /** The models there are, with the prices that the catalogue states. */
  readonly catalogue: Pick<PricedCatalogue, 'stated' | 'resolve'>
  /** Takes notice of prices that were set, and of providers that were paused, here; other replicas do so by themselves. */
  readonly readPrices: () => void | Promise<void>
  readonly readPauses: () => void | Promise<void>
  /** Reads the configuration again, here; or says all that is wrong with it. */
  readonly reload: () => Promise<Result<ReloadedFacts, readonly ConfigFault[]>>
  /** Who acts, for those who ask later: as whom the caller proved to be the operator. */
  readonly actor: string
  readonly facts: ControlPlaneFacts
  readonly nowMs: () => number
  readonly newRequestId: () => string
  /** Told about failures that are ours (answered with 500), for the log. */
  readonly reportFailure: (failure: unknown, request: FailedRequest) => void
}

export interface FailedRequest {
  readonly requestId: string
  readonly method: string
  readonly path: string
}

/** What became of a configuration that was read again, by names of its keys. */
export interface ReloadedFacts {
  readonly file: string | null
  readonly changed: readonly string[]
  readonly needsRestart: readonly string[]
  readonly warnings: readonly string[]
}

export interface ProviderFacts {
  readonly id: string
  readonly kind: string
}

/** What the configuration says that requests are checked against. */
export interface ControlPlaneFacts {
  readonly plans: ReadonlyMap<string, PlanFacts>
  readonly groupNames: readonly string[]
  readonly providers: readonly ProviderFacts[]
  /** Where clients reach this server, as the OpenAPI description should say it. */
  readonly publicUrl: string
  /** Tollgate's own version. */
  readonly version: string
}

/** `ip` looks the client's address up; it is handed over as the second argument of `app.fetch(request, { ip })`. */
export interface ControlPlaneEnv {
  readonly Bindings: { readonly ip: () => string }
  readonly Variables: {
    requestId: string
    principal: Principal
    /** What the request was refused with, so that failures of ours reach the log. */
    refusal?: GatewayError
  }
}

export type ControlPlaneApp = OpenAPIHono<ControlPlaneEnv>
