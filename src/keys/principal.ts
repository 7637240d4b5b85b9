import type { Action } from '../canon/operation.ts'
import type { FoundKey } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import { type Budget, type BudgetRule, budgetsOf, keySubject, projectSubject } from '../ledger/budgets.ts'
import { err, ok, type Result } from '../result.ts'
import type { KeyRecord, Principal, Scope } from './types.ts'

/** What a plan, or everyone, may use with each key. */
export type KeyLimits = Pick<Principal, 'rpm' | 'tpm' | 'itpm' | 'otpm' | 'concurrency'>

/** Flattens a key and its user. A limit is the key's own, else its plan's, else the `ceiling` for everyone. */
export const toPrincipal = (
  { key, user, projectBudgets }: FoundKey,
  plans: ReadonlyMap<string, KeyLimits>,
  ceiling: KeyLimits,
): Principal => {
  const plan = user.plan === null ? undefined : plans.get(user.plan)
  return {
    keyId: key.id,
    userId: user.id,
    projectId: key.projectId,
    group: key.group,
    models: key.models === null ? null : new Set(key.models),
    ipAllow: key.ipAllow,
    scopes: new Set(key.scopes),
    labels: key.labels,
    rpm: key.rpm ?? plan?.rpm ?? ceiling.rpm,
    tpm: key.tpm ?? plan?.tpm ?? ceiling.tpm,
    itpm: key.itpm ?? plan?.itpm ?? ceiling.itpm,
    otpm: key.otpm ?? plan?.otpm ?? ceiling.otpm,
    concurrency: key.concurrency ?? plan?.concurrency ?? ceiling.concurrency,
    budgets: budgetsOfKey(key, projectBudgets),
    expiresAtMs: key.expiresAtMs,
    userMultiplier: user.rateMultiplier,
    plan: user.plan,
  }
}

const NO_BUDGETS: readonly Budget[] = []

const budgetsOfKey = ({ id, projectId, budgets }: KeyRecord, projectBudgets: readonly BudgetRule[]) => {
  if (budgets.length === 0 && projectBudgets.length === 0) return NO_BUDGETS
  const own = budgetsOf(keySubject(id), budgets)
  return projectId === null ? own : [...own, ...budgetsOf(projectSubject(projectId), projectBudgets)]
}

/**
 * Whether the key may use a model, by the name the client asked for or by the catalogue id it resolved to: a list may
 * name an alias or what is behind it. Fails as `model-not-allowed`.
 */
export const mayUse = (
  principal: Pick<Principal, 'models'>,
  requested: string,
  resolvedId: string = requested,
): Result<undefined, GatewayError> => {
  const { models } = principal
  if (models === null || models.has(resolvedId) || models.has(requested)) return ALLOWED
  const asked = `"${requested.slice(0, NAME_CHARACTERS_SHOWN)}"`
  const choice = models.size === 0 ? 'It may use no model at all.' : `It may use: ${enumerate(models)}.`
  return err(
    fault('model-not-allowed', `This key may not use the model ${asked}. ${choice} ${ASK_MODELS}`, { param: 'model' }),
  )
}

/** Whether the key's scopes cover what is asked; no scopes at all means every scope. Fails as `scope-not-allowed`. */
export const mayDo = (
  principal: Pick<Principal, 'scopes'>,
  action: Action | Scope,
): Result<undefined, GatewayError> => {
  const { scopes } = principal
  const needed = SCOPE_FOR[action]
  if (scopes.size === 0 || scopes.has(needed)) return ALLOWED
  const message = `This key lacks the scope "${needed}"; it has: ${enumerate(scopes)}. Use another key, or ask for it.`
  return err(fault('scope-not-allowed', message))
}

const ALLOWED = ok(undefined)
const ASK_MODELS = "Choose one of those, or ask for it to be added to the key's models."
const NAME_CHARACTERS_SHOWN = 100
const NAMES_SHOWN = 10

/** Counting tokens belongs to generating: who may send a prompt may learn its size. */
const SCOPE_FOR: Record<Action | Scope, Scope> = {
  generate: 'generate',
  'count-tokens': 'generate',
  embed: 'embed',
  'embed-batch': 'embed',
  'generate-image': 'generate',
  'edit-image': 'generate',
  'vary-image': 'generate',
  speak: 'generate',
  transcribe: 'generate',
  translate: 'generate',
  moderate: 'generate',
  // Rankings are for whoever searches, as embeddings are.
  rerank: 'embed',
  'rerank-v2': 'embed',
  models: 'models',
  receipts: 'receipts',
  account: 'account',
  'pass-through': 'pass-through',
}

const enumerate = (names: ReadonlySet<string>): string => {
  const shown = [...names].slice(0, NAMES_SHOWN).join(', ')
  return names.size > NAMES_SHOWN ? `${shown} and ${names.size - NAMES_SHOWN} more` : shown
}
