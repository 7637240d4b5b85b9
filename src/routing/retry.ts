import type { AccountFault } from '../providers/types.ts'
import type { Health, Mishap } from './health.ts'
import { channelSubject, keyModelSubject, keySubject, modelSubject } from './subjects.ts'
import type { Candidate, ProviderKey } from './types.ts'

/** How a try failed, whatever the vendor calls it. */
export type Failure =
  | 'rate-limited'
  | 'quota-exhausted'
  | 'key-refused'
  | 'forbidden'
  | 'model-refused'
  | 'model-missing'
  | 'content-refused'
  | 'state-refused'
  | 'overloaded'
  | 'server-error'
  | 'no-connection'
  | 'timeout'
  | 'unreadable'
  | 'key-busy'
  | 'untranslatable'
  | 'request-refused'
  | 'client-left'

/** Who it is held against. */
type Blamed = 'key' | 'key-model' | 'model' | 'channel'

export interface RetryRule {
  /** Whether another key of the provider may do better: before other channels, after all of them, or never. */
  readonly otherKey: 'first' | 'last' | 'never'
  readonly otherChannel: boolean
  readonly blames: readonly Blamed[]
  readonly effect: Mishap['effect']
}

const rule = (
  otherKey: RetryRule['otherKey'],
  otherChannel: boolean,
  blames: readonly Blamed[] = [],
  effect: Mishap['effect'] = 'count',
): RetryRule => ({ otherKey, otherChannel, blames, effect })

/** The retry table. What blames nobody says nothing about anybody's health. */
export const RETRY_RULES: Readonly<Record<Failure, RetryRule>> = {
  // Limits are counted by key and, at most vendors, by model.
  'rate-limited': rule('first', true, ['key-model'], 'wait'),
  'quota-exhausted': rule('first', true, ['key'], 'disable'),
  'key-refused': rule('first', true, ['key'], 'disable'),
  // It may be the key's fault or the request's: held against the key where another route answers the same request.
  forbidden: rule('first', true, ['key-model']),
  'model-refused': rule('first', true, ['key-model'], 'shun'),
  'model-missing': rule('never', true, ['model'], 'shun'),
  // What one vendor's filter refuses another may answer.
  'content-refused': rule('never', true),
  // Asked once more without the state; after that it is the request's own fault.
  'state-refused': rule('never', false),
  overloaded: rule('last', true, ['model']),
  'server-error': rule('last', true, ['model', 'channel']),
  'no-connection': rule('last', true, ['channel']),
  timeout: rule('last', true, ['model', 'channel']),
  unreadable: rule('last', true, ['model']),
  // Our own limit for it: nothing was sent.
  'key-busy': rule('first', true),
  untranslatable: rule('never', true),
  'request-refused': rule('never', false),
  'client-left': rule('never', false),
}

/** What an upstream's refusal says of itself. */
export interface Refused {
  readonly status: number
  /** Its body, as far as it was read; may repeat whatever the client wrote. */
  readonly text: string
  readonly accountFaults: readonly AccountFault[] | undefined
}

