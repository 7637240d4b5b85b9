import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { newToken, openInvitation, tokenHash } from '../../accounts/invitations.ts'
import { invitationMessage } from '../../accounts/messages.ts'
import type { InvitationCounts, InvitationRecord, NewInvitation } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { audit } from './audit.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { emailField } from './fields.ts'
import { countedSince, isAddressFree, refusalOfInvitation } from './invitations-limits.ts'
import { enterOrganisation, requirePerson } from './organisations-access.ts'
import { mayTouch, roleField } from './organisations-members.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures, idParam, notFound, SIGNED_IN, TIME } from './routes.ts'

export const InvitationSchema = z
  .object({
    id: z.string().openapi({ example: 'invitation_01jd8m3q7x' }),
    user_id: z.string().nullable().openapi({ description: 'The organisation; null: an account of one’s own.' }),
    email: z
      .string()
      .nullable()
      .openapi({ description: 'Only this address may accept it; null: whoever has the link.' }),
    role: z.string().nullable().openapi({ example: 'developer' }),
    invited_by: z.string(),
    created_at: TIME,
    expires_at: TIME,
  })
  .openapi('Invitation')

export const MadeInvitationSchema = InvitationSchema.extend({
  url: z.string().openapi({ description: 'The link. It is shown this once.' }),
  sent: z.boolean().openapi({ description: 'Whether it goes to the address by mail, which gets a few a day at most.' }),
}).openapi('MadeInvitation')

const ShownSchema = z
  .object({
    organisation: z.object({ id: z.string(), name: z.string() }).nullable(),
    email: z.string().nullable(),
    role: z.string().nullable(),
    expires_at: TIME,
  })
  .openapi('ShownInvitation')

const SHARED = { tags: ['Organisations'], security: SIGNED_IN }
const PARAMS = z.object({ id: idParam('user_01jd8m3q7x') })
const TOKEN_PARAMS = z.object({ token: idParam('x4J…') })
const PATH = '/api/organisations/{id}/invitations'

const listInvitations = createRoute({
  ...SHARED,
  method: 'get',
  path: PATH,
  operationId: 'listInvitations',
  summary: 'List invitations that were not accepted yet',
  request: { params: PARAMS, query: z.strictObject(PAGING) },
  responses: { 200: answer(listingOf(InvitationSchema), 'A page of invitations.'), ...failures(400, 403, 404) },
})

const createInvitation = createRoute({
  ...SHARED,
  method: 'post',
  path: PATH,
  operationId: 'createInvitation',
  summary: 'Invite somebody to an organisation',
  request: {
    params: PARAMS,
    body: body(z.strictObject({ email: emailField.nullish(), role: roleField }).openapi('NewInvitation')),
  },
  responses: {
    201: answer(MadeInvitationSchema, 'The invitation, with its link.'),
    ...failures(400, 403, 404, 409, 413, 415),
  },
})

const removeInvitation = createRoute({
  ...SHARED,
  method: 'delete',
  path: `${PATH}/{invitation_id}`,
  operationId: 'removeInvitation',
  summary: 'Take an invitation back',
  request: { params: z.object({ ...PARAMS.shape, invitation_id: idParam('invitation_01jd8m3q7x') }) },
  responses: { 204: { description: 'It counts no more.' }, ...failures(403, 404) },
})

const getInvitation = createRoute({
  tags: SHARED.tags,
  method: 'get',
  path: '/api/invitations/{token}',
  operationId: 'getInvitation',
  summary: 'Say what a link invites to',
  description: 'For whoever has the link, signed in or not.',
  request: { params: TOKEN_PARAMS },
  responses: { 200: answer(ShownSchema, 'The invitation.'), ...failures(404) },
})

const acceptInvitation = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/invitations/{token}/accept',
  operationId: 'acceptInvitation',
  summary: 'Accept an invitation, signed in',
  request: { params: TOKEN_PARAMS },
  responses: { 200: answer(ShownSchema, 'To what it was.'), ...failures(403, 404, 409) },
})

