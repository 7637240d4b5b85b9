import type { Envelope } from '../../canon/envelope.ts'
import type { Model } from '../../canon/model.ts'
import type { GatewayError } from '../../errors.ts'
import type { Budget } from '../../ledger/budgets.ts'
import type { Balance } from '../../ledger/types.ts'
import type { Measure } from '../../limits/types.ts'
import type { Home } from '../../routing/affinity.ts'
import type { LeftOut } from '../../routing/choose.ts'
import type { Block, Standing } from '../../routing/health.ts'
import type { Rule } from '../../routing/rules.ts'
import type { Candidate, Channel } from '../../routing/types.ts'
import type { NanoUsd } from '../../units.ts'
import type { UpstreamRequest } from '../../upstream/types.ts'
import type { Pricing, Quote } from '../admit.ts'

/** The step of the hot path that would refuse a request. */
export type Step = 'authenticate' | 'read' | 'recall' | 'direct' | 'choose' | 'admit' | 'attempt'

export interface Refused {
  readonly step: Step
  readonly error: GatewayError
}

/** All that would become of a request, as far as it would get. What is `undefined` it did not get to. */
export interface Explanation {
  /** The first refusal; what could be found out in spite of it is here all the same. */
  readonly refused: Refused | undefined
  readonly envelope: Envelope | undefined
  readonly names: readonly NameFound[]
  readonly rule: Rule | undefined
  readonly strategy: string
  readonly hedgeAfterMs: number | undefined
  readonly home: Home | undefined
  /** In the order in which they would be asked. */
  readonly ways: readonly Way[]
  readonly leftOut: readonly ChannelLeftOut[]
  /** Who would be asked first. */
  readonly first: First | undefined
  /** What would be set aside: the dearest of the candidates' quotes. */
  readonly quote: Quote | undefined
  readonly limits: readonly LimitLeft[]
  readonly funds: Funds | undefined
}

/** What a name leads to, and how. */
export interface NameFound {
  readonly name: string
  readonly means: 'id' | 'alias' | 'dated' | 'provider' | 'retired' | 'unknown'
  readonly model: Model | undefined
  /** What to call it upstream, where no channel says otherwise. */
  readonly upstreamName: string | undefined
}

export interface ChannelLeftOut {
  readonly channel: Channel
  readonly model: Model
  readonly why: LeftOut
}

export interface First {
  readonly channel: string
  readonly key: string
  readonly why: string
}

/** One way that a request could go. */
export interface Way {
  readonly candidate: Candidate
  readonly keys: readonly KeyState[]
  readonly quote: Quote | undefined
  readonly terms: ReturnType<Pricing['terms']> | undefined
  /** How it would be written; `undefined`: nobody asked. */
  readonly sent: Sent | undefined
}

/** A key of its provider in the order in which they would be taken, and what is the matter with it. */
export interface KeyState {
  readonly id: string
  readonly subjects: readonly {
    readonly subject: string
    readonly standing: Standing
    readonly block: Block | undefined
  }[]
}

/** A request as a candidate would be sent it. */
export type Sent =
  | { readonly kind: 'refused'; readonly error: GatewayError }
  | { readonly kind: 'answered-here'; readonly warnings: readonly string[] }
  | {
      readonly kind: 'sent'
      readonly request: UpstreamRequest
      readonly root: string
      readonly warnings: readonly string[]
    }

/** What is left of a limit. */
export interface LimitLeft {
  readonly measure: Exclude<Measure, 'concurrency'>
  readonly limit: number
  readonly remaining: number
  readonly resetAtMs: number
  /** What the request would count as. */
  readonly needed: number
}

/** Whether the money is there. */
export interface Funds {
  readonly balance: Balance | undefined
  readonly budgets: readonly BudgetLeft[]
  readonly covers: boolean
}

/** `spent`, `held`: `undefined` where no request has asked about this window yet. */
export interface BudgetLeft {
  readonly budget: Budget
  readonly spent: NanoUsd | undefined
  readonly held: NanoUsd | undefined
}
