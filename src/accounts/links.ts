import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { ADDRESS_PREFIX, RESET_PREFIX } from '../db/queries/people-proofs.ts'

/// The links of messages, as they are kept, and what a link that confirms an address is bound to.

/** As the identifiers of what is expected back are kept: by their hashes; links to a new password can be told apart. */
export const storedIdentifier = (identifier: string): string =>
  (identifier.startsWith(RESET) ? RESET_PREFIX : '') + createHash('sha256').update(identifier).digest('base64url')

const RESET = 'reset-password:'

/** The identifier of a link to a new password, by its token. */
export const resetIdentifier = (token: string): string => storedIdentifier(RESET + token)

/** The identifier of a link that confirms a new address, by its token, which names the address. */
export const addressIdentifier = (token: string): string =>
  ADDRESS_PREFIX + createHash('sha256').update(`address:${token}`).digest('base64url')

/**
 * The token of a link that confirms an address: the sign-in library's, which names the address alone, and a proof that it was
 * sent for this very sign-up. Whoever signs up with the address anew is another person, for whom it does not count.
 */
export const boundToken = (secret: string, token: string, personId: string): string =>
  `${token}.${proofOf(secret, token, personId)}`

/** What the library is asked with, and the proof beside it. */
export const splitToken = (bound: string): { readonly token: string; readonly proof: string } => {
  const dot = bound.lastIndexOf('.')
  return { token: bound.slice(0, Math.max(0, dot)), proof: bound.slice(dot + 1) }
}

export const isProof = (proof: string, secret: string, token: string, personId: string): boolean => {
  const own = Buffer.from(proofOf(secret, token, personId))
  const given = Buffer.from(proof)
  return given.length === own.length && timingSafeEqual(given, own)
}

const proofOf = (secret: string, token: string, personId: string): string =>
  createHmac('sha256', secret).update(`confirm\n${personId}\n${token}`).digest('base64url')
