import { createRoute, z } from '@hono/zod-openapi'
import { dayAfter, DAY_MS, dayOf } from '../../counters/daily.ts'
import type { OverviewSums, OverviewTop } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { formatUsd, nanoUsd } from '../../units.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { dayField } from './fields.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, failures, USD } from './routes.ts'

const DAYS_DEFAULT = 30
/** Days of one answer, each of which is there. */
const DAYS_MAX = 400
const TOPS = 10

const count = (description?: string) =>
  z
    .number()
    .int()
    .openapi({ example: 12, ...(description !== undefined && { description }) })

const SUMS = {
  requests: count('Settled requests.'),
  errors: count('Of them, those that delivered nothing; `failed` in `/api/admin/usage`.'),
  unpriced: count('Requests whose cost at the provider nobody knows; they make the margin look better than it is.'),
  cost_usd: USD.openapi({ description: 'What was charged. Refunds are not taken off.' }),
  uncollected_usd: USD.openapi({ description: 'What it cost above what the accounts could pay.' }),
  provider_cost_usd: USD.openapi({ description: 'What providers should bill.' }),
  margin_usd: USD.openapi({ description: '`cost_usd` less `provider_cost_usd`.', example: '4.200000000' }),
}

const topsOf = (name: string, more: z.ZodRawShape = {}) =>
  z.object({
    data: z.array(z.object({ [name]: z.string(), ...more, ...SUMS })).openapi({ description: 'The dearest first.' }),
    rest: z.object(SUMS).openapi({ description: 'Everybody else together: with `data` it adds up to `totals`.' }),
  })

const OverviewSchema = z
  .object({
    since: z.string().openapi({ format: 'date', example: '2026-10-23' }),
    until: z.string().openapi({ format: 'date', example: '2026-11-21' }),
    totals: z.object(SUMS),
    previous: z.object(SUMS).openapi({ description: 'Of as many days before `since`.' }),
    series: z
      .array(z.object({ day: z.string(), ...SUMS }))
      .openapi({ description: 'Every day, also without requests.' }),
    by_provider: topsOf('provider'),
    by_model: topsOf('model'),
    by_user: topsOf('user_id', { email: z.string().nullable() }),
    users: z.object({ total: count(), new: count('Since the beginning of `since`.') }),
    accounts: z
      .array(z.object({ account: z.string(), balance_usd: USD }))
      .openapi({ description: 'As in `/api/admin/ledger/accounts`, now.' }),
    alerts_open: count('What goes on of what operators want to be told of.'),
  })
  .openapi('Overview')

const showOverview = createRoute({
  method: 'get',
  path: '/api/admin/overview',
  operationId: 'getOverview',
  tags: ['Usage'],
  summary: 'See traffic, spend and margin at once',
  description:
    'From the same counters as `/api/admin/usage`, so that both say the same: about a second after each request, by the ' +
    'UTC day on which it came in.',
  security: ADMIN_ONLY,
  request: {
    query: z.strictObject({
      since: dayField.optional().openapi({ format: 'date', description: 'The first day. 30 days ago when left out.' }),
      until: dayField.optional().openapi({ format: 'date', description: 'The last day. Today when left out.' }),
    }),
  },
  responses: { 200: answer(OverviewSchema, 'All of it.'), ...failures(400) },
})

/** `GET /api/admin/overview`. */
export const registerOverview = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { overview, balances } = deps.store
  app.openapi(showOverview, async (c) => {
    const query = c.req.valid('query')
    const until = query.until ?? dayOf(deps.nowMs())
    const since = query.since ?? dayAfter(until, 1 - DAYS_DEFAULT)
    const days = (Date.parse(until) - Date.parse(since)) / DAY_MS + 1
    if (days < 1 || days > DAYS_MAX) return refuse(c, daysFault(days))
    const [previous, providers, models, users, people, accounts, alerts] = await Promise.all([
      overview.totals(dayAfter(since, -days), dayAfter(since, -1)),
      overview.tops('provider', since, until, TOPS),
      overview.tops('model', since, until, TOPS),
      overview.tops('userId', since, until, TOPS),
      overview.users(Date.parse(since)),
      balances.house(),
      deps.store.alerts.openCount(),
    ])
    // Read last, and everything else is a part of it: counters only grow, and so what is said adds up.
    const series = await overview.days(since, until)
    const totals = series.reduce<OverviewSums>(plus, NOTHING)
    const emails = await Promise.all(users.map(async ({ name }) => (await deps.store.users.find(name))?.email ?? null))
    const render = (
      tops: readonly OverviewTop[],
      named: (top: OverviewTop, index: number) => Record<string, unknown>,
    ) => ({
      data: tops.map((top, index) => ({ ...named(top, index), ...sumsOf(top) })),
      rest: sumsOf(tops.reduce(less, totals)),
    })
    return c.json(
      {
        since,
        until,
        totals: sumsOf(totals),
        previous: sumsOf(previous),
        series: everyDay(since, days, series),
        by_provider: render(providers, ({ name }) => ({ provider: name })),
        by_model: render(models, ({ name }) => ({ model: name })),
        by_user: render(users, ({ name }, index) => ({ user_id: name, email: emails[index] ?? null })),
        users: { total: people.total, new: people.since },
        accounts: accounts.map(({ account, balance }) => ({ account, balance_usd: formatUsd(balance) })),
        alerts_open: alerts,
      },
      200,
    )
  })
}

const daysFault = (days: number) => {
  const issue = days < 1 ? 'must not come before since' : `must be at most ${DAYS_MAX} days after since`
  return fault('invalid-request', `until ${issue}`, { param: 'until', issue })
}

const everyDay = (since: string, days: number, known: readonly (OverviewSums & { readonly day: string })[]) => {
  const byDay = new Map(known.map((sums) => [sums.day, sums]))
  return Array.from({ length: days }, (_, index) => {
    const day = dayAfter(since, index)
    return { day, ...sumsOf(byDay.get(day) ?? NOTHING) }
  })
}

const NOTHING: OverviewSums = {
  requests: 0,
  failed: 0,
  unpriced: 0,
  cost: nanoUsd(0n),
  uncollected: nanoUsd(0n),
  providerCost: nanoUsd(0n),
}

const plus = (one: OverviewSums, other: OverviewSums): OverviewSums => ({
  requests: one.requests + other.requests,
  failed: one.failed + other.failed,
  unpriced: one.unpriced + other.unpriced,
  cost: nanoUsd(one.cost + other.cost),
  uncollected: nanoUsd(one.uncollected + other.uncollected),
  providerCost: nanoUsd(one.providerCost + other.providerCost),
})

const less = (all: OverviewSums, some: OverviewSums): OverviewSums => ({
  requests: all.requests - some.requests,
  failed: all.failed - some.failed,
  unpriced: all.unpriced - some.unpriced,
  cost: nanoUsd(all.cost - some.cost),
  uncollected: nanoUsd(all.uncollected - some.uncollected),
  providerCost: nanoUsd(all.providerCost - some.providerCost),
})

const sumsOf = ({ requests, failed, unpriced, cost, uncollected, providerCost }: OverviewSums) => ({
  requests,
  errors: failed,
  unpriced,
  cost_usd: formatUsd(cost),
  uncollected_usd: formatUsd(uncollected),
  provider_cost_usd: formatUsd(providerCost),
  margin_usd: formatUsd(nanoUsd(cost - providerCost)),
})
