import type { Envelope } from '../../canon/envelope.ts'
import type { GatewayError } from '../../errors.ts'
import { mayDo } from '../../keys/principal.ts'
import type { Principal } from '../../keys/types.ts'
import type { Admission } from '../../limits/types.ts'
import { type ChooseDeps, resolveName } from '../../routing/choose.ts'
import type { Router } from '../../routing/router.ts'
import type { Rule } from '../../routing/rules.ts'
import type { Candidate } from '../../routing/types.ts'
import { dearest } from '../admit.ts'
import type { Call } from '../call.ts'
import type { Choose } from '../choose.ts'
import type { Deps } from '../handle.ts'
import type { Prepare } from '../lane.ts'
import { type CoverDeps, fundsFor, limitsLeft } from './cover.ts'
import type { ChannelLeftOut, Explanation, NameFound, Refused, Step } from './explanation.ts'
import { waysOf, type WaysDeps } from './ways.ts'

/** The steps of the hot path themselves, and what can be known of the rest without doing it. */
export interface ExplainDeps extends Pick<Deps, 'read' | 'recall' | 'direct'>, CoverDeps, WaysDeps {
  readonly choose: Choose
  readonly ruleFor: (call: Call, principal: Principal, envelope: Envelope) => Rule | undefined
  readonly names: Pick<ChooseDeps, 'channels' | 'resolve'>
  readonly router: Pick<Router, 'look'>
  readonly lanes: (call: Call, envelope: Envelope, principal: Principal) => Prepare
  readonly strategyOf: (group: string) => string
  readonly hedgeAfterMs: (group: string) => number | undefined
}

export interface ExplainOptions {
  /** What the call that explains was told when it was counted. */
  readonly counted: Admission | undefined
  /** Whether the request is written out for every candidate. */
  readonly all: boolean
}

export type Explain = (call: Call, principal: Principal, options: ExplainOptions) => Promise<Explanation>

/**
 * Goes the way of a request with the very steps that it would go through, up to where something would be counted, set
 * aside or sent, and tells what was found. A refusal does not end it where the rest can still be told.
 */
export const createExplain =
  (deps: ExplainDeps): Explain =>
  async (call, principal, options) => {
    const refusals: Refused[] = []
    const refuse = (step: Step, error: GatewayError | undefined) => {
      if (error) refusals.push({ step, error })
    }
    const scope = mayDo(principal, call.operation.action)
    refuse('authenticate', scope.ok ? undefined : scope.error)
    const asked = await askedFor(deps, call, principal)
    if (asked.refused) refusals.push(asked.refused)
    const told = { ...NOTHING, envelope: asked.envelope, rule: asked.rule, ...groupFacts(deps, principal) }
    const names = asked.envelope ? namesIn(deps, asked.envelope, asked.rule) : []
    if (!asked.envelope || asked.refused) return { ...told, names, refused: refusals[0] }

    const leftOut: ChannelLeftOut[] = []
    const chosen = deps.choose(call, principal, asked.envelope, (channel, model, why) =>
      leftOut.push({ channel, model, why }),
    )
    refuse('choose', chosen.ok ? undefined : chosen.error)
    const candidates = chosen.ok ? chosen.value : []
    const going = await gone(deps, call, principal, asked.envelope, candidates, options, refuse)
    return { ...told, ...going, names, leftOut, refused: refusals[0] }
  }

const NOTHING: Omit<Explanation, 'envelope' | 'names' | 'rule' | 'refused' | 'strategy' | 'hedgeAfterMs'> = {
  home: undefined,
  ways: [],
  leftOut: [],
  first: undefined,
  quote: undefined,
  limits: [],
  funds: undefined,
}

const groupFacts = ({ strategyOf, hedgeAfterMs }: ExplainDeps, { group }: Principal) => ({
  strategy: strategyOf(group),
  hedgeAfterMs: hedgeAfterMs(group),
})

/** What is asked for: read, with what it refers to, and as a rule would have it. */
const askedFor = async (
  deps: ExplainDeps,
  call: Call,
  principal: Principal,
): Promise<{ readonly envelope?: Envelope; readonly rule?: Rule; readonly refused?: Refused }> => {
  const read = await deps.read(call)
  if (!read.ok) return { refused: { step: 'read', error: read.error } }
  const recalled = await deps.recall(call, principal, read.value)
  if (!recalled.ok) return { envelope: read.value, refused: { step: 'recall', error: recalled.error } }
  const rule = deps.ruleFor(call, principal, recalled.value)
  const directed = deps.direct(call, principal, recalled.value)
  const found = rule ? { rule } : {}
  if (!directed.ok) return { ...found, envelope: recalled.value, refused: { step: 'direct', error: directed.error } }
  return { ...found, envelope: directed.value }
}

/** What comes after somebody was chosen. */
const gone = async (
  deps: ExplainDeps,
  call: Call,
  principal: Principal,
  envelope: Envelope,
  candidates: readonly Candidate[],
  { counted, all }: ExplainOptions,
  refuse: (step: Step, error: GatewayError | undefined) => void,
): Promise<Partial<Explanation>> => {
  if (candidates.length === 0) return {}
  const quote = dearest(deps.pricing, call, principal, envelope, candidates)
  refuse('admit', quote.ok ? undefined : quote.error)
  const limits = quote.ok
    ? await limitsLeft(deps.counting, call, principal, candidates, quote.value, counted)
    : undefined
  refuse('admit', limits?.error)
  const funds = quote.ok ? await fundsFor(deps, principal, quote.value, call.startedAtMs) : undefined
  refuse('admit', funds?.error)
  const look = deps.router.look(candidates, envelope)
  const going = { call, principal, envelope, candidates, look, write: deps.lanes(call, envelope, principal) }
  const { ways, first, error } = await waysOf(deps, going, all)
  refuse('attempt', error)
  return {
    home: look.home,
    ways,
    first: first && { channel: first.candidate.channel.id, key: first.key.id, why: first.why },
    quote: quote.ok ? quote.value : undefined,
    limits: limits?.found ?? [],
    funds: funds?.found,
  }
}

/** What each name that is asked for leads to: the client's, and the rule's. */
const namesIn = (
  { names }: ExplainDeps,
  { model, fallbacks }: Envelope,
  rule: Rule | undefined,
): readonly NameFound[] => {
  const asked = [model, ...fallbacks, ...(rule?.effects.model ? [rule.effects.model] : [])]
  return [...new Set(asked)].map((name) => nameFound(name, resolveName(names, name)))
}

const nameFound = (name: string, found: ReturnType<typeof resolveName>): NameFound => {
  if (!found.ok) {
    const means = found.error.kind === 'model-retired' ? 'retired' : 'unknown'
    return { name, means, model: undefined, upstreamName: undefined }
  }
  const { model, upstreamName, only } = found.value
  const means = only !== undefined ? 'provider' : model.id === name ? 'id' : upstreamName === name ? 'dated' : 'alias'
  return { name, means, model, upstreamName }
}
