import type { Clientele } from './customers.ts'
import type { Told } from './client.ts'
import { nano } from './arithmetic.ts'
import type { Random } from './random.ts'
import type { Stage } from './stage.ts'

const EVERY_MS = 150
const TRIES_MAX = 200
const BETWEEN_TRIES_MS = 300

export interface Operator {
  /** Postings that were answered, and how many of them were asked for again after that. */
  readonly done: { credits: number; refunds: number; repeated: number }
  /** What should never have been answered. */
  readonly faults: string[]
  stop(): Promise<void>
}

/**
 * Gives credit and refunds while requests are made, each under a key of its own that is used until there is an answer,
 * and sometimes once more; and looks at balances, at any replica.
 */
export const startOperator = (
  stage: Stage,
  { customers }: Clientele,
  random: Random,
  lastWhole: () => Told | undefined,
): Operator => {
  const operator: Omit<Operator, 'stop'> = { done: { credits: 0, refunds: 0, repeated: 0 }, faults: [] }
  let isOver = false
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    for (let turn = 0; turn < TRIES_MAX; turn += 1) {
      try {
        const answer = await random.pick(stage.gateways).call(method, path, body)
        if (answer.status < 500) return answer
      } catch {
        // A replica that is down, or that went while it was asked: another one is asked.
      }
      await Bun.sleep(BETWEEN_TRIES_MS)
    }
    throw new Error(`${method} ${path} was answered by no gateway`)
  }
  /** What was posted, taken from the answer; said again it must be the same answer. */
  const post = async (path: string, body: object): Promise<Record<string, string> | undefined> => {
    const whole = { ...body, reason: 'workload', idempotency_key: crypto.randomUUID() }
    let answer = await call('POST', path, whole)
    if (random.chance(0.5)) {
      operator.done.repeated += 1
      const again = await call('POST', path, whole)
      // What was refused may be possible a moment later: the charge to give back was on its way.
      if (answer.status === 201 && again.status !== 201) operator.faults.push(`${path}: 201, then ${again.status}`)
      answer = again
    }
    return answer.status === 201 ? (answer.body as Record<string, string>) : undefined
  }
  const turn = async (): Promise<void> => {
    const customer = random.pick(customers)
    const whole = lastWhole()
    if (whole && random.chance(0.5)) {
      const refund = await post(
        `/api/admin/requests/${whole.requestId}/refund`,
        random.chance(0.3) ? {} : { amount_usd: '0.000000701' },
      )
      if (!refund) return
      whole.ask.customer.paidNano += nano(refund['refunded_usd'] ?? '')
      operator.done.refunds += 1
    } else if (random.chance(0.5)) {
      const amount = random.pick(['0.000000001', '0.00123', '0.02'])
      if (!(await post(`/api/admin/users/${customer.userId}/credits`, { amount_usd: amount }))) return
      customer.paidNano += nano(amount)
      operator.done.credits += 1
    } else {
      const { body } = await call('GET', `/api/admin/users/${customer.userId}/balance`)
      if (/"-/.test(JSON.stringify(body))) operator.faults.push(`a balance below zero: ${JSON.stringify(body)}`)
    }
  }
  const run = async (): Promise<void> => {
    while (!isOver) {
      await turn()
      await Bun.sleep(EVERY_MS)
    }
  }
  const running = run().catch((error: unknown) => void operator.faults.push(String(error)))
  return {
    ...operator,
    stop: async () => {
      isOver = true
      await running
    },
  }
}
