import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Base, ConfigFault } from '../../config/load.ts'
import type { Accounts } from '../../accounts/types.ts'
import type { Store } from '../../db/types.ts'
import type { GatewayError } from '../../errors.ts'
import type { Keyring } from '../../keys/keyring.ts'
import type { NewSecret } from '../../keys/secret.ts'
import type { Authenticate, Principal } from '../../keys/types.ts'
import type { Ledger } from '../../ledger/types.ts'
import type { ReceiptKeys } from '../../receipts/keys.ts'
import type { PricedCatalogue } from '../../providers/set-prices.ts'
import type { Result } from '../../result.ts'
import type { PublicModels } from '../pricing.ts'
import type { TellDeps } from '../../alerts/tell.ts'
import type { StatusDeps } from '../status.ts'
import type { Caller } from './caller.ts'
import type { HealthDeps } from './health-view.ts'
import type { LiveDeps } from './live.ts'
import type { OfferDeps } from './me-models.ts'
import type { LimitFacts } from './overview-limits.ts'
import type { PlanFacts } from './plan-facts.ts'
import type { SignedIn } from './session-cookie.ts'
import type { SystemDeps } from './system.ts'

/** What the control plane needs from the rest of Tollgate. */
export interface ControlPlaneDeps {
  readonly store: Store
  readonly ledger: Ledger
  /** Signs receipts that are read one by one. */
  readonly receiptKeys: ReceiptKeys
  /** Requests as they are settled. */
  readonly live: LiveDeps
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
  readonly catalogue: Pick<PricedCatalogue, 'stated' | 'resolve' | 'models'>
  /** Takes notice of prices that were set, and of providers that were paused, here; other replicas do so by themselves. */
  readonly readPrices: () => void | Promise<void>
  readonly readPauses: () => void | Promise<void>
  /** How providers are doing; `undefined`: nothing is served here. */
  readonly providersHealth?: HealthDeps
  /** What anybody may know of that. */
  readonly status?: StatusDeps
  /** Models and prices for everybody; says nothing where they are not. */
  readonly publicModels?: () => PublicModels | undefined
  /** This process, and what it runs on; `undefined`: nothing is served here. */
  readonly system?: SystemDeps
  /** How alerts are told; `undefined`: nobody is told from here. */
  readonly telling?: TellDeps
  /** Which models there are for whom; `undefined`: nothing is served here. */
  readonly offer?: OfferDeps
  /** What of the configuration is administered. */
  readonly administration: Administration
  /** Reads the configuration again, here; or says all that is wrong with it. */
  readonly reload: () => Promise<Result<ReloadedFacts, readonly ConfigFault[]>>
  /** People who sign in. */
  readonly accounts: Accounts
  /** The operator's own account: what whoever entered the admin key has of their own. */
  readonly operatorUserId: string
  /** Another for each admin key. */
  readonly adminProof: string
  /** Counts an attempt to sign in; fails as `rate-limit-exceeded`. */
  readonly admitAttempt: (subject: string, perMinute: number) => Promise<Result<void, GatewayError>>
  /** Who acts, for those who ask later: as whom the caller proved to be the operator. */
  readonly actor: string
  readonly facts: ControlPlaneFacts
  readonly nowMs: () => number
  readonly newRequestId: () => string
  /** Told about failures that are ours (answered with 500), for the log. */
  readonly reportFailure: (failure: unknown, request: FailedRequest) => void
}

export interface Administration {
  /** What the file says that is in use here. */
  readonly base: () => Base
  readonly keyring: Pick<Keyring, 'seal'>
  /** Takes notice of what was set, here; other replicas do so by themselves. */
  readonly readObjects: () => void | Promise<void>
  /** Asks the vendor of a provider something small with each of its keys; `undefined`: there is no such provider. */
  readonly testProvider: (id: string, model: string | undefined) => Promise<readonly KeyTest[] | undefined>
}

/** What a vendor made of one key. */
export interface KeyTest {
  /** Empty where the provider needs no key. */
  readonly id: string
  readonly ok: boolean
  /** As the vendor answered; `null`: it did not. */
  readonly status: number | null
  readonly latencyMs: number
  /** In our words: what vendors say may hold the key. */
  readonly error: string | null
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
  readonly limits?: LimitFacts
  readonly providers: readonly ProviderFacts[]
  /** Where clients reach this server, as the OpenAPI description should say it. */
  readonly publicUrl: string
  /** No address was configured: that one follows from where it listens, and what a browser asked is the better guess. */
  readonly isUrlGuessed?: boolean
  /** Tollgate's own version. */
  readonly version: string
}

/** `ip` looks the client's address up; it is handed over as the second argument of `app.fetch(request, { ip })`. */
export interface ControlPlaneEnv {
  readonly Bindings: {
    readonly ip: () => string
    /** Asked by a live view of its own address: who is let in now, and for whose receipts. Nothing else is answered. */
    readonly tellWho?: (who: string) => void
  }
  readonly Variables: {
    requestId: string
    /** Of the Tollgate key that was presented; none where a person is signed in. */
    principal?: Principal
    /** Under `/api/me` and `/api/organisations`: see `requirePermission`. */
    caller: Caller
    /** Under `/api/organisations`: who is in front of the browser. */
    signedIn: SignedIn
    /** Who acts, on every path that asks who it is. */
    actor?: string
    /** What they are called, where that says more than their id. */
    actorName?: string
    /** What was done is written down. */
    isAudited?: boolean
    /** What the request was refused with, so that failures of ours reach the log. */
    refusal?: GatewayError
  }
}

export type ControlPlaneApp = OpenAPIHono<ControlPlaneEnv>
