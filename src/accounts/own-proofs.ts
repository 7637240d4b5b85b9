import type { SessionRecord } from '../db/types.ts'
import { newToken } from './invitations.ts'
import type { Letters } from './letters.ts'
import { addressIdentifier } from './links.ts'
import { addressMessage, movedMessage, takenAddressMessage } from './messages.ts'
import type { Accounts, AccountsParts, SignInCall } from './types.ts'

/// What people do to how they sign in where the sign-in library's own way is not ours. Its change of an address asks for no
/// password, and its link signs in whoever opens it, past the second factor; it takes the last usable place away where one of
/// the others is configured no more.

type Own = (parts: AccountsParts, letters: Letters, call: SignInCall, session: SessionRecord) => Promise<Response>

/** The calls that are answered here, for whoever is signed in. */
const OWN: Readonly<Record<string, Own>> = {
  '/change-email': (...given) => askForAddress(...given),
  '/change-email/confirm': (parts, _letters, call, session) => confirmAddress(parts, call, session),
  '/unlink-account': (parts, _letters, call, session) => unlink(parts, call, session),
}

/** Answers a call that is ours; `undefined`: it is the library's. */
export const ownAnswer = async (
  parts: AccountsParts,
  letters: Letters,
  call: SignInCall,
  sessionOf: Accounts['sessionOf'],
): Promise<Response | undefined> => {
  const own = OWN[call.path]
  if (!own) return undefined
  const session = await sessionOf(call.cookie)
  return session ? own(parts, letters, call, session) : refusal(401, 'NOT_SIGNED_IN', 'Sign in first.')
}

/**
 * Sends a link to the new address. The password is asked again, so that a browser that was left open gives no account away;
 * whether somebody has that address is said to who reads its mail alone.
 */
const askForAddress: Own = async ({ store, passwords, mailer, config, publicUrl, nowMs }, letters, call, session) => {
  const { newEmail, password } = JSON.parse(call.body ?? '{}') as { newEmail: string; password: string }
  const { person } = session
  const hash = await store.people.passwordOf(person.id)
  if (hash === undefined) return refusal(409, 'NO_PASSWORD', NO_PASSWORD)
  const isRight = await passwords.verify(password, hash)
  if (isRight === undefined) return refusal(503, 'OVERLOADED', 'Too many sign in at once. Try again.')
  if (!isRight) return refusal(400, 'INVALID_PASSWORD', 'The password is wrong.')
  if (newEmail === person.email.toLowerCase()) return refusal(400, 'SAME_EMAIL', 'This is your address already.')
  const holder = await store.people.findByEmail(newEmail)
  const token = `${newToken()}.${Buffer.from(newEmail).toString('base64url')}`
  if (!holder) await store.people.keepAddress(addressIdentifier(token), person.id, nowMs() + config.resetLinkMs)
  if (letters.admit('address', newEmail))
    mailer?.send(holder ? takenAddressMessage(publicUrl, holder) : addressMessage(publicUrl, person, newEmail, token))
  return done()
}

/**
 * Only who asked for it uses the link: somebody who is sent one for another's account, and confirms it, would share the
 * account with them.
 */
const confirmAddress = async (
  { store, mailer, publicUrl }: AccountsParts,
  call: SignInCall,
  { person }: SessionRecord,
): Promise<Response> => {
  const { token } = JSON.parse(call.body ?? '{}') as { token: string }
  const email = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  const changed = await store.people.takeAddress(addressIdentifier(token), person.id, email)
  if (changed === 'none') return refusal(400, 'INVALID_ADDRESS_TOKEN', NOT_VALID)
  if (changed === 'taken') return refusal(409, 'EMAIL_TAKEN', 'Somebody else has this address by now.')
  mailer?.send(movedMessage(publicUrl, person, email))
  return done()
}

const unlink = async (
  { store, config }: AccountsParts,
  call: SignInCall,
  { person }: SessionRecord,
): Promise<Response> => {
  const { providerId } = JSON.parse(call.body ?? '{}') as { providerId: string }
  const usable = ['credential', ...config.oidc.map(({ id }) => id)]
  const result = await store.people.unlink(person.id, providerId, usable)
  if (result === 'none') return refusal(404, 'ACCOUNT_NOT_FOUND', 'You do not sign in there.')
  if (result === 'last') return refusal(409, 'FAILED_TO_UNLINK_LAST_ACCOUNT', LAST)
  return done()
}

const NO_PASSWORD = 'You have no password here to prove that it is you. Ask an administrator to change your address.'
const NOT_VALID =
  'This link is not valid any more, or was sent for another account. Sign in with the account that asked for it, or ask for another.'
const LAST = 'This is the last way by which you can sign in. Add another first.'

const done = (): Response => Response.json({ status: true })

/** As the library refuses. */
const refusal = (status: number, code: string, message: string): Response =>
  Response.json({ code, message }, { status })
