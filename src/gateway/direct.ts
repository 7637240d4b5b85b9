import type { Directed, Envelope } from '../canon/envelope.ts'
import type { Loss } from '../canon/losses.ts'
import type { Operation } from '../canon/operation.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { Scan } from '../canon/scan.ts'
import { skipSpace } from '../canon/scan-tokens.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Principal } from '../keys/types.ts'
import { err, ok, type Result } from '../result.ts'
import { type ChooseDeps, resolveName } from '../routing/choose.ts'
import { type ParameterTree, withParameters } from '../routing/rules-parameters.ts'
import { type Asked, firstMatch, type Rule } from '../routing/rules.ts'
import type { Call } from './call.ts'

export interface DirectDeps extends Pick<ChooseDeps, 'channels' | 'resolve'> {
  /** By group; one that has none is not in it. */
  readonly rules: ReadonlyMap<string, readonly Rule[]>
  readonly depthMax: number
}

export type Direct = (call: Call, principal: Principal, envelope: Envelope) => Result<Envelope, GatewayError>

/**
 * Does to a request what the first rule of its key's group says that matches: another model, certain channels, changed
 * parameters, or a refusal. What is changed is changed in the body, so that everything after it, the quote included, sees
 * what will be sent.
 */
export const createDirect =
  (deps: DirectDeps): Direct =>
  (call, principal, envelope) => {
    const rules = deps.rules.get(principal.group)
    if (!rules) return ok(envelope)
    const rule = ruleFor(deps, call, principal, envelope)
    const refusal = rule && refusalBy(rule)
    if (refusal) return err(refusal)
    const ruleOf = (name: string) => firstMatch(rules, askedBy(deps, call, principal, envelope, name))
    const { standing, dropped } = fallbacksOf(envelope, rule, ruleOf)
    if (!rule && dropped === 0) return ok(envelope)
    const changed = rule ? changedBy(rule, call, envelope, deps.depthMax) : ok(envelope)
    if (!changed.ok) return changed
    const lost = [...(envelope.lost ?? []), ...lossesBy(rule, call, envelope, dropped)]
    return ok({ ...changed.value, directed: directedBy(rule, standing), ...(lost.length > 0 && { lost }) })
  }

/** The rule that counts for a request, if any does. */
export const ruleFor = (
  deps: Omit<DirectDeps, 'depthMax'>,
  call: Call,
  principal: Principal,
  envelope: Envelope,
): Rule | undefined => {
  const rules = deps.rules.get(principal.group)
  return rules && firstMatch(rules, askedBy(deps, call, principal, envelope, envelope.model))
}

/** What a rule refuses with; `undefined`: it refuses nothing. */
export const refusalBy = ({ name, effects }: Rule): GatewayError | undefined =>
  effects.refuse === null ? undefined : fault('refused-by-rule', effects.refuse, { internal: `rule ${name}` })

/** What a rule says of where a request goes. */
export const directedBy = (rule: Rule | undefined, fallbacks: readonly string[]): Directed => ({
  rule: rule?.name,
  model: rule?.effects.model ?? undefined,
  fallbacks,
  channels: rule?.effects.channels ?? undefined,
})

/** What a rule may ask of a request that asks for a model of this name. */
const askedBy = (
  deps: Pick<ChooseDeps, 'channels' | 'resolve'>,
  { operation, request, startedAtMs }: Call,
  { labels }: Principal,
  { scan, stream }: Envelope,
  name: string,
): Asked => ({
  names: () => {
    const found = resolveName(deps, name)
    return found.ok ? [name, found.value.model.id] : [name]
  },
  format: operation.format,
  bytes: scan.bytes.length,
  tools: () => bringsTools(scan),
  images: () => bringsImages(scan, operation),
  stream,
  headers: request.headers,
  labels,
  atMs: startedAtMs,
})

const BRACKET = 0x5b
const BRACKET_END = 0x5d

