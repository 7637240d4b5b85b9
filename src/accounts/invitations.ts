import { createHash, randomBytes } from 'node:crypto'
import type { InvitationRecord } from '../db/types.ts'
import { err, ok, type Result } from '../result.ts'
import type { AccountsParts, SignUpRefusal } from './types.ts'

/** A new token for a link, of 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is kept of a token. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** An invitation that can still be accepted. */
export const openInvitation = async (
  { store, nowMs }: Pick<AccountsParts, 'store' | 'nowMs'>,
  token: string,
): Promise<InvitationRecord | undefined> => {
  const found = await store.invitations.find(tokenHash(token))
  const isOpen = found && found.acceptedAtMs === null && found.expiresAtMs > nowMs()
  return isOpen && (await mayStillInvite({ store }, found)) ? found : undefined
}

/** Whether whoever invited may do so now: nobody gives with a link what they could not give in person any more. */
const mayStillInvite = async (
  { store }: Pick<AccountsParts, 'store'>,
  { inviterId, userId, role }: InvitationRecord,
): Promise<boolean> => {
  if (inviterId === null) return true
  const inviter = await store.people.find(inviterId)
  if (!inviter || inviter.disabled) return false
  if (inviter.administrator) return true
  const own = userId === null ? undefined : await store.members.roleOf(userId, inviterId)
  return own === 'owner' || (own === 'admin' && role !== 'owner')
}

/**
 * The invitation that lets an address sign up: by its token, or where the address is proven, by the address. `ok` with
 * nothing: none is needed.
 */
export const invitationFor = async (
  parts: Pick<AccountsParts, 'store' | 'nowMs' | 'config'>,
  email: string,
  token: string | undefined,
  isProven: boolean,
): Promise<Result<InvitationRecord | undefined, SignUpRefusal>> => {
  const { signUp } = parts.config
  if (signUp === 'closed') return err('closed')
  const byToken = token === undefined ? undefined : await openInvitation(parts, token)
  if (byToken && byToken.personId === null && (byToken.email === null || byToken.email === email.toLowerCase()))
    return ok(byToken)
  const byAddress = isProven ? await parts.store.invitations.openFor(email.toLowerCase()) : undefined
  if (byAddress && (await mayStillInvite(parts, byAddress))) return ok(byAddress)
  return signUp === 'open' ? ok(undefined) : err('not-invited')
}
