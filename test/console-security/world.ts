import { type Answered, type Browser, openBrowser } from '../accounts/browser.ts'
import type { Mailbox } from '../accounts/mailbox.ts'
import type { Role } from '../accounts/permissions.ts'
import { must, sessionOf, signUp } from '../accounts/stage.ts'
import type { Gateway } from '../harness/gateway.ts'
import type { Named } from './forms.ts'

/** A gateway with one of everything, an operator, and an organisation with a member in each role. */
export interface World {
  readonly named: Named
  readonly operator: Browser
  readonly members: Readonly<Record<Role, Browser>>
  /** A key of the organisation that may do all that keys may. */
  readonly key: string
}

/** Allows itself everything, so that it is roles that refuse. */
export const CONFIG = {
  plans: { pro: { discount: '0.1', price_usd: '0.01' }, max: { discount: '0.2', price_usd: '0.01' } },
  encryption_key: Buffer.alloc(32, 7).toString('base64'),
  capture: { enabled: true, groups: ['default'] },
}

/** Of this world's organisation, as the header that names it. */
export const inOrganisation = ({ named }: World): Record<string, string> => ({
  'x-tollgate-organisation': named.organisationId,
})

export const openWorld = async (gateway: Gateway, mailbox?: Mailbox): Promise<World> => {
  const operator = openBrowser(gateway.url)
  must(200, await operator.post('/api/session/admin-key', { admin_key: gateway.adminKey }))
  const { members, organisationId } = await openOrganisation(gateway, mailbox)
  await gateway.credit(organisationId, '100')
  const inside = { 'x-tollgate-organisation': organisationId }
  const { owner } = members
  const project = must(201, await owner.post('/api/me/projects', { name: 'a project' }, inside))
  const key = must(201, await owner.post('/api/me/keys', { name: 'a key' }, inside))
  const invited = must(201, await owner.post(`/api/organisations/${organisationId}/invitations`, { role: 'viewer' }))
  const made = await openObjects(operator)
  const named: Named = {
    ...{ userId: organisationId, organisationId, personId: (await sessionOf(members.admin)).person?.id ?? '' },
    ...{ projectId: idOf(project), keyId: idOf(key), requestId: await askOnce(gateway, String(key['key'])) },
    ...{ invitationId: idOf(invited), invitationToken: String(invited['url']).split('/').at(-1) ?? '' },
    ...made,
  }
  return { named, operator, members, key: String(key['key']) }
}

const openOrganisation = async (gateway: Gateway, mailbox?: Mailbox) => {
  const mail = mailbox === undefined ? {} : { mailbox }
  const owner = await signUp(gateway, 'owner@example.com', mail)
  const organisationId = (await sessionOf(owner)).organisations[0]?.id ?? ''
  const join = async (role: Role): Promise<Browser> => {
    const invited = must(201, await owner.post(`/api/organisations/${organisationId}/invitations`, { role }))
    const browser = await signUp(gateway, `${role}@example.com`, mail)
    must(200, await browser.post(`/api/invitations/${String(invited['url']).split('/').at(-1)}/accept`))
    return browser
  }
  const members = {
    ...{ owner, admin: await join('admin'), developer: await join('developer') },
    ...{ billing: await join('billing'), viewer: await join('viewer') },
  }
  return { members, organisationId }
}

/** What administrators make, one of each. */
const openObjects = async (operator: Browser) => {
  const make = async (path: string, body: object): Promise<Answered['body']> =>
    must(201, await operator.post(`/api/admin/${path}`, body))
  await make('groups', { id: 'spare' })
  await make('plans', { id: 'team', discount: '0.2' })
  await make('providers', { id: 'spare', kind: 'anthropic', keys: [{ id: 'main', key: 'sk-of-a-vendor-000000000' }] })
  await make('channels', { id: 'spare', provider: 'spare', groups: ['spare'] })
  await make('aliases', { id: 'house/fast', model: 'demo' })
  await make('retired', { id: 'house/old', successor: 'demo' })
  const codes = (await make('redemption-codes', { amount_usd: '5' })) as { readonly data: readonly { id: string }[] }
  const later = '2099-01-01T00:00:00Z'
  const price = await make('prices', { model: 'claude-haiku-4-5', input: '3', output: '15', effective_from: later })
  const alert = await make('alerts', { name: 'a rule', kind: 'error_rate', condition: { percent: 99 } })
  return { codeId: codes.data[0]?.id ?? '', priceId: idOf(price), alertId: idOf(alert) }
}

const idOf = (body: Answered['body']): string => String(body['id'])

/** One request of a client; its id. */
export const askOnce = async (
  gateway: Gateway,
  key: string,
  content = 'Hello',
  model = 'demo',
  agent = 'tests',
): Promise<string> => {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'user-agent': agent },
    body: JSON.stringify({ model, max_tokens: 50, messages: [{ role: 'user', content }] }),
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`a request answered ${answer.status}: ${text}`)
  const id = answer.headers.get('x-request-id') ?? ''
  // Whoever asks for the receipt waits until the charge is in the books.
  await gateway.receipt(id, key)
  return id
}
