import type { AlertEventRecord, AlertRuleRecord, AlertStore } from '../db/types.ts'
import { readCondition } from './conditions.ts'
import { evaluate, type Sight } from './evaluate.ts'
import { messageOf } from './message.ts'
import { failureOf, tell, type TellDeps } from './tell.ts'

export interface AlertWatchDeps extends TellDeps {
  readonly store: AlertStore
  readonly sight: Sight
  /** Events that are kept once they are over. */
  readonly eventsMax: number
  /** Says that this replica goes on with it; `false`: another has taken over by now. */
  readonly renew: () => Promise<boolean>
  /** Told about a rule that could not be looked at. */
  readonly onFailure: (rule: Pick<AlertRuleRecord, 'id' | 'name'>, error: unknown) => void
}

/** One turn: every rule is looked at, what changed is noted, and what is due is told. For one replica at a time. */
export const createAlertWatch = (deps: AlertWatchDeps): { turn(): Promise<void> } => ({
  turn: async () => {
    const isOurs = ownershipOf(deps)
    for (const rule of await deps.store.rules()) {
      if (!(await isOurs())) return
      await look(deps, rule)
    }
    // Read anew: what was deleted or changed while others were looked at is told no more, or elsewhere.
    const rules = await deps.store.rules()
    await tellDue(deps, new Map(rules.map((rule) => [rule.id, rule])), isOurs)
    await deps.store.prune(deps.eventsMax)
  },
})

const RENEWED_EVERY_MS = 5_000

/** Whether this turn is still this replica's, which is asked and made known every few seconds. */
const ownershipOf = ({ renew, nowMs }: AlertWatchDeps): (() => Promise<boolean>) => {
  let renewedAtMs = nowMs()
  let isOurs = Promise.resolve(true)
  return () => {
    if (nowMs() - renewedAtMs >= RENEWED_EVERY_MS) {
      renewedAtMs = nowMs()
      // What was lost once is not this turn's any more.
      isOurs = isOurs.then((is) => is && renew())
    }
    return isOurs
  }
}

const look = async ({ store, sight, nowMs, onFailure }: AlertWatchDeps, rule: AlertRuleRecord): Promise<void> => {
  const condition = readCondition(rule.kind, rule.condition)
  if (!condition) return
  try {
    // What a rule found that is switched off is over.
    await store.note(rule, rule.enabled ? await evaluate(condition, sight, nowMs()) : [])
  } catch (error) {
    onFailure(rule, error)
  }
}

/** In one turn, so many of them together: one webhook that does not answer must not hold up all others. */
const TOLD_IN_A_TURN = 50
const TOLD_TOGETHER = 10
/** Then nothing more is begun: rules have to be looked at, too. What is left is due in the next turn. */
const TELLING_MAX_MS = 30_000
/** About a day, with the waits below: then it is given up, and the event says so. */
const ATTEMPTS_MAX = 12
const WAIT_MS = 10_000
const WAIT_MAX_MS = 4 * 3_600_000

const tellDue = async (
  deps: AlertWatchDeps,
  rules: ReadonlyMap<string, AlertRuleRecord>,
  isOurs: () => Promise<boolean>,
): Promise<void> => {
  const waiting = (await deps.store.due(TOLD_IN_A_TURN)).values()
  const beganAtMs = deps.nowMs()
  const teller = async (): Promise<void> => {
    for (const event of waiting) {
      if (deps.nowMs() - beganAtMs >= TELLING_MAX_MS || !(await isOurs())) return
      const rule = rules.get(event.ruleId)
      if (rule) await tellOne(deps, rule, event)
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: TOLD_TOGETHER }, teller))
  const failed = ended.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

const tellOne = async (deps: AlertWatchDeps, rule: AlertRuleRecord, event: AlertEventRecord): Promise<void> => {
  const { store, nowMs } = deps
  // That it began is told first, also where it is over by now.
  const what = event.told === 'nothing' ? 'fired' : 'resolved'
  const telling = await tell(deps, rule, messageOf(event, what))
  const failure = failureOf(telling)
  // What one way has told is not told again because another failed.
  if (failure === undefined || telling.webhook?.ok || telling.mail?.ok) {
    await store.told(event.id, what, failure ?? null)
    return
  }
  const waitMs = Math.min(WAIT_MS * 4 ** event.attempts, WAIT_MAX_MS)
  await store.failed(event.id, failure, event.attempts + 1 >= ATTEMPTS_MAX ? null : nowMs() + waitMs)
}
