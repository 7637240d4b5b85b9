import { z } from '@hono/zod-openapi'
import type { ControlPlaneApp } from './deps.ts'
import { emailField, line } from './fields.ts'
import { answer, body, failures, SIGNED_IN } from './routes.ts'

/** What somebody sent, checked. */
export type Written = Readonly<Record<string, unknown>>

/** A call of the sign-in library that gets to it. */
export interface AuthCall {
  readonly method: 'GET' | 'POST'
  /** Behind `/api/auth`, as the description has it. */
  readonly path: string
  readonly pattern: RegExp
  readonly operationId: string
  readonly summary: string
  readonly answer: string
  readonly body?: z.ZodType | undefined
  /** Counts against the address, and the person it names. */
  readonly isAttempt?: boolean
  readonly isSignUp?: boolean
  /** Its answer says nothing but that it was taken: the library's would tell who has an account. */
  readonly isBrief?: boolean
  /** Its answer leaves at an even time: how long it takes would tell who has an account. */
  readonly isEven?: boolean
  /** Can be done only where messages are sent. */
  readonly needsMail?: boolean
  /** Is answered at once, whatever becomes of it. */
  readonly isSilent?: boolean
  /** Whoever is signed in, and nobody else. */
  readonly isOwn?: boolean
  /** Ends the session that asks. */
  readonly isSignOut?: boolean
  /** Sends the browser to another site, which sends it back. */
  readonly goesElsewhere?: boolean
}

/** Whether it does once its dots are followed: `/a/..//b` leads to `//b`, another site. */
const staysHere = (path: string): boolean =>
  URL.canParse(path, 'http://here') && !new URL(path, 'http://here').pathname.startsWith('//')

/** A path of our own: nothing that a browser could take for another site. */
const ownPath = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\\\p{Cc}\s]*$/u, 'must be a path of this site, such as /console')
  .refine(staysHere, 'must be a path of this site, such as /console')
  .openapi({ description: 'Where to go on afterwards: a path of this site.', example: '/console' })

const password = z.string().min(1, 'must not be empty').max(200, 'must have at most 200 characters')
const newPassword = z.string().min(12, 'must have at least 12 characters').max(200, 'must have at most 200 characters')
const code = line(20)
const token = line(1_000)
const PASSWORD = { password: password.optional() }
const SECOND = {
  code,
  trustDevice: z.boolean().optional().openapi({ description: 'Ask no second factor here for 30 days.' }),
}

const called = (call: Omit<AuthCall, 'pattern' | 'body'> & { readonly fields?: z.ZodRawShape }): AuthCall => ({
  ...call,
  pattern: new RegExp(`^${call.path.replace(/\{[^}]+\}/g, '[\\w.~-]{1,200}')}$`),
  body: call.fields && z.strictObject(call.fields),
})

const post = (
  path: string,
  operationId: string,
  summary: string,
  more: Partial<AuthCall> & { fields?: z.ZodRawShape },
) => called({ method: 'POST', path, operationId, summary, answer: 'Done.', ...more })

const SIGN_IN: readonly AuthCall[] = [
  post('/sign-up/email', 'signUp', 'Open an account with a password', {
    fields: { name: line(100), email: emailField, password: newPassword, callbackURL: ownPath.optional() },
    answer: 'The same for an address that has an account: its owner is told by mail. Nobody is signed in yet.',
    ...{ isAttempt: true, isSignUp: true, isBrief: true, isEven: true },
  }),
  post('/sign-in/email', 'signIn', 'Sign in with a password', {
    fields: { email: emailField, password, rememberMe: z.boolean().optional(), callbackURL: ownPath.optional() },
    answer: 'Signed in; or `twoFactorRedirect: true`, and a second factor is asked for.',
    ...{ isAttempt: true, isEven: true },
  }),
  post('/sign-in/social', 'signInElsewhere', 'Sign in at a place of `accounts.oidc`', {
    fields: {
      provider: line(64),
      callbackURL: ownPath,
      errorCallbackURL: ownPath.optional(),
      newUserCallbackURL: ownPath.optional(),
    },
    answer: 'Where to send the browser: `url`.',
    ...{ isAttempt: true, goesElsewhere: true },
  }),
  called({
    method: 'GET',
    path: '/callback/{id}',
    operationId: 'comeBack',
    summary: 'Where such a place sends people back to',
    answer: 'Not called by programs.',
    isAttempt: true,
  }),
]

