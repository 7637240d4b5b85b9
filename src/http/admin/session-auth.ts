import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { REFUSALS, WORDS } from '../../accounts/refusals.ts'
import { INVITATION_HEADER } from '../../accounts/headers.ts'
import { readCookie, writeCookie } from '../../accounts/cookies.ts'
import type { SessionRecord } from '../../db/types.ts'
import { ERRORS, fault, type GatewayError } from '../../errors.ts'
import { limitedAddress } from '../client-ip.ts'
import { audit } from './audit.ts'
import { changes } from './audit-changes.ts'
import type { ControlPlaneApp, ControlPlaneDeps, ControlPlaneEnv } from './deps.ts'
import { atEvenTime } from './even-time.ts'
import { mistakesFault, mistakesIn, refuse, renderFailure } from './refusal.ts'
import { type AuthCall, AUTH_CALLS, describeAuthCalls, type Written } from './session-calls.ts'
import { refusalOfForgery, refusalOfOther } from './session-cookie.ts'

type Ctx = Context<ControlPlaneEnv>

const INVITATION_MS = 600_000
/** Calls whose ends nobody waits for, and the most of them. */
const unseen: Set<Promise<Response>> = new Set()
const UNSEEN_MAX = 100
const BUSY = fault('overloaded', 'Too many ask for messages at once. Try again in a moment.')
const NO_MAIL = fault(
  'state-conflict',
  'No messages are sent from here. Ask an administrator: they make links, and change addresses.',
)
const NOT_JSON = fault('invalid-json', 'The body is not a JSON object.')

/**
 * `/api/auth/*`: what the sign-in library answers, behind checks of our own. Only calls that are listed get to it, with the
 * fields that are listed; what it refuses is put in the words of the control plane.
 */
export const registerAuth = (app: ControlPlaneApp, deps: ControlPlaneDeps): void => {
  describeAuthCalls(app)
  app.on(['GET', 'POST'], '/api/auth/*', async (c, next) => {
    const path = c.req.path.slice('/api/auth'.length)
    const call = AUTH_CALLS.find(({ method, pattern }) => method === c.req.method && pattern.test(path))
    if (!call) return next()
    const give = (): Promise<Response> => answerCall(deps, c, call, path)
    return call.isEven ? atEvenTime(give) : give()
  })
}

const answerCall = async (deps: ControlPlaneDeps, c: Ctx, call: AuthCall, path: string): Promise<Response> => {
  const forged = refusalOfForgery(c, deps.facts.publicUrl)
  if (forged) return refuse(c, forged)
  const body = await readBody(c, call)
  if (!body.ok) return body.refusal
  if (call.needsMail && !deps.accounts.sendsMail) return refuse(c, NO_MAIL)
  const refusal = (await countAttempt(deps, c, call, body.value)) ?? (await mayBegin(deps, c, call, body.value))
  if (refusal) return refuse(c, refusal)
  if (call.isSilent && unseen.size >= UNSEEN_MAX) return refuse(c, BUSY)
  const before = await deps.accounts.sessionOf(c.req.header('cookie') ?? null)
  const other = isOfPerson(call) ? refusalOfOther(c, { session: before, operator: false }) : undefined
  if (other) return refuse(c, other)
  const asked = deps.accounts.call({
    method: call.method,
    path,
    search: new URL(c.req.url).search,
    cookie: c.req.header('cookie') ?? null,
    userAgent: c.req.header('user-agent') ?? null,
    address: c.env?.ip?.() ?? '',
    invitation: invitationOf(deps, c),
    body: body.value === undefined ? undefined : JSON.stringify(body.value),
  })
  if (call.isSilent) {
    unseen.add(asked)
    void asked.catch(() => undefined).then(() => unseen.delete(asked))
    // Whether there is such a person shows neither in the answer nor in the time it takes.
    asked.catch((error: unknown) => deps.reportFailure(error, failedAt(c)))
    return c.json({ status: true }, 200)
  }
  const answered = await asked
  const closed = (await changesHands(deps, before, call, answered)) ? await closeOperated(deps, c) : []
  if (before && answered.ok) await auditOwn(deps, c, call, before)
  return handOver(deps, c, call, answered, closed)
}

