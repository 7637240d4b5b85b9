import type { Logger } from 'pino'
import type { Administration } from '../http/admin/deps.ts'
import type { Health } from '../routing/health.ts'
import { type Failure, RETRY_RULES } from '../routing/retry.ts'
import { channelSubject, keyModelSubject, keySubject } from '../routing/subjects.ts'
import type { Channel, Provider, ProviderKey } from '../routing/types.ts'
import type { Checked } from '../upstream/check.ts'
import type { Repeated } from './repeat.ts'

export interface CheckParts {
  readonly channels: () => readonly Channel[]
  readonly isPaused: (provider: string) => boolean
  readonly health: Health
  readonly check: (provider: Provider, secret: string, stopped: AbortSignal) => Promise<Checked>
}

export interface ScheduleParts extends CheckParts {
  readonly everyMs: number
  /** In `[0, 1)`: so that replicas that start together do not ask together for ever. */
  readonly random: () => number
  readonly log: Logger
}

/** The pause between two rounds is as long as configured, and up to a fifth shorter or longer. */
const JITTER = 0.2
const TIMER_MAX_MS = 2 ** 31 - 1

/** Tests every key again and again, one after the other. Stopping ends the test under way. */
export const startChecks = ({ everyMs, random, log, ...parts }: ScheduleParts): Repeated => {
  const stopped = new AbortController()
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(TIMER_MAX_MS, everyMs * (1 - JITTER + 2 * JITTER * random())))
      stopped.signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          resolve()
        },
        { once: true },
      )
    })
  const run = async (): Promise<void> => {
    for (await pause(); !stopped.signal.aborted; await pause()) {
      try {
        await checkAll(parts, stopped.signal)
      } catch (error) {
        log.error({ err: error, part: 'health' }, 'keys of providers cannot be tested')
      }
    }
  }
  const running = run()
  return {
    stop: () => {
      stopped.abort()
      return running
    },
  }
}

/** One round. Of a provider that cannot be reached the other keys are not tried: it would be held against it again. */
export const checkAll = async (parts: CheckParts, stopped: AbortSignal): Promise<void> => {
  for (const provider of providersOf(parts.channels())) {
    if (parts.isPaused(provider.id) || provider.kind.inProcess) continue
    for (const key of provider.keys) {
      const checked = await parts.check(provider, key.secret, stopped)
      if (stopped.aborted) return
      const outcome = outcomeOf(checked)
      note(parts, provider, key, outcome)
      if (outcome !== 'well' && outcome !== undefined && RETRY_RULES[outcome].blames.includes('channel')) break
    }
  }
}

const providersOf = (channels: readonly Channel[]): Iterable<Provider> =>
  new Map(channels.map(({ provider }) => [provider.id, provider])).values()

/** What a test says of its key, or of the way to its provider; `undefined`: nothing. */
export const outcomeOf = (checked: Checked): 'well' | Failure | undefined => {
  if ('fault' in checked) return FAULTS[checked.fault]
  const { status } = checked
  if (status >= 200 && status < 300) return 'well'
  if (status === 401) return 'key-refused'
  if (status === 402) return 'quota-exhausted'
  // A key may be good for answers without a right to the list, and the list has limits of its own.
  return status >= 500 ? 'server-error' : undefined
}

const FAULTS: Readonly<Partial<Record<Extract<Checked, { fault: string }>['fault'], Failure>>> = {
  connect: 'no-connection',
  reset: 'no-connection',
  'timeout-connect': 'no-connection',
  'timeout-first-byte': 'timeout',
  'timeout-idle': 'timeout',
  'timeout-total': 'timeout',
  unreadable: 'unreadable',
  'no-token': 'key-refused',
}

const note = (
  { health, channels }: Pick<CheckParts, 'health' | 'channels'>,
  { id }: Provider,
  key: ProviderKey,
  outcome: 'well' | Failure | undefined,
): void => {
  if (outcome === undefined) return
  const subject = keySubject(id, key.id)
  const ways = channels().flatMap((channel) => (channel.provider.id === id ? [channelSubject(channel.id)] : []))
  if (outcome === 'well') {
    if (isProvedWell(health, subject)) health.lift(subject)
    for (const way of ways) if (health.blockOf(way)?.reason === 'no-connection') health.lift(way)
    return
  }
  const { blames, effect } = RETRY_RULES[outcome]
  const mishap = { reason: outcome, effect, retryAfterMs: undefined }
  if (blames.includes('key')) health.failed(subject, mishap)
  if (!blames.includes('channel')) return
  // What is left alone already stays so no longer for a test of ours: after its time a request tries it.
  for (const way of ways) if (health.standingOf(way) !== 'blocked') health.failed(way, mishap)
}

/** A list of models is had without money, and within any limit. */
const isProvedWell = (health: Health, subject: string): boolean => {
  const block = health.blockOf(subject)
  return (block?.kind === 'refused' && block.reason !== 'quota-exhausted') || block?.kind === 'failing'
}

/**
 * What an administrator's test says: whoever wants a key tested wants it used where it is well, whatever it was blocked
 * for but its spend stop.
 */
export const notingTests =
  (health: Health, test: Administration['testProvider']): Administration['testProvider'] =>
  async (provider, model) => {
    const tests = await test(provider, model)
    for (const { id, ok, status } of tests ?? []) {
      // What needs no key has one, by the first number.
      const key = id === '' ? '1' : id
      const subject = keySubject(provider, key)
      if (ok) {
        if (health.blockOf(subject)?.kind !== 'spent') health.lift(subject)
        if (model !== undefined) health.lift(keyModelSubject(provider, key, model))
      } else if (status === 401) {
        health.failed(subject, { reason: 'key-refused', effect: 'disable', retryAfterMs: undefined })
      }
    }
    return tests
  }