/** A list with something in it. `functions` is what Chat called them before. */
export const bringsTools = ({ bytes, members }: Scan): boolean =>
  ['tools', 'functions'].some((name) => {
    const member = members.get(name)
    return (
      member !== undefined &&
      bytes[member.valueStart] === BRACKET &&
      bytes[skipSpace(bytes, member.valueStart + 1)] !== BRACKET_END
    )
  })

/** Files of a form are images where an image is asked for, and sounds where they are to be written down. */
const bringsImages = ({ form, imageCount = 0 }: Scan, { format }: Operation): boolean =>
  form ? format === 'openai-images' && form.some(({ fileName }) => fileName !== undefined) : imageCount > 0

/**
 * Fallbacks that stand: a rule counts for whoever is asked for, so one that another rule counts for is left out. It would
 * otherwise be the way around that rule. One that the same rule counts for is answered by the model that the rule says.
 */
const fallbacksOf = (
  { fallbacks }: Envelope,
  rule: Rule | undefined,
  ruleOf: (name: string) => Rule | undefined,
): { readonly standing: readonly string[]; readonly dropped: number } => {
  const standing: string[] = []
  let dropped = 0
  for (const name of fallbacks) {
    const own = ruleOf(name)
    if (own === undefined || (own === rule && own.effects.model === null)) standing.push(name)
    else if (own !== rule) dropped += 1
  }
  return { standing, dropped }
}

/** What of the client's wishes the rule leaves out. */
const lossesBy = (
  rule: Rule | undefined,
  { operation }: Call,
  { providers, scan }: Envelope,
  dropped: number,
): readonly Loss[] => {
  const losses: Loss[] = []
  if (dropped > 0) losses.push({ pointer: '/fallbacks', code: 'unsupported' })
  if (rule?.effects.channels && providers.length > 0) losses.push({ pointer: '/provider', code: 'unsupported' })
  // A form has no members to set.
  if (rule?.effects.parameters && scan.form && !isCount(operation)) losses.push({ pointer: '', code: 'unsupported' })
  return losses
}

/** A count of tokens takes none of the parameters that what is counted for may have. */
const isCount = ({ action }: Operation): boolean => action === 'count-tokens'

/** The request with the rule's parameters, read anew. */
const changedBy = (
  { name, effects }: Rule,
  call: Call,
  envelope: Envelope,
  depthMax: number,
): Result<Envelope, GatewayError> => {
  const { parameters } = effects
  if (!parameters || envelope.scan.form || isCount(call.operation)) return ok(envelope)
  const said = (error: GatewayError) =>
    err({ ...error, message: `The rule ${name} changes this request: ${error.message}` })
  const scan = edited(envelope.scan, parameters, call.operation, depthMax)
  if (!scan.ok) return said(scan.error)
  if (scan.value === envelope.scan) return ok(envelope)
  const read = call.protocol.readEnvelope(scan.value, call.operation)
  if (!read.ok) return said(read.error)
  const written = envelope.asWritten && edited(envelope.asWritten, parameters, call.operation, depthMax)
  if (written && !written.ok) return said(written.error)
  return ok({
    ...read.value,
    ...(written && { asWritten: written.value }),
    ...(envelope.lost && { lost: envelope.lost }),
    // What it names is kept where it was.
    ...(envelope.heldBy && { heldBy: envelope.heldBy }),
  })
}

const edited = (
  scan: Scan,
  parameters: ParameterTree,
  { format }: Operation,
  depthMax: number,
): Result<Scan, GatewayError> => {
  const body = withParameters(scan, parameters, format === 'gemini' ? snakeCase : undefined)
  if (!body.ok) return body
  return body.value === scan.bytes ? ok(scan) : scanObject(body.value, { depthMax })
}

/** Google's JSON takes both spellings of a field, and not both at once. */
const snakeCase = (name: string): readonly string[] => {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return [snake, camel]
}