/** Done by who is signed in: a code of an app is asked for to sign in, and then to use the app at all. */
const isOfPerson = ({ isOwn, operationId }: AuthCall): boolean => isOwn === true || operationId === 'verifyTotp'

/** What people did to how they sign in: a password, a second factor, a session. Of what they sent, name and address alone. */
const auditOwn = async (deps: ControlPlaneDeps, c: Ctx, call: AuthCall, { person }: SessionRecord): Promise<void> => {
  if (call.method === 'GET' || !isOfPerson(call)) return
  c.set('actor', person.id)
  c.set('actorName', person.email)
  const now = await deps.accounts.sessionOf(c.req.header('cookie') ?? null)
  const states = now && changes(toldOf(person), toldOf(now.person))
  const differs = states && Object.keys(states.after).length > 0
  await audit(deps, c, { action: call.operationId, subject: person.id, ...(differs && states) })
}

const toldOf = ({ name, email }: SessionRecord['person']) => ({ name, email })

type Read =
  | { readonly ok: true; readonly value: Written | undefined }
  | { readonly ok: false; readonly refusal: Response }

const readBody = async (c: Ctx, call: AuthCall): Promise<Read> => {
  if (!call.body) return { ok: true, value: call.method === 'POST' ? {} : undefined }
  const text = await c.req.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, refusal: refuse(c, NOT_JSON) }
  }
  const parsed = call.body.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data as Written }
  const mistakes = mistakesIn(parsed.error.issues)
  return { ok: false, refusal: refuse(c, mistakesFault(mistakes), mistakes) }
}

/** By address, and where one person is meant, by person: whichever has been tried too often. */
const countAttempt = async (deps: ControlPlaneDeps, c: Ctx, call: AuthCall, body: Written | undefined) => {
  if (!call.isAttempt) return undefined
  const address = limitedAddress(c.env?.ip?.() ?? '')
  const byAddress = await deps.admitAttempt(`sign-in:${address}`, deps.accounts.perAddress)
  if (!byAddress.ok) return byAddress.error
  const email = typeof body?.['email'] === 'string' ? body['email'].toLowerCase() : undefined
  if (email === undefined) return undefined
  const account = createHash('sha256').update(email).digest('base64url')
  // Each kind by itself: whoever asks for messages to an address keeps nobody from signing in with it.
  const byAccount = await deps.admitAttempt(`${call.operationId}-as:${account}`, deps.accounts.perAccount)
  return byAccount.ok ? undefined : byAccount.error
}

/** Whether somebody may sign up at all: the library would answer a refusal as if it had worked. */
const mayBegin = async (
  { accounts }: ControlPlaneDeps,
  c: Ctx,
  call: AuthCall,
  body: Written | undefined,
): Promise<GatewayError | undefined> => {
  if (!call.isSignUp) return undefined
  const refusal = await accounts.refusalOfSignUp(String(body?.['email']), c.req.header(INVITATION_HEADER))
  return refusal && fault('role-not-allowed', REFUSALS[refusal].message)
}

/** As the page says, or, once somebody comes back from elsewhere, as it was remembered. */
const invitationOf = ({ accounts }: ControlPlaneDeps, c: Ctx): string | undefined => {
  const token =
    c.req.header(INVITATION_HEADER) ?? readCookie(c.req.header('cookie') ?? null, accounts.cookies.invitation)
  return token !== undefined && /^[\w-]{1,100}$/.test(token) ? token : undefined
}