const PROOFS: readonly AuthCall[] = [
  called({
    method: 'GET',
    path: '/verify-email',
    operationId: 'verifyEmail',
    summary: 'Prove an address with the `token` of a message',
    answer: 'The address is proven.',
    isAttempt: true,
  }),
  post('/send-verification-email', 'sendVerification', 'Send such a message again', {
    fields: { email: emailField, callbackURL: ownPath.optional() },
    ...{ isAttempt: true, isSilent: true, needsMail: true },
  }),
  post('/request-password-reset', 'requestPasswordReset', 'Send a link to a new password', {
    fields: { email: emailField },
    answer: 'The same for an address that nobody has.',
    ...{ isAttempt: true, isSilent: true, needsMail: true },
  }),
  post('/reset-password', 'resetPassword', 'Set a new password with the token of a link', {
    fields: { newPassword, token },
    answer: 'Done. Every session of the person has ended.',
    isAttempt: true,
  }),
  post('/two-factor/verify-totp', 'verifyTotp', 'Enter the code of an app', { fields: SECOND, isAttempt: true }),
  post('/two-factor/verify-backup-code', 'verifyBackupCode', 'Enter a backup code, which then is used up', {
    fields: SECOND,
    isAttempt: true,
  }),
]

const OWN: readonly AuthCall[] = [
  post('/change-password', 'changePassword', 'Set a new password', {
    fields: {
      ...{ newPassword, currentPassword: password },
      revokeOtherSessions: z
        .boolean()
        .default(true)
        .openapi({ description: 'End all other sessions of the person, which may be why the password is changed.' }),
    },
    isAttempt: true,
  }),
  post('/change-email', 'changeEmail', 'Ask for another address', {
    fields: { newEmail: emailField, password },
    answer: 'The same for an address that somebody has: a link is sent to it, or a note. Nothing is changed yet.',
    ...{ isAttempt: true, needsMail: true },
  }),
  post('/change-email/confirm', 'confirmEmail', 'Take it, with the token of the link', {
    fields: { token },
    answer: 'The address is the new one, and proven. For whoever asked for it alone; the old address is told.',
    isAttempt: true,
  }),
  post('/two-factor/enable', 'enableTwoFactor', 'Begin to ask for a second factor', {
    fields: PASSWORD,
    answer: '`totpURI` for the app, and `backupCodes`. It counts once a code was entered at `/two-factor/verify-totp`.',
    isAttempt: true,
  }),
  post('/two-factor/disable', 'disableTwoFactor', 'Ask for none any more', { fields: PASSWORD, isAttempt: true }),
  post('/two-factor/get-totp-uri', 'getTotpUri', 'Show the secret again', { fields: PASSWORD, isAttempt: true }),
  post('/two-factor/generate-backup-codes', 'renewBackupCodes', 'Make new backup codes', {
    fields: PASSWORD,
    isAttempt: true,
  }),
  post('/sign-out', 'endSession', 'End this session', { isSignOut: true }),
  called({
    method: 'GET',
    path: '/list-sessions',
    operationId: 'listSessions',
    summary: 'List where one is signed in',
    answer: 'Sessions, with address, browser and times.',
  }),
  post('/revoke-session', 'revokeSession', 'End one of them', { fields: { token } }),
  post('/revoke-other-sessions', 'revokeOtherSessions', 'End all others', {}),
  post('/revoke-sessions', 'revokeSessions', 'End all of them, this one too', { isSignOut: true }),
  post('/update-user', 'updateOwnName', 'Change one’s name', { fields: { name: line(100) } }),
  called({
    method: 'GET',
    path: '/list-accounts',
    operationId: 'listProofs',
    summary: 'List by what one can sign in',
    answer: '`credential` is the password.',
  }),
  post('/link-social', 'linkElsewhere', 'Add a place to sign in at', {
    fields: { provider: line(64), callbackURL: ownPath, errorCallbackURL: ownPath.optional() },
    answer: 'Where to send the browser: `url`.',
  }),
  post('/unlink-account', 'unlinkElsewhere', 'Take one away, unless it is the last', {
    fields: { providerId: line(64) },
    answer: 'Done. A 409 where no other is left that could be used here.',
  }),
]

export const AUTH_CALLS: readonly AuthCall[] = [...SIGN_IN, ...PROOFS, ...OWN.map((call) => ({ ...call, isOwn: true }))]

/** Names them in the description: they are no routes of their own. */
export const describeAuthCalls = (app: ControlPlaneApp): void => {
  for (const call of AUTH_CALLS) {
    const path = `/api/auth${call.path}`
    const params = path.includes('{id}') ? { params: z.object({ id: z.string() }) } : {}
    app.openAPIRegistry.registerPath({
      method: call.method === 'GET' ? 'get' : 'post',
      path,
      operationId: call.operationId,
      tags: ['Sessions'],
      summary: call.summary,
      ...(call.isOwn && { security: SIGNED_IN }),
      request: { ...params, ...(call.body && { body: body(call.body) }) },
      responses: { 200: answer(z.looseObject({}), call.answer), ...failures(400, 403) },
    })
  }
}
