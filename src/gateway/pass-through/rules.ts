import type { Directed } from '../../canon/envelope.ts'
import type { Loss } from '../../canon/losses.ts'
import type { GatewayError } from '../../errors.ts'
import type { Principal } from '../../keys/types.ts'
import { err, ok, type Result } from '../../result.ts'
import { type Asked, certainMatch, firstMatch, type Rule } from '../../routing/rules.ts'
import type { Call } from '../call.ts'
import { bringsTools, type DirectDeps, directedBy, refusalBy } from '../direct.ts'
import { type Ask, NO_MODEL } from './ask.ts'
import { type PassBody, smallValue } from './body.ts'

export type PassRuleDeps = Pick<DirectDeps, 'rules' | 'resolve'>

export type PassDirect = (call: Call, principal: Principal, ask: Ask) => Result<Ask, GatewayError>

/**
 * Does to a request that is passed on unread what the first rule of its key's group says that matches: a refusal, another
 * model, certain channels. What its body means nobody here knows, so that parameters are not set, which is declared, and a
 * condition on what cannot be told does not hold.
 */
export const createPassDirect =
  (deps: PassRuleDeps): PassDirect =>
  (call, principal, ask) => {
    const rules = deps.rules.get(principal.group)
    const rule = rules && firstMatch(rules, askedBy(deps, call, principal, ask))
    if (!rule) return ok(ask)
    const refusal = refusalBy(rule)
    if (refusal) return err(refusal)
    const lost = lossesBy(rule, ask)
    const directed = directedBy(rule, [])
    return ok({ ...ask, envelope: { ...ask.envelope, directed, ...(lost.length > 0 && { lost }) } })
  }

const lossesBy = ({ effects }: Rule, { isFree }: Ask): readonly Loss[] => [
  ...(effects.parameters ? [{ pointer: '', code: 'unsupported' } as const] : []),
  ...(effects.model !== null && isFree ? [{ pointer: '/model', code: 'unsupported' } as const] : []),
]

/** What is seen in a body is there. What is not seen may be there under another name. */
const askedBy = (deps: PassRuleDeps, call: Call, principal: Principal, { body, model }: Ask): Asked => ({
  ...unread(deps, call, principal, model ?? NO_MODEL),
  bytes: body.bytes?.length ?? 0,
  tools: () => (body.kind === 'json' && bringsTools(body.scan)) || undefined,
  images: () => (body.kind === 'json' && (body.scan.imageCount ?? 0) > 0) || undefined,
  stream: streamIn(body),
})

const streamIn = (body: PassBody): boolean | undefined => {
  const value = smallValue(body, 'stream')
  if (value === true || value === 'true') return true
  return value === false || value === 'false' ? false : undefined
}

/** What is known of a request by its address, its headers and its key. `name`: of the model; `undefined`: not yet. */
const unread = (
  { resolve }: PassRuleDeps,
  { request, startedAtMs }: Call,
  { labels }: Principal,
  name: string | undefined,
): Asked => ({
  names: () => {
    if (name === undefined) return undefined
    const found = resolve(name)
    return found.ok ? [name, found.value.model.id] : [name]
  },
  format: undefined,
  bytes: undefined,
  tools: () => undefined,
  images: () => undefined,
  stream: undefined,
  headers: request.headers,
  labels,
  atMs: startedAtMs,
})

/** What the rules say of a session over WebSocket, or of something asked for in it. */
export interface SessionRuling {
  /** Where a session with this model goes, if any rule says so. Before the model is known: what holds whatever it is. */
  directed(call: Call, principal: Principal, model: string | undefined): Result<Directed | undefined, GatewayError>
}

export const createSessionRuling = (deps: PassRuleDeps): SessionRuling => ({
  directed(call, principal, model) {
    const rules = deps.rules.get(principal.group)
    if (!rules) return ok(undefined)
    const asked = unread(deps, call, principal, model)
    const rule = model === undefined ? certainMatch(rules, asked) : firstMatch(rules, asked)
    const refusal = rule && refusalBy(rule)
    if (refusal) return err(refusal)
    return ok(rule && directedBy(rule, []))
  },
})
