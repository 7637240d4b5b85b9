import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { createAccounts } from '../accounts/accounts.ts'
import type { TellDeps } from '../alerts/tell.ts'
import type { Accounts } from '../accounts/types.ts'
import type { Config } from '../config/load.ts'
import type { Store } from '../db/types.ts'
import { fault, type GatewayError } from '../errors.ts'
import type { Ledger } from '../ledger/types.ts'
import { createMailer, type Mailer } from '../mail/mailer.ts'
import { err, ok, type Result } from '../result.ts'
import { createPasswords } from '../runtime/passwords.ts'
import { nanoUsd } from '../units.ts'
import type { Limiters } from './limiters.ts'
import type { Reach } from './open-listener.ts'
import { repeat } from './repeat.ts'

export interface OpenAccounts {
  readonly accounts: Accounts
  /** Of messages that alerts write; `undefined`: none can be sent. */
  readonly sendMail: TellDeps['sendMail']
  /** Sends what waits to be sent, for so long. */
  close(): Promise<void>
}

export interface AccountParts {
  readonly config: Pick<Config, 'accounts' | 'mail' | 'publicUrl' | 'listen'>
  readonly store: Store
  readonly ledger: Pick<Ledger, 'credit'>
  /** The plans there are now. */
  readonly plans: () => ReadonlyMap<string, unknown>
  /** Left out where nobody is let in: by commands. */
  readonly reach?: Reach
  readonly log: Pick<Logger, 'error' | 'warn'>
}

const SECRET = 'accounts_secret'
const MAIL_CLOSE_MS = 5_000
const SWEEP_MS = 300_000

/** Opens what people sign in with. Little of it is loaded before somebody does. */
export const openAccounts = async (parts: AccountParts): Promise<OpenAccounts> => {
  const { config, store, log } = parts
  const mailer = mailerOf(config.mail, log)
  const accounts = accountsOf(parts, await secretOf(store), mailer)
  const sweeping = repeat(
    async () => {
      await store.people.sweep()
      await giveStartingCredits(parts)
    },
    SWEEP_MS,
    (error) => log.error({ err: error }, 'the sweep for ended sessions and credits that are owed failed'),
  )
  return {
    accounts,
    sendMail: mailer && senderOf(mailer),
    close: async () => {
      await sweeping.stop()
      await mailer?.close(MAIL_CLOSE_MS)
    },
  }
}

/** The same with a given secret, and nothing that goes on beside: for commands, which nobody signs in to. */
export const accountsOf = (parts: AccountParts, secret: string, mailer?: Mailer): Accounts => {
  const { config, store, log } = parts
  return createAccounts({
    config: config.accounts,
    store,
    rows: store.signIn,
    // Asked for each time: which port it is turns out when it is open.
    get publicUrl() {
      return publicUrlOf(config, parts.reach)
    },
    secret,
    mailer,
    passwords: createPasswords({
      atOnce: config.accounts.signIn.hashesAtOnce,
      waitingMax: config.accounts.signIn.hashesWaiting,
    }),
    terms: () => ({ plan: planOf(parts), owed: owedBy(parts) }),
    welcome: (userId) => giveStartingCredit(parts, userId),
    onError: (message, error) => log.error({ part: 'accounts', err: error }, message),
    nowMs: Date.now,
  })
}

/** Sends messages of others, who want to know what becomes of them. */
const senderOf = (mailer: Mailer): NonNullable<TellDeps['sendMail']> => {
  return async (message) => {
    try {
      await mailer.deliver(message)
      return ok(undefined)
    } catch (error) {
      return err(error instanceof Error ? error.message : String(error))
    }
  }
}

/** Where people reach this server, as far as the configuration says. */
export const publicUrlOf = (
  { publicUrl, listen }: Pick<Config, 'publicUrl' | 'listen'>,
  { port }: Reach = listen,
): string => publicUrl ?? `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${port}`

/** `undefined`: none is configured. */
export const mailerOf = ({ from, smtpUrl, queue }: Config['mail'], log: Pick<Logger, 'error'>): Mailer | undefined => {
  if (from === null || smtpUrl === null) return undefined
  return createMailer({
    from,
    smtpUrl,
    queuedMax: queue,
    onLost: ({ subject }, error) => log.error({ part: 'mail', err: error, subject }, 'a message was not sent'),
  })
}

/** Made once and kept with the data: every replica on it believes the cookies of the others. */
const secretOf = async ({ settings }: Store): Promise<string> =>
  (await settings.get(SECRET)) ?? (await settings.add(SECRET, randomBytes(48).toString('base64url')))

const planOf = ({ config, plans, log }: AccountParts): string | null => {
  const { plan } = config.accounts
  if (plan === null || plans().has(plan)) return plan
  log.warn(`accounts.plan is ${plan}, and there is no such plan: a new organisation got none.`)
  return null
}

/** Settings of this name and an organisation's id: a starting credit that the ledger may not have yet, in nano-dollars. */
const STARTING_CREDIT = 'starting-credit/'

const owedBy = ({ config }: AccountParts) => {
  const amount = config.accounts.startingCreditUsd
  return amount === 0n ? undefined : { prefix: STARTING_CREDIT, value: String(amount) }
}

/** Gives what is owed, once, however often it is tried: the ledger knows by what the credit is for. */
const giveStartingCredit = async ({ store, ledger, log }: AccountParts, userId: string): Promise<void> => {
  const name = `${STARTING_CREDIT}${userId}`
  const amount = await store.settings.get(name)
  if (amount === undefined) return
  const credited = await ledger.credit({
    ...{ userId, amount: nanoUsd(BigInt(amount)), kind: 'promotional-credit', reason: 'starting credit' },
    idempotencyKey: name,
  })
  if (credited.ok) await store.settings.remove(name)
  else log.warn({ user: userId, error: credited.error.kind }, 'a starting credit was not given, and is tried again')
}

/** What could not be given when somebody came: the ledger was busy, or the process died in between. */
export const giveStartingCredits = async (parts: AccountParts): Promise<void> => {
  const owed = await parts.store.settings.beginning(STARTING_CREDIT)
  for (const { name } of owed) await giveStartingCredit(parts, name.slice(STARTING_CREDIT.length))
}

/** Counts an attempt to sign in; fails as `rate-limit-exceeded`. */
export const admitAttempt = async (
  limiters: Pick<Limiters, 'admitAttempt'>,
  subject: string,
  perMinute: number,
): Promise<Result<void, GatewayError>> => {
  const admission = await limiters.admitAttempt(subject, perMinute)
  if (admission.granted) return ok(undefined)
  const message = 'Too many attempts. Wait a moment, then try again.'
  return err(fault('rate-limit-exceeded', message, { retryAfterMs: admission.retryAfterMs }))
}
