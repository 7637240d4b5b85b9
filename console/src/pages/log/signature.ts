interface Signed {
  readonly signature: { readonly key_id: string; readonly value: string }
}

interface PublishedKey {
  readonly kid: string
  readonly x: string
}

/** `unable`: this browser, or this connection, cannot check it. */
export type Verdict = 'genuine' | 'forged' | 'unknown-key' | 'unable'

/** Checks the signature of a receipt (Ed25519 over RFC 8785) with the keys that the gateway publishes, in this browser. */
export const verdictOf = async (receipt: Signed, keys: readonly PublishedKey[]): Promise<Verdict> => {
  const key = keys.find(({ kid }) => kid === receipt.signature.key_id)
  if (!key) return 'unknown-key'
  try {
    // Absent where the address is neither `https:` nor this machine.
    const imported = await crypto.subtle.importKey('raw', bytesOf(key.x), 'Ed25519', false, ['verify'])
    const { signature, ...signed } = receipt
    const text = new TextEncoder().encode(canonicalJson(signed))
    const isGenuine = await crypto.subtle.verify('Ed25519', imported, bytesOf(signature.value), text)
    return isGenuine ? 'genuine' : 'forged'
  } catch {
    return 'unable'
  }
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

/** JSON as one text and no other (RFC 8785): members in the order of their names' UTF-16 code units, no white space. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`
}
