import type { OperatorSession } from '../db/types.ts'
import { callsOf } from './calls.ts'
import { cookieNames, readCookie, readSigned, sign, writeCookie } from './cookies.ts'
import { invitationFor, newToken, tokenHash } from './invitations.ts'
import { createLetters, type Letters } from './letters.ts'
import type { Library } from './library.ts'
import { resetIdentifier } from './links.ts'
import { reachable } from './places.ts'
import type { Accounts, AccountsParts } from './types.ts'

/** Opens people's accounts. The sign-in library is loaded at its first call: most gateways serve programs alone. */
export const createAccounts = (parts: AccountsParts): Accounts => {
  const { config, store, nowMs } = parts
  const isSecure = parts.publicUrl.startsWith('https://')
  const cookies = cookieNames(isSecure)
  const letters = createLetters(nowMs)
  const sessionOf: Accounts['sessionOf'] = async (cookie) => {
    const token = readSigned(readCookie(cookie, cookies.session), parts.secret)
    return token === undefined ? undefined : store.people.findSession(token)
  }
  return {
    signUp: config.signUp,
    sendsMail: parts.mailer !== undefined,
    oidc: config.oidc.map(({ id, name }) => ({ id, name })),
    isSecure,
    cookies,
    sessionMs: config.sessionMs,
    operatorSessionMs: config.operatorSessionMs,
    invitationMs: config.invitationMs,
    resetMs: config.resetLinkMs,
    perAddress: config.signIn.perAddress,
    perAccount: config.signIn.perAccount,
    call: callsOf(parts, letters, keeper(parts, letters), sessionOf),
    sessionOf,
    ...operatorSessionsOf(parts),
    resetLink: async (personId, madeBy) => {
      const token = newToken()
      const expiresAtMs = nowMs() + config.resetLinkMs
      await store.people.keepReset(resetIdentifier(token), personId, expiresAtMs, madeBy)
      return { url: `${parts.publicUrl}/reset?token=${token}`, expiresAtMs }
    },
    refusalOfSignUp: async (email, token) => {
      const found = await invitationFor(parts, email, token, false)
      return found.ok ? undefined : found.error
    },
    write: (message) => parts.mailer?.send(message, 'bulk') ?? false,
    pageUrl: (path) => parts.publicUrl + path,
  }
}

/** After this long, places to sign in at that did not answer are asked again. */
const ASK_AGAIN_MS = 30_000

/** The library, loaded once. While a place to sign in at is away it is made anew now and then, beside what goes on. */
const keeper = (parts: AccountsParts, letters: Letters): (() => Promise<Library>) => {
  const { oidc } = parts.config
  let library: Promise<Library> | undefined
  let askAgainAtMs = Number.POSITIVE_INFINITY
  const make = async (): Promise<Library> => {
    askAgainAtMs = Number.POSITIVE_INFINITY
    const places = await reachable(oidc)
    if (places.length < oidc.length) askAgainAtMs = parts.nowMs() + ASK_AGAIN_MS
    const { createLibrary } = await import('./library.ts')
    return createLibrary(parts, letters, places)
  }
  return () => {
    library ??= make().catch((error: unknown) => {
      library = undefined
      throw error
    })
    if (parts.nowMs() >= askAgainAtMs) {
      make().then(
        (made) => {
          library = Promise.resolve(made)
        },
        (error: unknown) => parts.onError('the sign-in library could not be made anew', error),
      )
    }
    return library
  }
}

const operatorSessionsOf = ({ config, publicUrl, secret, store, nowMs }: AccountsParts) => {
  const isSecure = publicUrl.startsWith('https://')
  const names = cookieNames(isSecure)
  const find = async (cookie: string | null, kind: OperatorSession['kind']) => {
    const token = readSigned(readCookie(cookie, names[kind]), secret)
    if (token === undefined) return undefined
    const found = await store.people.findOperatorSession(tokenHash(token))
    return found?.kind === kind ? found : undefined
  }
  return {
    openOperatorSession: async (session: Omit<OperatorSession, 'expiresAtMs'>): Promise<string> => {
      const token = newToken()
      const expiresAtMs = nowMs() + config.operatorSessionMs
      await store.people.openOperatorSession(tokenHash(token), { ...session, expiresAtMs })
      return writeCookie(names[session.kind], sign(token, secret), isSecure, config.operatorSessionMs)
    },
    operatorSessionOf: find,
    closeOperatorSession: async (cookie: string | null, kind: OperatorSession['kind']) => {
      const written = readCookie(cookie, names[kind])
      if (written === undefined) return []
      const token = readSigned(written, secret)
      if (token !== undefined) await store.people.closeOperatorSession(tokenHash(token))
      return [writeCookie(names[kind], '', isSecure, 0)]
    },
  }
}
