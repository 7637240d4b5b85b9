import { z } from '@hono/zod-openapi'
import { webhookMistake } from '../../alerts/address.ts'
import { ALERT_KINDS, type AlertKind, type Condition, SPENT } from '../../alerts/conditions.ts'
import { err, ok, type Result } from '../../result.ts'
import { formatUsd, ZERO_USD } from '../../units.ts'
import { amountField, countField, durationField, emailField, line, oneOf } from './fields.ts'
import type { Mistake } from './refusal.ts'
import { TIME, USD } from './routes.ts'

const PROVIDER = line(200).nullish().openapi({ description: 'Only this provider.', example: 'claude-main' })
const MODEL = line(200).nullish().openapi({ description: 'Only this model, as it was served.' })

const NewConditionSchema = z
  .strictObject({
    provider: PROVIDER,
    model: MODEL,
    user_id: line(200).nullish().openapi({ description: 'Only this user. `balance_low` needs one.' }),
    percent: z
      .number({ error: 'must be a whole number from 1 to 100' })
      .int('must be a whole number from 1 to 100')
      .min(1, 'must be a whole number from 1 to 100')
      .max(100, 'must be a whole number from 1 to 100')
      .optional()
      .openapi({ description: '`error_rate`: fires from this share on.', example: 10 }),
    window: durationField(1).optional().openapi({ description: '`error_rate`: over which time; 10m when left out.' }),
    requests_min: countField.optional().openapi({
      description: '`error_rate`: with fewer requests nothing is said; 20 when left out.',
    }),
    amount_usd: amountField('10.00').optional().openapi({
      description: '`balance_low`: fires below it. `spend_above`: fires above it, by the day in UTC.',
    }),
    of: oneOf(SPENT).optional().openapi({ description: '`spend_above`: of what; `charged` when left out.' }),
  })
  .openapi('NewAlertCondition')

const NAME = line(200).openapi({ example: 'Anthropic is down' })
const WEBHOOK = z
  .string({ error: 'must be a string' })
  .superRefine((text, context) => {
    const mistake = webhookMistake(text)
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake })
  })
  .nullish()
  .openapi({
    type: ['string', 'null'],
    description: 'Where messages are posted to.',
    example: 'https://hooks.example.com/1',
  })
/** An empty list is nobody, and nothing else: not as of what a key may do. */
const EMAILS = z
  .array(emailField, { error: 'must be a list' })
  .max(10, 'must have at most 10 entries')
  .nullish()
  .openapi({ description: 'Who gets messages by e-mail; empty: nobody.' })
const ENABLED = z.boolean().optional().openapi({ description: 'Whether it is looked at; true when left out.' })

export const NewAlertSchema = z
  .strictObject({
    name: NAME,
    kind: oneOf(ALERT_KINDS).openapi({ description: 'What is told; it cannot be changed.', example: 'error_rate' }),
    condition: NewConditionSchema.optional(),
    enabled: ENABLED,
    webhook_url: WEBHOOK,
    emails: EMAILS,
  })
  .openapi('NewAlert')

export const AlertChangesSchema = z
  .strictObject({
    name: NAME.optional(),
    condition: NewConditionSchema.optional().openapi({ description: 'The whole of it.' }),
    enabled: ENABLED,
    webhook_url: WEBHOOK,
    emails: EMAILS,
    rotate_secret: z.literal(true).optional().openapi({ description: 'Signs with another secret from now on.' }),
  })
  .openapi('AlertChanges')

const ConditionSchema = z.object({
  provider: z.string().optional(),
  model: z.string().optional(),
  user_id: z.string().optional(),
  percent: z.number().int().optional(),
  window: z.string().optional().openapi({ example: '600s' }),
  requests_min: z.number().int().optional(),
  amount_usd: USD.optional(),
  of: z.enum(SPENT).optional(),
})

export const ALERT = {
  id: z.string().openapi({ example: 'alert_01jd8m3q7x' }),
  name: z.string().openapi({ example: 'Anthropic is down' }),
  kind: z.string().openapi({ description: ALERT_KINDS.join(', '), example: 'error_rate' }),
  condition: ConditionSchema,
  enabled: z.boolean(),
  webhook_url: z.string().nullable().openapi({
    description: 'Without its path, which is often a secret.',
    example: 'https://hooks.example.com/…',
  }),
  emails: z.array(z.string()),
  created_at: TIME,
  created_by: z.string().openapi({ example: 'admin_key' }),
  updated_at: TIME,
}
export const AlertSchema = z.object(ALERT).openapi('Alert')
export const AlertWithSecretSchema = z
  .object({
    ...ALERT,
    secret: z.string().optional().openapi({
      description: 'What messages to the webhook are signed with; shown when it is made.',
      example: 'whsec_…',
    }),
  })
  .openapi('AlertWithSecret')

