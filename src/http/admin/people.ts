import { createRoute, z } from '@hono/zod-openapi'
import type { MembershipRecord, PersonRecord } from '../../db/types.ts'
import { movedMessage } from '../../accounts/messages.ts'
import { fault } from '../../errors.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import { actorOf } from './caller.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from './deps.ts'
import { emailField, line } from './fields.ts'
import { listingOf, PAGING, pageOf } from './paging.ts'
import { refuse } from './refusal.ts'
import { ADMIN_ONLY, answer, body, failures, idParam, notFound, TIME } from './routes.ts'

const PersonSchema = z
  .object({
    id: z.string().openapi({ example: 'person_01jd8m3q7x' }),
    email: z.string().openapi({ example: 'ada@example.com' }),
    name: z.string().openapi({ example: 'Ada Lovelace' }),
    email_verified: z.boolean(),
    two_factor: z.boolean(),
    administrator: z.boolean().openapi({ description: 'May do all that the admin key may.' }),
    disabled: z.boolean().openapi({ description: 'Can sign in no more.' }),
    created_at: TIME,
    organisations: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
  })
  .openapi('Person')

const ChangesSchema = z
  .strictObject({
    administrator: z.boolean({ error: 'must be true or false' }).optional(),
    disabled: z.boolean({ error: 'must be true or false' }).optional().openapi({
      description: 'Whoever is disabled is signed out everywhere at once. Their organisations and keys go on.',
    }),
    email: emailField.optional().openapi({
      description:
        'Another address to sign in with. It is not proven, unless `email_verified` says so; the old one is told.',
    }),
    email_verified: z.literal(true, { error: 'must be true, or left out' }).optional().openapi({
      description: 'You know by other means that the address is theirs: it counts as proven.',
    }),
    reason: line(500).optional().openapi({ description: 'For those who ask later.' }),
  })
  .openapi('PersonChanges')

const SHARED = { tags: ['People'], security: ADMIN_ONLY }
const PARAMS = z.object({ id: idParam('person_01jd8m3q7x') })

const listPeople = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/people',
  operationId: 'listPeople',
  summary: 'List who may sign in, newest first',
  request: {
    query: z.strictObject({
      ...PAGING,
      q: line(200).optional().openapi({ description: 'A part of the address or the name.' }),
    }),
  },
  responses: { 200: answer(listingOf(PersonSchema), 'A page of people.'), ...failures(400) },
})
const getPerson = createRoute({
  ...SHARED,
  method: 'get',
  path: '/api/admin/people/{id}',
  operationId: 'getPerson',
  summary: 'Get a person',
  request: { params: PARAMS },
  responses: { 200: answer(PersonSchema, 'The person.'), ...failures(404) },
})
const updatePerson = createRoute({
  ...SHARED,
  method: 'patch',
  path: '/api/admin/people/{id}',
  operationId: 'updatePerson',
  summary: 'Make somebody an administrator, disable them, or change their address',
  description:
    'And back. A 409 where administrators would take their own rights, and where somebody else has the address. Links that ' +
    'were sent to the address before count no more.',
  request: { params: PARAMS, body: body(ChangesSchema) },
  responses: { 200: answer(PersonSchema, 'The person as changed.'), ...failures(400, 404, 409, 413, 415) },
})

/** Who may sign in, at `/api/admin/people`. */
export const registerPeople = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  const { people, members } = deps.store
  const shown = async (person: PersonRecord) => renderPerson(person, await members.ofPerson(person.id))

  app.openapi(listPeople, async (c) => {
    const query = c.req.valid('query')
    const { rows, nextCursor } = await people.list({ search: query.q }, pageOf(query))
    return c.json({ data: await Promise.all(rows.map(shown)), next_cursor: nextCursor }, 200)
  })

  app.openapi(getPerson, async (c) => {
    const { id } = c.req.valid('param')
    const person = await people.find(id)
    return person ? c.json(await shown(person), 200) : refuse(c, notFound('person', id, 'id'))
  })

  app.openapi(updatePerson, async (c) => {
    const { id } = c.req.valid('param')
    const { administrator, disabled, email, email_verified: isProven, reason = null } = c.req.valid('json')
    const before = await people.find(id)
    if (!before) return refuse(c, notFound('person', id, 'id'))
    if (id === actorOf(c) && (administrator === false || disabled === true)) return refuse(c, ONESELF)
    const isMoved = email !== undefined && email !== before.email.toLowerCase()
    if (isMoved && (await people.changeAddress(id, email, isProven === true)) === 'taken') return refuse(c, TAKEN)
    const person = await people.update(id, {
      ...(administrator !== undefined && { administrator }),
      ...(disabled !== undefined && { disabled }),
      ...(isProven && { emailVerified: true }),
    })
    if (!person) return refuse(c, notFound('person', id, 'id'))
    if (isMoved) deps.accounts.write(movedMessage(deps.facts.publicUrl, before, email))
    const states = changes(stateOf(before), stateOf(person))
    await audit(deps, c, { action: 'updatePerson', subject: id, ...states, reason })
    return c.json(await shown(person), 200)
  })
}

const ONESELF = fault(
  'state-conflict',
  'You cannot take this from yourself: nobody might be left. Ask another administrator, or use the admin key.',
)

const TAKEN = fault('state-conflict', 'Another person has this address. Give that one another first.', {
  param: 'email',
  issue: 'is taken',
})

const stateOf = ({ email, emailVerified, administrator, disabled }: PersonRecord) => ({
  ...{ email, email_verified: emailVerified, administrator, disabled },
})

const renderPerson = (
  person: PersonRecord,
  memberships: readonly MembershipRecord[],
): z.infer<typeof PersonSchema> => ({
  id: person.id,
  email: person.email,
  name: person.name,
  email_verified: person.emailVerified,
  two_factor: person.twoFactor,
  administrator: person.administrator,
  disabled: person.disabled,
  created_at: new Date(person.createdAtMs).toISOString(),
  organisations: memberships.map(({ organisation, role }) => ({ id: organisation.id, name: organisation.name, role })),
})
