import { APIError, isAPIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { createRowAdapter, idFor, TABLES } from './adapter.ts'
import { cookieNames } from './cookies.ts'
import { discoveryUrl } from './places.ts'
import { ADDRESS_HEADER, AUTH_PATH, PROOF_HEADER } from './headers.ts'
import { hooksOf } from './hooks.ts'
import type { Letters } from './letters.ts'
import { boundToken, isProof, resetIdentifier, storedIdentifier } from './links.ts'
import { existingAccountMessage, passwordMessage, resetMessage, verificationMessage } from './messages.ts'
import type { AccountsParts } from './types.ts'

/// The one file that sets up the sign-in library. It is loaded when somebody first signs in: see `accounts.ts`.

const PASSWORD_CHARACTERS_MIN = 12
const PASSWORD_CHARACTERS_MAX = 200
/** A session that is used is prolonged once a day, here and in `session.ts` of the control plane. */
const RENEW_S = 86_400

export type Library = (request: Request) => Promise<Response>

type Place = AccountsParts['config']['oidc'][number]

/** `places`: those to sign in at that could be reached. */
export const createLibrary = (parts: AccountsParts, letters: Letters, places: readonly Place[]): Library =>
  betterAuth({
    appName: 'Tollgate',
    baseURL: parts.publicUrl,
    basePath: AUTH_PATH,
    secret: parts.secret,
    database: createRowAdapter(parts.rows),
    ...tablesOf(),
    ...proofsOf(parts, letters),
    ...sessionsOf(parts),
    databaseHooks: hooksOf(parts),
    // Counted in front of it, by address and by account.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message, ...more) => parts.onError(message, more[0]) },
    onAPIError: { errorURL: `${parts.publicUrl}/login`, onError: passOn },
    plugins: [
      twoFactor({ issuer: issuerOf(parts.publicUrl), schema: SECOND_FACTORS }),
      genericOAuth({ config: places.map(providerOf) }),
    ],
  }).handler

/** What is no refusal is ours: the control plane says and logs it as it does its own. */
const passOn = (error: unknown): void => {
  if (!isAPIError(error)) throw error
}

const issuerOf = (publicUrl: string): string => `Tollgate (${new URL(publicUrl).host})`

const providerOf = (place: Place) => ({
  providerId: place.id,
  name: place.name,
  discoveryUrl: discoveryUrl(place),
  clientId: place.clientId,
  ...(place.clientSecret !== null && { clientSecret: place.clientSecret }),
  scopes: ['openid', 'email', 'profile'],
  pkce: true,
  requireIdTokenVerification: true,
  // Some providers send words for truth values, and to the library any word is true.
  mapProfileToUser: (profile: object) => ({ emailVerified: isProven(profile) }),
})

/** What a provider says of the address (OpenID Connect Core 1.0, section 5.1): nothing but a clear yes counts. */
const isProven = (profile: { readonly email_verified?: unknown }): boolean =>
  profile.email_verified === true || profile.email_verified === 'true'

const TIMES = { createdAt: 'created_at_ms', updatedAt: 'updated_at_ms' }

const SECOND_FACTORS = {
  user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
  twoFactor: {
    modelName: TABLES.twoFactor,
    fields: {
      backupCodes: 'backup_codes',
      userId: 'person_id',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until_ms',
    },
  },
}

const tablesOf = () => ({
  user: {
    modelName: TABLES.user,
    fields: { ...TIMES, emailVerified: 'email_verified' },
    additionalFields: {},
  },
  account: {
    modelName: TABLES.account,
    fields: {
      ...TIMES,
      accountId: 'account_id',
      providerId: 'provider_id',
      userId: 'person_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at_ms',
      refreshTokenExpiresAt: 'refresh_token_expires_at_ms',
    },
    // Nothing is asked of those places later: their tokens are not kept.
    updateAccountOnSignIn: false,
    accountLinking: { enabled: true, trustedProviders: [], allowDifferentEmails: false },
  },
  verification: {
    modelName: TABLES.verification,
    fields: { ...TIMES, expiresAt: 'expires_at_ms' },
    // Who reads the table learns no link that counts.
    storeIdentifier: { hash: async (identifier: string) => storedIdentifier(identifier) },
  },
})

const sessionsOf = ({ config, publicUrl, nowMs }: AccountsParts) => {
  const isSecure = publicUrl.startsWith('https://')
  return {
    session: {
      modelName: TABLES.session,
      fields: {
        ...TIMES,
        expiresAt: 'expires_at_ms',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        userId: 'person_id',
      },
      expiresIn: Math.floor(config.sessionMs / 1_000),
      updateAge: RENEW_S,
      cookieCache: { enabled: false },
    },
    trustedOrigins: [new URL(publicUrl).origin],
    advanced: {
      cookiePrefix: cookieNames(isSecure).prefix,
      // The prefix says it already, and says more: see `cookies.ts`.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax' as const, path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      // Checked in front of it, more strictly, and for every call.
      disableCSRFCheck: true,
      database: { generateId: ({ model }: { readonly model: string }) => idFor(model, nowMs()) },
      backgroundTasks: { handler: (task: Promise<unknown>) => void task },
    },
  }
}

const proofsOf = (parts: AccountsParts, letters: Letters) => {
  const { passwords, config, mailer, store } = parts
  const expiresIn = Math.floor(config.resetLinkMs / 1_000)
  const isDisabled = async (id: string): Promise<boolean> => (await store.people.find(id))?.disabled !== false
  return {
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
      maxPasswordLength: PASSWORD_CHARACTERS_MAX,
      // Whoever signs up learns nothing of whether the address was known: they sign in next, as those who were do.
      autoSignIn: false,
      requireEmailVerification: mailer !== undefined,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: expiresIn,
      onPasswordReset: async ({ user }: { readonly user: Person }, request?: Request) => {
        await store.people.endProofs(user.id)
        mailer?.send(passwordMessage(parts.publicUrl, user))
        await noteReset(parts, user, request)
      },
      password: {
        hash: async (password: string) => (await passwords.hash(password)) ?? tooBusy(),
        verify: async ({ hash, password }: { readonly hash: string; readonly password: string }) =>
          (await passwords.verify(password, hash)) ?? tooBusy(),
      },
      ...(mailer && {
        sendResetPassword: async ({ user, token }: Told) => {
          if (await isDisabled(user.id)) return
          if (!letters.admit('reset', user.email)) return
          // One that was not sent ends none that was.
          if (mailer.send(resetMessage(parts.publicUrl, user, token)))
            await store.people.endResets(user.id, resetIdentifier(token))
        },
        onExistingUserSignUp: async ({ user }: Pick<Told, 'user'>) => {
          if (letters.admit('existing-account', user.email)) mailer.send(existingAccountMessage(parts.publicUrl, user))
        },
      }),
    },
    emailVerification: {
      expiresIn,
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: false,
      ...(mailer && {
        sendVerificationEmail: async ({ user, url, token }: Told) => {
          const bound = boundToken(parts.secret, token, user.id)
          if (letters.admit('confirmation', user.email))
            mailer.send(verificationMessage(parts.publicUrl, user, bound, url))
        },
      }),
      beforeEmailVerification: async (user: Person, request?: Request) => {
        const token = request && new URL(request.url).searchParams.get('token')
        if (!token || !isProof(request.headers.get(PROOF_HEADER) ?? '', parts.secret, token, user.id)) notForThis()
      },
    },
  }
}

interface Person {
  readonly id: string
  readonly email: string
  readonly name: string
}

interface Told {
  readonly user: Person
  readonly url: string
  readonly token: string
}

/** Whoever has the link is taken for the person; from where it was used is written down. */
const noteReset = (
  { store, nowMs }: AccountsParts,
  { id, email }: Person,
  request: Request | undefined,
): Promise<void> =>
  store.audit.add({
    ...{ atMs: nowMs(), actor: id, actorName: email, address: request?.headers.get(ADDRESS_HEADER) ?? '' },
    ...{ userId: null, action: 'resetPassword', subject: id, before: null, after: null, reason: null, requestId: '' },
  })

const notForThis = (): never => {
  throw new APIError('UNAUTHORIZED', { code: 'INVALID_TOKEN', message: 'Invalid token' })
}

const tooBusy = (): never => {
  throw new APIError('SERVICE_UNAVAILABLE', { code: 'OVERLOADED', message: 'Too many sign in at once. Try again.' })
}