export const EventSchema = z
  .object({
    id: z.string().openapi({ example: 'event_01jd8m3q7x' }),
    rule_id: z.string(),
    rule_name: z.string(),
    kind: z.string(),
    subject: z.string().openapi({ description: 'What it is about: a provider, a user, a model; empty: the whole.' }),
    summary: z.string().openapi({ example: 'Provider claude-main is paused by the operator: invoice unpaid.' }),
    value: z.string().nullable(),
    threshold: z.string().nullable(),
    open: z.boolean().openapi({ description: 'It goes on.' }),
    fired_at: TIME,
    resolved_at: TIME.nullable(),
    acknowledged_at: TIME.nullable(),
    acknowledged_by: z.string().nullable(),
    told: z.enum(['nothing', 'fired', 'resolved']).openapi({ description: 'What has been told of it so far.' }),
    next_attempt_at: TIME.nullable().openapi({ description: 'When telling is tried again.' }),
    failure: z.string().nullable().openapi({ description: 'Why telling failed last.', example: null }),
  })
  .openapi('AlertEvent')

type WrittenCondition = z.infer<typeof NewConditionSchema>
type Field = keyof WrittenCondition

const FIELDS: Readonly<Record<AlertKind, { readonly may: readonly Field[]; readonly must: readonly Field[] }>> = {
  provider_paused: { may: ['provider'], must: [] },
  provider_unhealthy: { may: ['provider'], must: [] },
  error_rate: { may: ['window', 'requests_min', 'provider', 'model'], must: ['percent'] },
  balance_low: { may: [], must: ['user_id', 'amount_usd'] },
  spend_above: { may: ['of', 'user_id', 'provider', 'model'], must: ['amount_usd'] },
  ledger_fault: { may: [], must: [] },
}

const WINDOW_MS = 10 * 60_000
const WINDOW_MIN_MS = 60_000
const REQUESTS_MIN = 20

/** The condition of a rule of this kind, or all that is wrong with it. */
export const conditionFrom = (
  kind: AlertKind,
  written: WrittenCondition = {},
): Result<Condition, readonly Mistake[]> => {
  const { may, must } = FIELDS[kind]
  const isGiven = (field: Field): boolean => written[field] !== undefined && written[field] !== null
  const mistakes = [
    ...must.filter((field) => !isGiven(field)).map((field) => ({ field, issue: `is required for ${kind}` })),
    ...(Object.keys(written) as Field[])
      .filter((field) => isGiven(field) && !may.includes(field) && !must.includes(field))
      .map((field) => ({ field, issue: `is not a field of ${kind}` })),
    ...((written.window ?? WINDOW_MS) < WINDOW_MIN_MS ? [{ field: 'window', issue: 'must be at least 1m' }] : []),
  ].map(({ field, issue }) => ({ field: `condition.${field}`, issue }))
  if (mistakes.length > 0) return err(mistakes)
  const { percent = 0, window: windowMs = WINDOW_MS, requests_min: requestsMin = REQUESTS_MIN } = written
  const { amount_usd: amount, of = 'charged' } = written
  const narrowed = {
    ...(isGiven('provider') && { provider: written.provider ?? undefined }),
    ...(isGiven('model') && { model: written.model ?? undefined }),
    ...(isGiven('user_id') && { userId: written.user_id ?? undefined }),
  }
  switch (kind) {
    case 'provider_paused':
    case 'provider_unhealthy':
      return ok({ kind, ...narrowed })
    case 'error_rate':
      return ok({ kind, percent, windowMs, requestsMin, ...narrowed })
    case 'balance_low':
      return ok({ kind, userId: written.user_id ?? '', amount: amount ?? ZERO_USD })
    case 'spend_above':
      return ok({ kind, of, amount: amount ?? ZERO_USD, ...narrowed })
    case 'ledger_fault':
      return ok({ kind })
  }
}

/** As it was written. */
export const renderCondition = (condition: Condition): z.infer<typeof ConditionSchema> => {
  const { userId, windowMs, requestsMin, amount, ...same } = {
    ...{ userId: undefined, windowMs: undefined, requestsMin: undefined, amount: undefined },
    ...condition,
  }
  const { kind: _, ...rest } = same
  return {
    ...rest,
    ...(userId !== undefined && { user_id: userId }),
    ...(windowMs !== undefined && { window: `${windowMs / 1_000}s` }),
    ...(requestsMin !== undefined && { requests_min: requestsMin }),
    ...(amount !== undefined && { amount_usd: formatUsd(amount) }),
  }
}
