import type { InvitationCounts } from '../../db/types.ts'
import { fault, type GatewayError } from '../../errors.ts'

/// Invitations are messages to strangers, in the name of this server.

/** Open at once, in an organisation. */
const OPEN_MAX = 200
const DAY_MS = 86_400_000
/** In a day: made for an organisation, made by one person, and sent to one address, whoever invites. */
const PER_DAY = { organisation: 200, inviter: 100, address: 3 }

/** Since when they are counted. */
export const countedSince = (nowMs: number): number => nowMs - DAY_MS

/** Why one more may not be made. Administrators may make as many as they like: do not ask for them. */
export const refusalOfInvitation = (counts: InvitationCounts): GatewayError | undefined => {
  if (counts.open >= OPEN_MAX) return TOO_MANY_OPEN
  const isMuch = counts.byOrganisation >= PER_DAY.organisation || counts.byInviter >= PER_DAY.inviter
  return isMuch ? TOO_MANY : undefined
}

/** An address that has been written to often enough gets no other message; the link can be handed over still. */
export const isAddressFree = (counts: InvitationCounts): boolean => counts.toAddress < PER_DAY.address

const TOO_MANY_OPEN = fault(
  'state-conflict',
  `${OPEN_MAX} invitations to this organisation are open. Take some back, or wait until they are accepted.`,
)
const TOO_MANY = fault('rate-limit-exceeded', 'Too many invitations were made today. Make others tomorrow.')