const handOver = async (
  { accounts, facts }: ControlPlaneDeps,
  c: Ctx,
  call: AuthCall,
  answered: Response,
  closed: readonly string[],
) => {
  const headers = new Headers({ 'x-request-id': c.get('requestId'), 'cache-control': 'no-store' })
  for (const cookie of [...answered.headers.getSetCookie(), ...closed]) headers.append('set-cookie', cookie)
  const invited = c.req.header(INVITATION_HEADER)
  if (call.goesElsewhere && invited !== undefined && /^[\w-]{1,100}$/.test(invited))
    headers.append('set-cookie', writeCookie(accounts.cookies.invitation, invited, accounts.isSecure, INVITATION_MS))
  const location = answered.headers.get('location')
  if (answered.status >= 300 && answered.status < 400 && location !== null) {
    headers.set('location', ownLocation(location, facts.publicUrl))
    return new Response(null, { status: 302, headers })
  }
  const text = await answered.text()
  headers.set('content-type', 'application/json; charset=utf-8')
  const said = call.isBrief ? '{"status":true}' : text === '' ? '{}' : text
  if (answered.status < 400) return new Response(said, { status: 200, headers })
  return refused(c, answered.status, text, headers)
}

/** Whether the browser is in front of somebody else now, or of nobody: what was opened with the admin key is not theirs. */
const changesHands = async (
  { accounts }: ControlPlaneDeps,
  before: SessionRecord | undefined,
  call: AuthCall,
  answered: Response,
): Promise<boolean> => {
  if (answered.status >= 400) return false
  if (call.isSignOut) return true
  const begins = `${accounts.cookies.session}=`
  const written = answered.headers.getSetCookie().findLast((cookie) => cookie.startsWith(begins))
  const now = written === undefined ? undefined : await accounts.sessionOf(written.split(';')[0] ?? '')
  return now !== undefined && before?.person.id !== now.person.id
}

/** Ends the session of the operator, and what is looked at. */
const closeOperated = async ({ accounts }: ControlPlaneDeps, c: Ctx): Promise<readonly string[]> => {
  const cookie = c.req.header('cookie') ?? null
  return [
    ...(await accounts.closeOperatorSession(cookie, 'operator')),
    ...(await accounts.closeOperatorSession(cookie, 'view')),
  ]
}

/** Nothing here ever leads to another site: what would is led to our first page. */
const ownLocation = (location: string, publicUrl: string): string => {
  if (!URL.canParse(location, publicUrl)) return '/'
  const to = new URL(location, publicUrl)
  // What is left of `/a/..//b` is `//b`, which is another site.
  const isOwn = to.origin === new URL(publicUrl).origin && !to.pathname.startsWith('//')
  return isOwn ? to.pathname + to.search + to.hash : '/'
}

/** What the library refused, as the control plane says it: the code in small letters. */
const refused = (c: Ctx, status: number, text: string, headers: Headers): Response => {
  const { code, message } = readRefusal(text)
  const kind = status === 401 ? 'invalid-api-key' : status === 403 ? 'role-not-allowed' : KINDS[status]
  const error = fault(kind ?? (status >= 500 ? 'internal' : 'invalid-request'), message)
  c.set('refusal', error)
  const rendered = renderFailure(error, c.get('requestId'))
  const body = { error: { ...rendered.error, ...(code !== undefined && { code }) } }
  return new Response(JSON.stringify(body), {
    status: status >= 500 && !KINDS[status] ? 500 : ERRORS[error.kind].status,
    headers,
  })
}

const KINDS: Readonly<Record<number, GatewayError['kind']>> = {
  404: 'not-found',
  409: 'state-conflict',
  429: 'rate-limit-exceeded',
  503: 'overloaded',
}

const readRefusal = (text: string): { readonly code: string | undefined; readonly message: string } => {
  const fallback = { code: undefined, message: 'This could not be done. Check what you entered, and try again.' }
  try {
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown }
    const known = typeof code === 'string' ? code.toLowerCase() : undefined
    const said = typeof message === 'string' && message !== '' ? message : fallback.message
    return { code: known, message: WORDS[known ?? ''] ?? said }
  } catch {
    return fallback
  }
}

const failedAt = (c: Ctx) => ({ requestId: c.get('requestId'), method: c.req.method, path: c.req.path })
