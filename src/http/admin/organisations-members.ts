import { createRoute, z } from '@hono/zod-openapi'
import { type MemberRecord, ROLES, type Role } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { audit } from './audit.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { type Access, enterOrganisation, requireOwner } from './organisations-access.ts'
import { listingOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures, idParam, notFound, SIGNED_IN, TIME } from './routes.ts'

export const roleField = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` }).openapi({
  description:
    'owner, admin: everything; developer: keys and projects; billing: money; viewer: looks. Owners alone make owners.',
  example: 'developer',
})

export const MemberSchema = z
  .object({
    person_id: z.string().openapi({ example: 'person_01jd8m3q7x' }),
    email: z.string().openapi({ example: 'ada@example.com' }),
    name: z.string().openapi({ example: 'Ada Lovelace' }),
    two_factor: z.boolean(),
    role: z.string().openapi({ example: 'developer' }),
    since: TIME,
  })
  .openapi('Member')

const SHARED = { tags: ['Organisations'], security: SIGNED_IN }
const ID = idParam('user_01jd8m3q7x')
const PARAMS = z.object({ id: ID })
const MEMBER_PARAMS = z.object({ id: ID, person_id: idParam('person_01jd8m3q7x') })
const MEMBER_PATH = '/api/organisations/{id}/members/{person_id}'

const listMembers = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/organisations/{id}/members',
  operationId: 'listMembers',
  summary: 'List who belongs to an organisation',
  request: { params: PARAMS },
  responses: { 200: answer(listingOf(MemberSchema), 'All of them, the first to join first.'), ...failures(403, 404) },
})

const updateMember = createRoute({
  ...SHARED,
  method: 'patch',
  path: MEMBER_PATH,
  operationId: 'updateMember',
  summary: 'Give a member another role',
  request: { params: MEMBER_PARAMS, body: body(z.strictObject({ role: roleField }).openapi('MemberChanges')) },
  responses: { 200: answer(MemberSchema, 'The member.'), ...failures(400, 403, 404, 409, 413, 415) },
})

const removeMember = createRoute({
  ...SHARED,
  method: 'delete',
  path: MEMBER_PATH,
  operationId: 'removeMember',
  summary: 'Take a member out, or leave',
  request: { params: MEMBER_PARAMS },
  responses: { 204: { description: 'No member any more.' }, ...failures(403, 404, 409) },
})

/** `/api/organisations/{id}/members`. */
export const registerMembers = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { members } = deps.store
  app.openapi(listMembers, async (c) => {
    const access = await enterOrganisation(deps, c, c.req.valid('param').id, 'read')
    if (!access.ok) return refuse(c, access.error)
    const rows = await members.list(access.value.organisation.id)
    return c.json({ data: rows.map(renderMember), next_cursor: null }, 200)
  })

  app.openapi(updateMember, async (c) => {
    const { id, person_id: personId } = c.req.valid('param')
    const { role } = c.req.valid('json')
    const access = await enterOrganisation(deps, c, id, 'members')
    if (!access.ok) return refuse(c, access.error)
    const before = await findMember(deps, id, personId)
    if (!before.ok) return refuse(c, before.error)
    const allowed = mayTouch(access.value, [before.value.role, role])
    if (!allowed.ok) return refuse(c, allowed.error)
    if ((await members.set(id, personId, role)) === 'last-owner') return refuse(c, LAST_OWNER)
    const states = { before: { role: before.value.role }, after: { role } }
    await audit(deps, c, { action: 'updateMember', subject: personId, ...states })
    return c.json(renderMember({ ...before.value, role }), 200)
  })

  app.openapi(removeMember, async (c) => {
    const { id, person_id: personId } = c.req.valid('param')
    const leaves = c.get('signedIn').session?.person.id === personId
    const access = await enterOrganisation(deps, c, id, leaves ? 'read' : 'members')
    if (!access.ok) return refuse(c, access.error)
    const before = await findMember(deps, id, personId)
    if (!before.ok) return refuse(c, before.error)
    const allowed =
      leaves && !access.value.caller.readOnly ? ok(undefined) : mayTouch(access.value, [before.value.role])
    if (!allowed.ok) return refuse(c, allowed.error)
    if ((await members.remove(id, personId)) === 'last-owner') return refuse(c, LAST_OWNER)
    await audit(deps, c, { action: 'removeMember', subject: personId, before: { role: before.value.role } })
    return c.body(null, 204)
  })
}

const LAST_OWNER = fault('state-conflict', 'An organisation has an owner. Make somebody else one first, or end it.')

/** Whoever is no owner makes none, and takes nothing from one. */
export const mayTouch = (access: Access, roles: readonly Role[]): Result<undefined, GatewayError> =>
  roles.includes('owner') ? requireOwner(access) : ok(undefined)

const findMember = async (
  { store }: ControlPlaneDeps,
  userId: string,
  personId: string,
): Promise<Result<MemberRecord, GatewayError>> => {
  const found = (await store.members.list(userId)).find(({ person }) => person.id === personId)
  return found ? ok(found) : err(notFound('member', personId, 'person_id'))
}

export const renderMember = ({ person, role, sinceMs }: MemberRecord): z.infer<typeof MemberSchema> => ({
  person_id: person.id,
  email: person.email,
  name: person.name,
  two_factor: person.twoFactor,
  role,
  since: new Date(sinceMs).toISOString(),
})