/** `/api/organisations/{id}/invitations`, and `/api/invitations/{token}`. */
export const registerInvitations = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { invitations } = deps.store
  app.openapi(listInvitations, async (c) => {
    const { id } = c.req.valid('param')
    const access = await enterOrganisation(deps, c, id, 'members')
    if (!access.ok) return refuse(c, access.error)
    const { rows, nextCursor } = await invitations.list(id, pageOf(c.req.valid('query')))
    return c.json({ data: rows.map(renderInvitation), next_cursor: nextCursor }, 200)
  })

  app.openapi(createInvitation, async (c) => {
    const { id } = c.req.valid('param')
    const { email, role } = c.req.valid('json')
    const access = await enterOrganisation(deps, c, id, 'members')
    if (!access.ok) return refuse(c, access.error)
    const allowed = mayTouch(access.value, [role])
    if (!allowed.ok) return refuse(c, allowed.error)
    const wanted = { userId: id, email: email ?? null, role }
    const made = await invite(deps, c, wanted, access.value.organisation.name, false)
    return made.ok ? c.json(made.value, 201) : refuse(c, made.error)
  })

  app.openapi(removeInvitation, async (c) => {
    const { id, invitation_id: invitationId } = c.req.valid('param')
    const access = await enterOrganisation(deps, c, id, 'members')
    if (!access.ok) return refuse(c, access.error)
    const isGone = await invitations.remove(id, invitationId)
    if (!isGone) return refuse(c, notFound('invitation', invitationId, 'invitation_id'))
    await audit(deps, c, { action: 'removeInvitation', subject: invitationId })
    return c.body(null, 204)
  })

  app.openapi(getInvitation, async (c) => {
    const shown = await showInvitation(deps, c.req.valid('param').token)
    return shown ? c.json(shown.rendered, 200) : refuse(c, UNKNOWN)
  })

  app.openapi(acceptInvitation, async (c) => {
    const person = requirePerson(c.get('signedIn'))
    if (!person.ok) return refuse(c, person.error)
    const shown = await showInvitation(deps, c.req.valid('param').token)
    if (!shown) return refuse(c, UNKNOWN)
    const { invitation, rendered } = shown
    if (invitation.email !== null && invitation.email !== person.value.email.toLowerCase()) return refuse(c, NOT_YOURS)
    if (!(await invitations.accept(invitation.id, person.value.id))) return refuse(c, UNKNOWN)
    if (invitation.userId !== null && invitation.role !== null) await join(deps, invitation, person.value.id)
    const act = { action: 'acceptInvitation', subject: invitation.id, userId: invitation.userId }
    await audit(deps, c, { ...act, after: { person_id: person.value.id, role: invitation.role } })
    return c.json(rendered, 200)
  })
}

const UNKNOWN = fault('not-found', 'This invitation has been accepted, taken back, or has run out. Ask for another.')
const NOT_YOURS = fault('role-not-allowed', 'This invitation is for another address. Sign in with that one.')

/** Whoever is a member already stays what they are. */
const join = async (
  { store }: ControlPlaneDeps,
  { userId, role }: InvitationRecord,
  personId: string,
): Promise<void> => {
  if (userId === null || role === null || (await store.members.roleOf(userId, personId)) !== undefined) return
  await store.members.set(userId, personId, role)
}

const showInvitation = async (deps: ControlPlaneDeps, token: string) => {
  const invitation = await openInvitation(deps, token)
  if (!invitation) return undefined
  const organisation = invitation.userId === null ? null : await deps.store.members.findOrganisation(invitation.userId)
  if (organisation === undefined) return undefined
  const rendered: z.infer<typeof ShownSchema> = {
    organisation: organisation && { id: organisation.id, name: organisation.name },
    email: invitation.email,
    role: invitation.role,
    expires_at: new Date(invitation.expiresAtMs).toISOString(),
  }
  return { invitation, rendered }
}

const DAY_MS = 86_400_000

/**
 * Makes an invitation and sends it, where it is for an address and mail is configured. Notes that it was made. Fails as
 * `rate-limit-exceeded` or `state-conflict` where there are too many.
 */
export const invite = async (
  deps: ControlPlaneDeps,
  c: Context<ControlPlaneEnv>,
  wanted: Pick<NewInvitation, 'userId' | 'email' | 'role'>,
  organisation: string | null,
  isAdministrator: boolean,
): Promise<Result<z.infer<typeof MadeInvitationSchema>, GatewayError>> => {
  const { accounts, store } = deps
  const token = newToken()
  const expiresAtMs = deps.nowMs() + accounts.invitationMs
  const invitedBy = c.get('actorName') ?? 'The operator'
  const inviterId = personOf(c)
  const wished = { ...wanted, invitedBy, inviterId, expiresAtMs }
  const refusalOf = (counts: InvitationCounts) => (isAdministrator ? undefined : refusalOfInvitation(counts))
  const { made, counts } = await store.invitations.create(
    tokenHash(token),
    wished,
    countedSince(deps.nowMs()),
    (found) => refusalOf(found) === undefined,
  )
  const refusal = refusalOf(counts)
  if (refusal) return err(refusal)
  if (!made) throw new Error('an invitation that may be was not made')
  const url = accounts.pageUrl(`/invite/${token}`)
  const days = Math.max(1, Math.round(accounts.invitationMs / DAY_MS))
  const sent =
    wanted.email !== null &&
    (isAdministrator || isAddressFree(counts)) &&
    accounts.write(invitationMessage(wanted.email, url, invitedBy, organisation, days))
  const after = { email: wanted.email, role: wanted.role }
  await audit(deps, c, { action: 'createInvitation', subject: made.id, userId: wanted.userId, after })
  return ok({ ...renderInvitation(made), url, sent })
}

/** The person who acts; `null`: the operator, with the admin key. */
export const personOf = (c: Context<ControlPlaneEnv>): string | null => {
  const actor = actorOf(c)
  return actor.startsWith('person_') ? actor : null
}

export const renderInvitation = (one: InvitationRecord): z.infer<typeof InvitationSchema> => ({
  id: one.id,
  user_id: one.userId,
  email: one.email,
  role: one.role,
  invited_by: one.invitedBy,
  created_at: new Date(one.createdAtMs).toISOString(),
  expires_at: new Date(one.expiresAtMs).toISOString(),
})
