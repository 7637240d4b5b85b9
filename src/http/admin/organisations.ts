import { createRoute, z } from '@hono/zod-openapi'
import type { OrganisationRecord } from '../../db/types.ts'
import { fault } from '../../errors.ts'
import { audit } from './audit.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { line } from './fields.ts'
import { enterOrganisation, requireOwner, requirePerson } from './organisations-access.ts'
import { listingOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { answer, body, failures, idParam, SIGNED_IN, TIME } from './routes.ts'

const OrganisationSchema = z
  .object({
    id: z.string().openapi({ description: 'The user of the admin API.', example: 'user_01jd8m3q7x' }),
    name: z.string().openapi({ example: 'Analytical Engines' }),
    email: z.string().openapi({ example: 'ada@example.com' }),
    plan: z.string().nullable(),
    role: z.string().openapi({ description: 'What you are in it.', example: 'owner' }),
    created_at: TIME,
  })
  .openapi('Organisation')

const NamedSchema = z.strictObject({ name: line(100) }).openapi('NamedOrganisation')

const SHARED = { tags: ['Organisations'], security: SIGNED_IN }
const PARAMS = z.object({ id: idParam('user_01jd8m3q7x') })
const PATH = '/api/organisations/{id}'

const listOrganisations = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/organisations',
  operationId: 'listOrganisations',
  summary: 'List the organisations you belong to',
  responses: {
    200: answer(listingOf(OrganisationSchema), 'All of them, the first you joined first.'),
    ...failures(403),
  },
})

const createOrganisation = createRoute({
  ...SHARED,
  method: 'post',
  path: '/api/organisations',
  operationId: 'createOrganisation',
  summary: 'Make an organisation, and own it',
  description: 'With an account of its own, and a balance of zero.',
  request: { body: body(NamedSchema) },
  responses: { 201: answer(OrganisationSchema, 'The organisation.'), ...failures(400, 403, 409, 413, 415) },
})

const getOrganisation = createRoute({
  ...SHARED,
  method: 'get',
  path: PATH,
  operationId: 'getOrganisation',
  summary: 'Get an organisation',
  request: { params: PARAMS },
  responses: { 200: answer(OrganisationSchema, 'The organisation.'), ...failures(403, 404) },
})

const renameOrganisation = createRoute({
  ...SHARED,
  method: 'patch',
  path: PATH,
  operationId: 'renameOrganisation',
  summary: 'Rename an organisation',
  request: { params: PARAMS, body: body(NamedSchema) },
  responses: { 200: answer(OrganisationSchema, 'The organisation.'), ...failures(400, 403, 404, 413, 415) },
})

const closeOrganisation = createRoute({
  ...SHARED,
  method: 'delete',
  path: PATH,
  operationId: 'closeOrganisation',
  summary: 'End an organisation',
  description: 'For owners. Its keys are revoked and nobody is a member any more; its books stay, as those of all do.',
  request: { params: PARAMS },
  responses: { 204: { description: 'It has ended.' }, ...failures(403, 404) },
})

/** More than anybody was seen to need, and few enough to be shown at once. */
const OWNED_MAX = 50

const TOO_MANY = fault('state-conflict', `You own ${OWNED_MAX} organisations. End one first, or give one away.`)

/** `/api/organisations`, and `/api/organisations/{id}`. */
export const registerOrganisations = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { members } = deps.store
  app.openapi(listOrganisations, async (c) => {
    const { session } = c.get('signedIn')
    const mine = session ? await members.ofPerson(session.person.id) : []
    return c.json({ data: mine.map((one) => render(one.organisation, one.role)), next_cursor: null }, 200)
  })

  app.openapi(createOrganisation, async (c) => {
    const person = requirePerson(c.get('signedIn'))
    if (!person.ok) return refuse(c, person.error)
    const { name } = c.req.valid('json')
    const made = await members.create(name, person.value.id, { plan: null }, OWNED_MAX)
    if (!made) return refuse(c, TOO_MANY)
    await audit(deps, c, { action: 'createOrganisation', subject: made.id, userId: made.id, after: { name } })
    return c.json(render(made, 'owner'), 201)
  })

  app.openapi(getOrganisation, async (c) => {
    const access = await enterOrganisation(deps, c, c.req.valid('param').id, 'read')
    if (!access.ok) return refuse(c, access.error)
    return c.json(render(access.value.organisation, access.value.role ?? 'viewer'), 200)
  })

  app.openapi(renameOrganisation, async (c) => {
    const access = await enterOrganisation(deps, c, c.req.valid('param').id, 'organisation')
    if (!access.ok) return refuse(c, access.error)
    const { organisation, role } = access.value
    const { name } = c.req.valid('json')
    await members.rename(organisation.id, name)
    const [before, after] = [{ name: organisation.name }, { name }]
    await audit(deps, c, { action: 'renameOrganisation', subject: organisation.id, before, after })
    return c.json(render({ ...organisation, name }, role ?? 'owner'), 200)
  })

  app.openapi(closeOrganisation, async (c) => {
    const access = await enterOrganisation(deps, c, c.req.valid('param').id, 'organisation')
    if (!access.ok) return refuse(c, access.error)
    const owner = requireOwner(access.value)
    if (!owner.ok) return refuse(c, owner.error)
    const { id, name } = access.value.organisation
    await members.close(id)
    await deps.invalidateUser(id)
    await audit(deps, c, { action: 'closeOrganisation', subject: id, before: { name } })
    return c.body(null, 204)
  })
}

const render = (organisation: OrganisationRecord, role: string): z.infer<typeof OrganisationSchema> => ({
  id: organisation.id,
  name: organisation.name,
  email: organisation.email,
  plan: organisation.plan,
  role,
  created_at: new Date(organisation.createdAtMs).toISOString(),
})
