import type { Config } from '../config/load.ts'
import type { FirstTerms } from '../db/people-types.ts'
import type { OperatorSession, SessionRecord, Store } from '../db/types.ts'
import type { SignInRows } from '../db/queries/people-rows.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { CookieNames } from './cookies.ts'

export type AccountsConfig = Config['accounts']

/** What signing in needs from the rest of Tollgate. */
export interface AccountsParts {
  readonly config: AccountsConfig
  readonly store: Pick<Store, 'people' | 'members' | 'invitations' | 'audit'>
  readonly rows: SignInRows
  /** Where people reach the console; without a slash at its end. */
  readonly publicUrl: string
  /** Signs cookies and links, and encrypts second factors. The same for every replica. */
  readonly secret: string
  /** `undefined`: none is configured. */
  readonly mailer: Mailer | undefined
  readonly passwords: PasswordChecks
  /** What a new organisation gets: a plan, if there is one of the name, and what is owed to it. */
  readonly terms: () => FirstTerms
  /** Gives a new organisation what is owed to it. */
  readonly welcome: (userId: string) => Promise<void>
  /** Something is wrong that whoever signs in cannot mend. */
  readonly onError: (message: string, error?: unknown) => void
  readonly nowMs: () => number
}

/** `undefined`: too many wait. */
export interface PasswordChecks {
  hash(password: string): Promise<string | undefined>
  verify(password: string, hash: string): Promise<boolean | undefined>
}

/** A call of the sign-in library, checked, and from whom. */
export interface SignInCall {
  readonly method: string
  /** Behind `/api/auth`. */
  readonly path: string
  readonly search: string
  readonly cookie: string | null
  readonly userAgent: string | null
  readonly address: string
  /** Token of the invitation that somebody signs up with. */
  readonly invitation: string | undefined
  /** JSON; `undefined`: none. */
  readonly body: string | undefined
}

/** People's accounts. */
export interface Accounts {
  readonly signUp: AccountsConfig['signUp']
  readonly sendsMail: boolean
  readonly oidc: readonly { readonly id: string; readonly name: string }[]
  readonly isSecure: boolean
  readonly cookies: CookieNames
  readonly sessionMs: number
  readonly operatorSessionMs: number
  readonly invitationMs: number
  readonly resetMs: number
  readonly perAddress: number
  readonly perAccount: number
  /** Answers a call by the sign-in library, which is loaded now if it was not. */
  call(call: SignInCall): Promise<Response>
  /** The session a cookie names, if it goes on. */
  sessionOf(cookie: string | null): Promise<SessionRecord | undefined>
  /** Sets a cookie for the operator, or for an organisation that is looked at; the value of `Set-Cookie`. */
  openOperatorSession(session: Omit<OperatorSession, 'expiresAtMs'>): Promise<string>
  operatorSessionOf(cookie: string | null, kind: OperatorSession['kind']): Promise<OperatorSession | undefined>
  /** The values of `Set-Cookie` that take such cookies away. */
  closeOperatorSession(cookie: string | null, kind: OperatorSession['kind']): Promise<readonly string[]>
  /**
   * A link by which a person sets a new password, for an administrator to hand over; others end. `madeBy`: the administrator,
   * where that is a person, with whose right to make one it ends.
   */
  resetLink(personId: string, madeBy: string | null): Promise<{ readonly url: string; readonly expiresAtMs: number }>
  /** Why somebody may not sign up with this address and invitation; `undefined`: they may. */
  refusalOfSignUp(email: string, token: string | undefined): Promise<SignUpRefusal | undefined>
  /** Writes to somebody who did not ask for it; false where no mail is configured, or too many such messages wait. */
  write(message: { readonly to: string; readonly subject: string; readonly text: string }): boolean
  /** The address of a page of the console. */
  pageUrl(path: string): string
}

export type SignUpRefusal = 'closed' | 'not-invited'
