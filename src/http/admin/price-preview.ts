import { createRoute, z } from '@hono/zod-openapi'
import type { PriceVersion } from '../../canon/price.ts'
import { DAY_MS, dayOf } from '../../counters/daily.ts'
import { reprice } from '../../counters/preview-price.ts'
import { formatUsd, nanoUsd, type NanoUsd } from '../../units.ts'
import { versionOf } from '../../providers/catalogue-file.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { NewPriceSchema, writtenPriceIn } from './price-schemas.ts'
import { findModel } from './price-changes.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, TIME, USD } from './routes.ts'

const DAYS = 7
/** Receipts of one part, and of all, that are looked at, whatever their model; and for how long. */
const PART_ROWS = 2_000
const ROWS_MAX = 200_000
const TIME_MS = 5_000
const USERS_SHOWN = 20

const count = (description?: string) =>
  z
    .number()
    .int()
    .openapi({ example: 12, ...(description !== undefined && { description }) })
const SUMS = {
  requests: count(),
  cost_usd_then: USD.openapi({ description: 'What they cost: charged, and what accounts could not pay.' }),
  cost_usd_with: USD.openapi({ description: 'What they would have cost.' }),
  difference_usd: USD.openapi({ description: 'With it less then.', example: '-1.200000000' }),
}

const PreviewSchema = z
  .object({
    model: z.string().openapi({ example: 'claude-sonnet-4-6' }),
    since: TIME.openapi({
      description: 'Requests that came in from then on; the oldest looked at, where not all were.',
    }),
    until: TIME,
    whole: z.boolean().openapi({
      description:
        'Whether all requests of the week were looked at. Else the newest, as many as could be in some seconds.',
    }),
    ...SUMS,
    unpriced: count('Requests that used something the new price has no price for. They are in no sum.'),
    by_group: z.array(z.object({ group: z.string(), ...SUMS })),
    by_day: z.array(z.object({ day: z.string().openapi({ format: 'date' }), ...SUMS })),
    by_user: z
      .array(z.object({ user_id: z.string(), email: z.string().nullable(), ...SUMS }))
      .openapi({ description: `The ${USERS_SHOWN} for whom it differs most.` }),
  })
  .openapi('PricePreview')

const previewPrice = createRoute({
  method: 'post',
  path: '/api/admin/models/{model}/price/preview',
  operationId: 'previewPrice',
  tags: ['Prices'],
  summary: 'See what the last week would have cost at a price',
  description:
    'Works out again what every request of the model cost in the last seven days, by its own usage and multipliers, at the ' +
    'price that is sent. Changes nothing. `effective_from` and `reason` are of no matter.',
  security: ADMIN_ONLY,
  request: {
    params: z.object({ model: idParam('claude-sonnet-4-6').openapi({ description: 'A slash in it written %2F.' }) }),
    body: body(NewPriceSchema),
  },
  responses: { 200: answer(PreviewSchema, 'Then and with it.'), ...failures(400, 404, 413, 415) },
})

/** `POST /api/admin/models/{model}/price/preview`. */
export const registerPricePreview = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  app.openapi(previewPrice, async (c) => {
    const model = findModel(deps, c.req.valid('param').model)
    if (!model.ok) return refuse(c, model.error)
    const version = versionOf(writtenPriceIn(c.req.valid('json')), 0)
    const found = await preview(deps, model.value.id, version)
    const users = [...found.users]
      .toSorted(([, one], [, other]) => Number(sizeOf(other) - sizeOf(one)))
      .slice(0, USERS_SHOWN)
    const byUser = await Promise.all(
      users.map(async ([id, sums]) => ({
        user_id: id,
        email: (await deps.store.users.find(id))?.email ?? null,
        ...render(sums),
      })),
    )
    return c.json(
      {
        model: model.value.id,
        since: new Date(found.sinceMs).toISOString(),
        until: new Date(found.untilMs).toISOString(),
        whole: found.isWhole,
        ...render(found.all),
        unpriced: found.unpriced,
        by_group: named(found.groups).map(([group, sums]) => ({ group, ...render(sums) })),
        by_day: named(found.days).map(([day, sums]) => ({ day, ...render(sums) })),
        by_user: byUser,
      },
      200,
    )
  })
}

interface Sums {
  requests: number
  before: bigint
  after: bigint
}

const preview = async ({ store, ledger, nowMs }: ControlPlaneDeps, model: string, version: PriceVersion) => {
  await ledger.settled()
  const untilMs = nowMs()
  const weekMs = untilMs - DAYS * DAY_MS
  const [all, groups, days, users] = [
    nothing(),
    new Map<string, Sums>(),
    new Map<string, Sums>(),
    new Map<string, Sums>(),
  ]
  let [unpriced, sinceMs, looked] = [0, weekMs, 0]
  let after: Awaited<ReturnType<typeof store.overview.receiptsOf>>['after']
  do {
    const part = await store.overview.receiptsOf({ model, sinceMs: weekMs, after, rowsMax: PART_ROWS })
    for (const receipt of part.receipts) {
      const { before, after: with_ } = reprice(receipt, version)
      if (with_ === undefined) unpriced += 1
      else {
        const sums = [all, of(groups, receipt.group), of(days, dayOf(receipt.atMs)), of(users, receipt.userId)]
        for (const each of sums) add(each, before, with_)
      }
    }
    ;({ after } = part)
    sinceMs = after?.atMs ?? weekMs
    looked += PART_ROWS
  } while (after && looked < ROWS_MAX && Math.abs(nowMs() - untilMs) < TIME_MS)
  return { all, groups, days, users, unpriced, sinceMs, untilMs, isWhole: after === undefined }
}

const nothing = (): Sums => ({ requests: 0, before: 0n, after: 0n })

const of = (known: Map<string, Sums>, name: string): Sums => {
  const sums = known.get(name) ?? nothing()
  known.set(name, sums)
  return sums
}

const add = (sums: Sums, before: NanoUsd, after: NanoUsd): void => {
  sums.requests += 1
  sums.before += before
  sums.after += after
}

const named = (known: ReadonlyMap<string, Sums>) => [...known].toSorted(([one], [other]) => (one < other ? -1 : 1))

const sizeOf = ({ before, after }: Sums): bigint => (after > before ? after - before : before - after)

const render = ({ requests, before, after }: Sums) => ({
  requests,
  cost_usd_then: formatUsd(nanoUsd(before)),
  cost_usd_with: formatUsd(nanoUsd(after)),
  difference_usd: formatUsd(nanoUsd(after - before)),
})
