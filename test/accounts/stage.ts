import { type DatabaseKind, sharedPostgres } from '../harness/databases.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type Answered, type Browser, type Json, openBrowser } from './browser.ts'
import type { Mailbox } from './mailbox.ts'

/** For starting servers and gateways on a machine that is busy. */
export const STAGE_MS = 120_000

export const KINDS: readonly DatabaseKind[] = ['sqlite', 'postgres']

export const PASSWORD = 'correct horse battery staple'

/** So many attempts that no test runs into the limits, but the one about them. */
const GENEROUS = { per_address: 100_000, per_account: 100_000 }

/** A gateway that people sign in to; `mailbox`: with mail. */
export const openGateway = async (
  kind: DatabaseKind,
  accounts: Readonly<Record<string, unknown>> = {},
  mailbox?: Mailbox,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Gateway> => {
  const place = kind === 'sqlite' ? {} : { database: await (await sharedPostgres()).createDatabase() }
  return startGateway({
    config: {
      providers: { demo: { kind: 'demo' } },
      accounts: { sign_in: GENEROUS, ...accounts },
      ...(mailbox && { mail: { from: 'Tollgate <tollgate@example.com>', smtp_url: mailbox.url } }),
      limits: { per_ip: { rpm: 100_000, burst: 100_000 } },
      ...place,
      ...more,
    },
  })
}

/** Signs up and in, proving the address where mail is sent. */
export const signUp = async (
  gateway: Gateway,
  email: string,
  more: { readonly mailbox?: Mailbox; readonly invitation?: string; readonly name?: string } = {},
): Promise<Browser> => {
  const browser = openBrowser(gateway.url)
  const invited = more.invitation === undefined ? {} : { 'x-tollgate-invitation': more.invitation }
  const wanted = { name: more.name ?? 'Ada Lovelace', email, password: PASSWORD }
  must(200, await browser.post('/api/auth/sign-up/email', wanted, invited))
  if (more.mailbox) await prove(browser, more.mailbox, email)
  must(200, await browser.post('/api/auth/sign-in/email', { email, password: PASSWORD }))
  return browser
}

/** Opens the link of the message that asks for it. */
export const prove = async (browser: Browser, mailbox: Mailbox, email: string): Promise<void> => {
  const link = await mailbox.link(email, '/verify')
  must(200, await browser.get(`/api/auth/verify-email?token=${link.searchParams.get('token')}`))
}

/** The answer, which has to have a status. */
export const must = (status: number, answer: Answered): Json => {
  if (answer.status === status) return answer.body
  throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`)
}

/** Who a browser is signed in as. */
export const sessionOf = async (browser: Browser) =>
  must(200, await browser.get('/api/session')) as unknown as {
    readonly person: { readonly id: string; readonly email: string; readonly two_factor: boolean } | null
    readonly session_id: string | null
    readonly operator: boolean
    readonly impersonating: { readonly user_id: string; readonly email: string; readonly name: string } | null
    readonly organisations: readonly { readonly id: string; readonly name: string; readonly role: string }[]
  }
