import type { Provider } from '../routing/types.ts'

/** Takes a provider's credentials out of an error's bytes; the same bytes where there are none in them. */
export type HideSecrets = (bytes: Uint8Array) => Uint8Array

/**
 * For the errors of one provider. Vendors repeat the key they refuse, whole or in part of a sentence, and an error in the
 * client's own format passes as it comes.
 */
export const secretsHiderOf = (provider: Provider): HideSecrets => {
  const known = HIDERS.get(provider)
  if (known) return known
  const hide = createHider(provider.keys.flatMap(secretsIn))
  HIDERS.set(provider, hide)
  return hide
}

const HIDERS = new WeakMap<Provider, HideSecrets>()

/** Shorter ones, as local servers have them, are words that stand anywhere. */
const SECRET_LENGTH_MIN = 8
const HIDDEN = '[key]'

/** A key, and what is in it where it is made of parts: an id with a secret, or a service account's JSON. */
const secretsIn = (key: string): readonly string[] =>
  [key, ...key.split(/["\s:,]+/)].filter((part) => part.length >= SECRET_LENGTH_MIN && !PUBLIC.test(part))

/** Parts of a service account that are no secret, and stand in errors that help. */
const PUBLIC = /^(?:https?|\/\/|service_account$|[\w.-]+@[\w.-]+$|[a-z_]+$)/

const createHider = (secrets: readonly string[]): HideSecrets => {
  // The longest first: a part of a key would leave the rest of it.
  const needles = [...new Set(secrets)].sort((a, b) => b.length - a.length).map((secret) => Buffer.from(secret))
  return (bytes) => {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const found = needles.filter((needle) => body.includes(needle))
    if (found.length === 0) return bytes
    let text = body.toString('latin1')
    for (const needle of found) text = text.replaceAll(needle.toString('latin1'), HIDDEN)
    return Buffer.from(text, 'latin1')
  }
}
