import { type Hook, OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { fault } from '../../errors.ts'
import { outageOf } from '../../ledger/refusals.ts'
import { auditRest } from './audit.ts'
import { registerAuditLog } from './audit-log.ts'
import { registerWholeAuditLog } from './audit-log-admin.ts'
import { requireAdmin, requireKey, requireSession } from './authorise.ts'
import { limitBody, limitLongBody } from './body.ts'
import { registerAlerts } from './alerts.ts'
import { registerAliases } from './aliases.ts'
import { registerChannels } from './channels.ts'
import { registerCodes } from './codes.ts'
import { registerRedeem } from './codes-redeem.ts'
import { registerCredits } from './credits.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { registerGroups } from './groups.ts'
import { registerInvitations } from './invitations.ts'
import { registerOperatorInvitations } from './invitations-admin.ts'
import { registerMembers } from './organisations-members.ts'
import { registerOrganisations } from './organisations.ts'
import { registerSession } from './session.ts'
import { registerAuth } from './session-auth.ts'
import { registerHealth } from './health.ts'
import { registerStatus } from './health-status.ts'
import { registerImpersonate } from './impersonate.ts'
import { registerKeys } from './keys.ts'
import { registerLedger } from './ledger.ts'
import { registerMe } from './me.ts'
import { registerDescription } from './openapi.ts'
import { registerOverview } from './overview.ts'
import { registerLimits } from './overview-limits.ts'
import { registerReceiptKeys } from './receipt-keys.ts'
import { registerPeople } from './people.ts'
import { registerPeopleRecovery } from './people-recovery.ts'
import { registerPlans } from './plans.ts'
import { registerPricePreview } from './price-preview.ts'
import { registerPrices } from './prices.ts'
import { registerAllPrices } from './prices-all.ts'
import { registerPublicModels } from './public-models.ts'
import { registerProjects } from './projects.ts'
import { registerProviders } from './providers.ts'
import { registerReconciliations } from './reconciliations.ts'
import { mistakesFault, mistakesIn, refuse } from './refusal.ts'
import { registerRefunds } from './refunds.ts'
import { registerRequests } from './requests.ts'
import { registerReload } from './reload.ts'
import { registerTryRules } from './rules-try.ts'
import { registerSystem } from './system.ts'
import { answerUnrouted } from './unrouted.ts'
import { registerUsage } from './usage.ts'
import { registerUsers } from './users.ts'
import { registerUserMembers } from './users-members.ts'

/**
 * The control plane: everything under `/api/` but the gateway's own `/api/proxy/`, which is matched before. Call it as
 * `app.fetch(request, { ip })`, or mount it with `parent.route('/', app)`; it answers unknown paths under `/api/` too.
 */
export const createControlPlane = (deps: ControlPlaneDeps): ControlPlaneApp => {
  const app: ControlPlaneApp = new OpenAPIHono<ControlPlaneEnv>({ defaultHook: nameMistakes })
  app.use('*', nameRequest(deps))
  app.use('/api/*', limitBody, forbidStoring)
  const auditing = auditRest(app, deps)
  for (const path of ['/api/admin/*', '/api/me/*', '/api/organisations/*']) app.use(path, auditing)
  app.use('/api/admin/*', requireAdmin(deps))
  app.use('/api/admin/reconciliations', limitLongBody)
  app.use('/api/me/*', requireKey(deps))
  for (const path of ['/api/organisations/*', '/api/invitations/:token/accept']) app.use(path, requireSession(deps))
  registerAuth(app, deps)
  registerSession(app, deps)
  registerOrganisations(app, deps)
  registerMembers(app, deps)
  registerInvitations(app, deps)
  registerOperatorInvitations(app, deps)
  registerAuditLog(app, deps)
  registerWholeAuditLog(app, deps)
  registerPeople(app, deps)
  registerPeopleRecovery(app, deps)
  registerImpersonate(app, deps)
  registerUsers(app, deps)
  registerUserMembers(app, deps)
  registerCredits(app, deps)
  registerPlans(app, deps)
  registerCodes(app, deps)
  registerRedeem(app, deps)
  registerProjects(app, deps)
  registerKeys(app, deps)
  registerRequests(app, deps)
  registerRefunds(app, deps)
  registerReceiptKeys(app, deps)
  registerLedger(app, deps)
  registerUsage(app, deps)
  registerOverview(app, deps)
  registerReconciliations(app, deps)
  registerPrices(app, deps)
  registerAllPrices(app, deps)
  registerPricePreview(app, deps)
  registerProviders(app, deps)
  if (deps.providersHealth) registerHealth(app, deps.providersHealth, deps)
  if (deps.status) registerStatus(app, deps.status)
  if (deps.publicModels) registerPublicModels(app, deps.publicModels)
  registerChannels(app, deps)
  registerGroups(app, deps)
  registerTryRules(app, deps)
  registerAliases(app, deps)
  registerReload(app, deps)
  registerAlerts(app, deps)
  if (deps.facts.limits) registerLimits(app, deps, deps.facts.limits)
  if (deps.system) registerSystem(app, deps, deps.system)
  registerMe(app, deps)
  registerDescription(app, deps.facts)
  app.all('/api/*', answerUnrouted(app))
  app.notFound((c) => refuse(c, fault('not-found', `There is nothing at ${c.req.path}.`)))
  app.onError(answerFailure)
  return app
}

const nameRequest =
  (deps: ControlPlaneDeps): MiddlewareHandler<ControlPlaneEnv> =>
  async (c, next) => {
    const requestId = deps.newRequestId()
    c.set('requestId', requestId)
    c.header('x-request-id', requestId)
    await next()
    const refusal = c.get('refusal')
    if (c.res.status < 500 || refusal === undefined) return
    // What was thrown says more than the answer it was turned into.
    deps.reportFailure(c.error ?? refusal, { requestId, method: c.req.method, path: c.req.path })
  }

const forbidStoring = async (c: Context, next: () => Promise<void>): Promise<void> => {
  await next()
  // Keys and balances have no business in anyone's cache.
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
}

const nameMistakes: Hook<unknown, ControlPlaneEnv, string, Response | undefined> = (result, c) => {
  if (result.success) return undefined
  if (result.target === 'param') return refuse(c, fault('not-found', `There is nothing at ${c.req.path}.`))
  const mistakes = mistakesIn(result.error.issues)
  return refuse(c, mistakesFault(mistakes), mistakes)
}

// The framework throws for a body it cannot read; everything else that arrives here is a defect of ours.
const answerFailure = (failure: Error, c: Context<ControlPlaneEnv>): Response => {
  if (failure instanceof HTTPException && failure.status === 415) {
    return refuse(
      c,
      fault('unsupported-media-type', 'Send the body as JSON, with the header "content-type: application/json".'),
    )
  }
  if (failure instanceof HTTPException && failure.status === 400) {
    return refuse(c, fault('invalid-json', 'The body is not valid JSON.'))
  }
  const outage = outageOf(failure)
  if (outage) return refuse(c, outage)
  return refuse(
    c,
    fault('internal', 'Something went wrong on our side. It was logged under the request id; try again.'),
  )
}