/** Parts of a request, which a refusal may be about: it says nothing of the key then. */
const NAMES_REQUEST = /moderation|flagged|policy|filter|safety|file|resource|beta|feature|region|exist|parameter/i
const NAMES_MODEL = /model/i
/** Anthropic, OpenAI and Google on reasoning state that is not theirs, not this account's, or not whole. */
const NAMES_STATE =
  /invalid_encrypted_content|encrypted content .{0,40}(?:verified|decrypted)|invalid `?signature|thought[_ ]signature/i

/** Finds the failure in a refusal of an upstream; `undefined`: it is an answer. */
export const failureOfStatus = ({ status, text, accountFaults }: Refused): Failure | undefined => {
  if (status < 400) return status >= 300 ? 'server-error' : undefined
  const account = accountFaultIn(text, accountFaults)
  if (account) return account
  switch (status) {
    case 400:
      return NAMES_STATE.test(text) ? 'state-refused' : 'request-refused'
    case 401:
    case 407:
      return 'key-refused'
    case 402:
      return 'quota-exhausted'
    case 403:
      if (NAMES_REQUEST.test(text)) return 'content-refused'
      return NAMES_MODEL.test(text) ? 'model-refused' : 'forbidden'
    case 404:
      return NAMES_MODEL.test(text) ? 'model-missing' : 'request-refused'
    case 429:
      return 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
    default:
      return status >= 500 || status === 408 ? 'server-error' : 'request-refused'
  }
}

/**
 * What a vendor says of the operator's account in its own fields. Words anywhere else in a body may be the client's: a key
 * must not be given up because somebody wrote them into a header.
 */
export const accountFaultIn = (
  text: string,
  faults: readonly AccountFault[] = [],
): AccountFault['means'] | undefined => {
  const error = faults.length === 0 ? undefined : errorIn(text)
  if (!error) return undefined
  return faults.find(({ field, is }) => {
    if (field === 'reason') return reasonsIn(error).includes(is)
    const value = error[field]
    return field === 'message' ? typeof value === 'string' && value.startsWith(is) : value === is
  })?.means
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The error's object in a body; Google sometimes sends a list of one. */
const errorIn = (text: string): JsonObject | undefined => {
  try {
    const body: unknown = JSON.parse(text)
    const first: unknown = Array.isArray(body) ? body[0] : body
    const error = isObject(first) ? first.error : undefined
    return isObject(error) ? error : undefined
  } catch {
    // A page for people names no field.
    return undefined
  }
}

const reasonsIn = ({ details }: JsonObject): readonly unknown[] =>
  Array.isArray(details) ? details.filter(isObject).map(({ reason }) => reason) : []

/** Statuses whose body decides what they mean. */
export const BODY_DECIDES: ReadonlySet<number> = new Set([400, 402, 403, 404, 429])

/** How a try went, and of whom. */
export interface Tried {
  readonly candidate: Candidate
  readonly key: ProviderKey
  /** `undefined`: well. */
  readonly failure: Failure | undefined
  readonly retryAfterMs?: number | undefined
  /** What a try that began before a block says does not end it. */
  readonly startedAtMs: number
}

/** Failures whose `retry-after` is about the load, and not about one request. */
const WAITED_FOR: ReadonlySet<Failure> = new Set(['rate-limited', 'overloaded'])

/** Says to everybody's health how a try ended. */
export const noteOutcome = (health: Health, { candidate, key, failure, retryAfterMs, startedAtMs }: Tried): void => {
  if (failure === undefined && health.untroubled) return
  const { provider } = candidate.channel
  const subjects: Readonly<Record<Blamed, string>> = {
    key: keySubject(provider.id, key.id),
    'key-model': keyModelSubject(provider.id, key.id, candidate.upstreamModel),
    model: modelSubject(candidate),
    channel: channelSubject(candidate.channel.id),
  }
  // A request that its vendor found wrong was answered by everybody who had to.
  const isWell = failure === undefined || WELL_FAILURES.has(failure)
  const { blames, effect } = isWell ? WELL : RETRY_RULES[failure]
  const waitMs = failure !== undefined && WAITED_FOR.has(failure) ? retryAfterMs : undefined
  for (const [blamed, subject] of Object.entries(subjects) as [Blamed, string][]) {
    if (isWell) health.succeeded(subject, startedAtMs)
    else if (blames.includes(blamed)) health.failed(subject, { reason: failure, effect, retryAfterMs: waitMs })
    else health.unprobe(subject)
  }
}

/** Another route answered what this key was forbidden: it was the key's fault. */
export const blameKey = (health: Health, { candidate, key }: Pick<Tried, 'candidate' | 'key'>): void =>
  health.failed(keySubject(candidate.channel.provider.id, key.id), {
    reason: 'key-refused',
    effect: 'disable',
    retryAfterMs: undefined,
  })

const WELL_FAILURES: ReadonlySet<Failure> = new Set(['request-refused', 'content-refused', 'state-refused'])

const WELL: Pick<RetryRule, 'blames' | 'effect'> = { blames: [], effect: 'count' }
