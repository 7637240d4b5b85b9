import { ADDRESS_HEADER, AUTH_PATH, INVITATION_HEADER, PROOF_HEADER } from './headers.ts'
import type { Letters } from './letters.ts'
import type { Library } from './library.ts'
import { splitToken } from './links.ts'
import { ownAnswer } from './own-proofs.ts'
import type { Accounts, AccountsParts, SignInCall } from './types.ts'

/** Calls the sign-in library, and does around some calls what it leaves undone. */
export const callsOf =
  (
    parts: AccountsParts,
    letters: Letters,
    library: () => Promise<Library>,
    sessionOf: Accounts['sessionOf'],
  ): Accounts['call'] =>
  async (call) => {
    const own = await ownAnswer(parts, letters, call, sessionOf)
    if (own) return own
    const answerOf = await library()
    if (call.path === '/sign-up/email') await makeWay(parts, letters, call)
    const session = call.path === '/change-password' ? await sessionOf(call.cookie) : undefined
    const answered = await answerOf(requestOf(call, parts.publicUrl))
    // As after a link to a new password: whatever was handed out before proves nothing any more.
    if (session && answered.status < 400) await parts.store.people.endProofs(session.person.id)
    return answered
  }

/**
 * Whoever signed up before with an address that is not proven may be anybody: they make way for whoever does so now. Where no
 * message could be sent, nothing changes, so that nobody is left without a link that counts.
 */
const makeWay = async ({ mailer, store }: AccountsParts, letters: Letters, { body }: SignInCall): Promise<void> => {
  const { email } = JSON.parse(body ?? '{}') as { readonly email?: unknown }
  // Without mail nobody proves an address, and who signed up first is who they are.
  if (!mailer || typeof email !== 'string' || !letters.has('confirmation', email)) return
  await store.people.removeUnproven(email)
}

/** Under the name that people know this server by, with nothing of the caller's own but what counts. */
const requestOf = (call: SignInCall, publicUrl: string): Request => {
  const headers = new Headers({ [ADDRESS_HEADER]: call.address, accept: 'application/json' })
  if (call.cookie !== null) headers.set('cookie', call.cookie)
  if (call.userAgent !== null) headers.set('user-agent', call.userAgent.slice(0, 500))
  if (call.invitation !== undefined) headers.set(INVITATION_HEADER, call.invitation)
  if (call.body !== undefined) headers.set('content-type', 'application/json')
  const url = new URL(`${publicUrl}${AUTH_PATH}${call.path}${call.search}`)
  if (call.path === '/verify-email') {
    const { token, proof } = splitToken(url.searchParams.get('token') ?? '')
    url.searchParams.set('token', token)
    if (/^[\w-]+$/.test(proof)) headers.set(PROOF_HEADER, proof)
  }
  return new Request(url, { method: call.method, headers, ...(call.body !== undefined && { body: call.body }) })
}
