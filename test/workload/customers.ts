import type { Admin } from '../harness/admin.ts'
import { nano, usd } from './arithmetic.ts'
import type { Random } from './random.ts'
import { GROUPS, type Group, PLANS, RATE_MULTIPLIERS } from './world.ts'

export type Window = 'total' | '5h' | 'day' | 'week' | 'month'
export type Budgets = Partial<Record<Window, bigint>>

export interface Key {
  readonly id: string
  readonly secret: string
  readonly group: Group
  readonly projectId: string | undefined
  readonly budgets: Budgets
}

export interface Customer {
  readonly userId: string
  readonly rateMultiplier: string
  readonly plan: string | undefined
  readonly keys: readonly Key[]
  /** Answers may cost more than was held for them. */
  readonly surprises: boolean
  /** What was paid in, given back and paid for plans, in nano-dollars: all that is no charge. */
  paidNano: bigint
}

export interface Project {
  readonly id: string
  readonly budgets: Budgets
}

export interface Clientele {
  readonly customers: readonly Customer[]
  readonly projects: readonly Project[]
}

const RICH_NANO = nano('100000')
/** What a request costs on average, roughly: whoever is to run dry gets a part of what they would need. */
const COST_NANO = nano('0.0018')

const part = (share: number, requests: number): bigint =>
  (COST_NANO * BigInt(Math.max(1, Math.round(share * requests * 1_000)))) / 1_000n

const must = async <T>(admin: Admin, path: string, body: unknown): Promise<T> => {
  const answer = await admin.call('POST', path, body)
  if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body as T
}

const bodyOf = ({ total, ...windows }: Budgets) => ({
  ...(total === undefined ? {} : { budget_usd: usd(total) }),
  ...(Object.keys(windows).length === 0
    ? {}
    : { budgets: Object.fromEntries(Object.entries(windows).map(([window, limit]) => [window, usd(limit)])) }),
})

/** Some customers run dry, some of their keys run out of budget, some surprise; most just ask. */
export const makeClientele = async (
  admin: Admin,
  random: Random,
  users: number,
  requests: number,
): Promise<Clientele> => {
  const share = requests / users
  const projects: Project[] = []
  for (const budgets of [{ total: part(0.8, share) }, { day: part(1, share), month: part(3, share) }]) {
    const { id } = await must<{ id: string }>(admin, '/api/admin/projects', { name: 'workload', ...bodyOf(budgets) })
    projects.push({ id, budgets })
  }
  const customers: Customer[] = []
  for (let index = 0; index < users; index += 1)
    customers.push(await makeCustomer(admin, random, index, share, projects))
  return { customers, projects }
}

const makeCustomer = async (
  admin: Admin,
  random: Random,
  index: number,
  share: number,
  projects: readonly Project[],
): Promise<Customer> => {
  const rateMultiplier = random.pick(RATE_MULTIPLIERS)
  const surprises = index % 8 === 5
  const isPoor = index % 6 === 1
  const plan = index === 2 ? 'slow' : [undefined, 'basic', 'pro', undefined][index % 4]
  const bought = plan !== undefined && PLANS[plan]?.price_usd
  const { id: userId } = await must<{ id: string }>(admin, '/api/admin/users', {
    email: `${crypto.randomUUID()}@example.org`,
    rate_multiplier: rateMultiplier,
    ...(plan === undefined || bought ? {} : { plan }),
  })
  const money = (isPoor || surprises ? part(surprises ? 4 : 0.4, share) : RICH_NANO) + (bought ? nano(bought) : 0n)
  await must(admin, `/api/admin/users/${userId}/credits`, {
    ...{ amount_usd: usd(money), reason: 'workload', idempotency_key: crypto.randomUUID() },
  })
  if (bought)
    await must(admin, `/api/admin/users/${userId}/plan-purchase`, { plan, idempotency_key: crypto.randomUUID() })
  const keys: Key[] = []
  for (let number = 0; number <= index % 3; number += 1) {
    const isBudgeted = !surprises && number === 1
    const budgets: Budgets = isBudgeted ? budgetsOf(index, share) : {}
    const project = !surprises && number === 2 ? projects[index % projects.length] : undefined
    const group = random.pick(Object.keys(GROUPS) as Group[])
    const { id, key } = await must<{ id: string; key: string }>(admin, '/api/admin/keys', {
      ...{ user_id: userId, name: 'workload', group, project_id: project?.id ?? null },
      ...bodyOf(budgets),
    })
    keys.push({ id, secret: key, group, projectId: project?.id, budgets })
  }
  return { userId, rateMultiplier, plan, keys, surprises, paidNano: money - (bought ? nano(bought) : 0n) }
}

const budgetsOf = (index: number, share: number): Budgets =>
  index % 2 === 0
    ? { total: part(0.2, share) }
    : { '5h': part(0.2, share), day: part(0.25, share), week: part(1, share) }
