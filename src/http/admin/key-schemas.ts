import { z } from '@hono/zod-openapi'
import { type KeyRecord, SCOPES } from '../../keys/types.ts'
import { BUDGET_USD_FIELD, BUDGETS_FIELD, BudgetsSchema, renderBudgets, TotalBudgetSchema } from './budget-fields.ts'
import { addressField, countField, durationField, line, listOf, momentField, oneOf } from './fields.ts'
import { TIME } from './routes.ts'

/** How long a rotation leaves the old secret valid when the request does not say: time for a deployment to pass. */
export const OVERLAP_DEFAULT_MS = 600_000
const OVERLAP_DAYS_MAX = 30
const LABELS_MAX = 16
const LABEL_CHARACTERS_MAX = 64

const shownLimit = (what: string, example: number | null = null) =>
  z
    .number()
    .int()
    .nullable()
    .openapi({ description: `${what}; null: as the user's plan says.`, example })

const wantedLimit = (description: string, example: number) => countField.nullish().openapi({ description, example })

export const KeySchema = z
  .object({
    id: z.string().openapi({ example: 'key_01jd8m5w2c' }),
    user_id: z.string().openapi({ example: 'user_01jd8m3q7x' }),
    project_id: z.string().nullable().openapi({ example: null }),
    name: z.string().openapi({ example: 'build server' }),
    group: z.string().openapi({ description: 'Which channels the key may use.', example: 'default' }),
    prefix: z
      .string()
      .openapi({ description: 'The first characters of the secret, to recognise it by.', example: 'sk-tg-4f9a' }),
    state: z.enum(['active', 'expired', 'revoked']),
    models: z.array(z.string()).nullable().openapi({ description: 'null: every model of the group.', example: null }),
    rpm: shownLimit('Requests a minute', 60),
    tpm: shownLimit('Tokens a minute'),
    itpm: shownLimit('Input tokens a minute'),
    otpm: shownLimit('Output tokens a minute'),
    concurrency: shownLimit('Requests under way at once'),
    budget_usd: TotalBudgetSchema,
    budgets: BudgetsSchema,
    ip_allow: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'null: from anywhere.', example: ['203.0.113.0/24'] }),
    scopes: z.array(z.enum(SCOPES)).openapi({ description: 'Empty: all of them.', example: ['generate'] }),
    labels: z.array(z.string()).openapi({ description: 'What rules of its group can look at.', example: ['ci'] }),
    created_at: TIME,
    expires_at: TIME.nullable(),
    revoked_at: TIME.nullable().openapi({ example: null }),
    made_by: z.enum(['operator', 'member']).openapi({
      description: 'Who made it. Of one that an operator made, members change the name alone.',
      example: 'member',
    }),
  })
  .openapi('Key')

const SECRET = z.string().openapi({
  description: 'The secret itself, shown this once: only its SHA-256 is stored.',
  example: 'sk-tg-…',
})

export const CreatedKeySchema = KeySchema.extend({ key: SECRET }).openapi('CreatedKey')

export const RotatedKeySchema = KeySchema.extend({
  key: SECRET,
  old_valid_until: TIME.openapi({ description: 'Until then the old secret is accepted too.' }),
}).openapi('RotatedKey')

export const NewKeySchema = z
  .strictObject({
    user_id: line(200).openapi({ example: 'user_01jd8m3q7x' }),
    name: line(200).openapi({ description: 'For people to tell keys apart.', example: 'build server' }),
    group: line(64).nullish().openapi({ description: 'A group of the configuration; `default` when left out.' }),
    project_id: line(200)
      .nullish()
      .openapi({
        description:
          'The id of a project, whose budgets the key then shares, or any other label under which usage is gathered. ' +
          'Keys of one project share their kept responses.',
      }),
    models: listOf(line(200), 500)
      .nullish()
      .openapi({ description: 'The only models it may use.', example: ['gpt-5-mini'] }),
    rpm: wantedLimit('Requests a minute.', 60),
    tpm: wantedLimit('Tokens a minute, input and output together.', 100000),
    itpm: wantedLimit('Input tokens a minute; reads from a cache do not count.', 80000),
    otpm: wantedLimit('Output tokens a minute.', 20000),
    concurrency: wantedLimit('Requests under way at once.', 4),
    budget_usd: BUDGET_USD_FIELD,
    budgets: BUDGETS_FIELD,
    expires_at: momentField.nullish().openapi({ description: 'Refused from then on. Must be in the future.' }),
    ip_allow: listOf(addressField, 100)
      .nullish()
      .openapi({ description: 'The only addresses and ranges it works from.' }),
    scopes: listOf(oneOf(SCOPES), SCOPES.length)
      .nullish()
      .openapi({ description: 'What it may do; all when left out.' }),
    // Nothing is allowed by leaving them out, so that an empty list means what it says.
    labels: z
      .array(line(LABEL_CHARACTERS_MAX), { error: 'must be a list' })
      .max(LABELS_MAX, `must have at most ${LABELS_MAX} entries`)
      .nullish()
      .openapi({ description: 'What rules of its group can look at.', example: ['ci'] }),
  })
  .openapi('NewKey')

export const KeyChangesSchema = NewKeySchema.pick({
  models: true,
  rpm: true,
  tpm: true,
  itpm: true,
  otpm: true,
  concurrency: true,
  budget_usd: true,
  budgets: true,
  expires_at: true,
  ip_allow: true,
  labels: true,
})
  .extend({ name: line(200).optional() })
  .strict()
  .openapi('KeyChanges')

export const RotationSchema = z
  .strictObject({
    overlap: durationField(OVERLAP_DAYS_MAX)
      .optional()
      .openapi({
        type: ['string', 'integer'],
        description: `How long the old secret stays valid: "10m", "2d" or seconds, up to ${OVERLAP_DAYS_MAX} days. 0: not at all.`,
        default: '10m',
      }),
  })
  .openapi('Rotation')

const iso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())

export const keyState = (key: KeyRecord, nowMs: number): 'active' | 'expired' | 'revoked' => {
  if (key.revokedAtMs !== null) return 'revoked'
  return key.expiresAtMs !== null && key.expiresAtMs <= nowMs ? 'expired' : 'active'
}

/** A key as the API shows it; there is no secret in a `KeyRecord` to leak. */
export const renderKey = (key: KeyRecord, nowMs: number) => ({
  id: key.id,
  user_id: key.userId,
  project_id: key.projectId,
  name: key.name,
  group: key.group,
  prefix: key.prefix,
  state: keyState(key, nowMs),
  models: key.models === null ? null : [...key.models],
  rpm: key.rpm,
  tpm: key.tpm,
  itpm: key.itpm,
  otpm: key.otpm,
  concurrency: key.concurrency,
  ...renderBudgets(key.budgets),
  ip_allow: key.ipAllow === null ? null : [...key.ipAllow],
  scopes: [...key.scopes],
  labels: [...key.labels],
  created_at: new Date(key.createdAtMs).toISOString(),
  expires_at: iso(key.expiresAtMs),
  revoked_at: iso(key.revokedAtMs),
  made_by: key.madeBy,
})
