import { bufferOf, copyOf } from '../bytes.ts'
import type { Provider } from '../routing/types.ts'
import { lentTokensOf } from '../upstream/lent-tokens.ts'
import { spelledOut, writtenForms } from './secret-forms.ts'

/** Takes a provider's credentials out of bytes; the same bytes where there are none in them. */
export type HideSecrets = (bytes: Uint8Array) => Uint8Array

/** Bytes of an answer on their way, in pieces that may cut a credential in two: `rest` gives what was held back for that. */
export interface HideInPieces {
  push(bytes: Uint8Array): Uint8Array
  rest(): Uint8Array
}

/**
 * For the errors of one provider. Vendors repeat the key they refuse, whole or in part of a sentence, and an error in the
 * client's own format passes as it comes. Whichever way its characters are escaped or encoded, it is found.
 */
export const secretsHiderOf = (provider: Provider): HideSecrets => hidersOf(provider).inErrors

/**
 * For answers of one provider that are none of its errors: what stands between may repeat a request's headers in them.
 * Keys alone that cannot be words somebody wrote, and only as they are.
 */
export const keyHiderOf = (provider: Provider): HideSecrets => hidersOf(provider).inAnswers

/** The same for an answer that passes in pieces, whatever they are cut at. */
export const keyHiderInPieces = (provider: Provider): HideInPieces => createHiderInPieces(hidersOf(provider).keys)

/** Whether a text tells a credential of the provider. */
export const tellsSecretOf = (provider: Provider): ((text: string) => boolean) => hidersOf(provider).tells

interface Hiders {
  /** What keys were exchanged for when these were made. */
  readonly tokens: readonly string[]
  readonly inErrors: HideSecrets
  readonly inAnswers: HideSecrets
  readonly keys: readonly Buffer[]
  readonly tells: (text: string) => boolean
}

const hidersOf = (provider: Provider): Hiders => {
  const known = HIDERS.get(provider)
  const tokens = lentTokensOf(provider)
  if (known?.tokens === tokens) return known
  const hiders = createHiders([...provider.keys.flatMap(({ secret }) => secretsIn(secret)), ...tokens], tokens)
  HIDERS.set(provider, hiders)
  return hiders
}

const HIDERS = new WeakMap<Provider, Hiders>()

/** Shorter ones, as local servers have them, are words that stand anywhere. */
const SECRET_LENGTH_MIN = 8
/** What stands in place of a key of a local server, where one has to be given, is shorter or has no digit in it. */
const KEY = /^(?=.*\d).{20,}$/s
const HIDDEN = '[key]'

/** A key, and what is in it where it is made of parts: an id with a secret, or a service account's JSON. */
const secretsIn = (key: string): readonly string[] =>
  [key, ...key.split(/["\s:,]+/)].filter((part) => part.length >= SECRET_LENGTH_MIN && !PUBLIC.test(part))

/** Parts of a service account that are no secret, and stand in errors that help. */
const PUBLIC = /^(?:https?|\/\/|service_account$|[\w.-]+@[\w.-]+$|[a-z_]+$)/

const createHiders = (secrets: readonly string[], tokens: readonly string[]): Hiders => {
  // The longest first: a part of a key would leave the rest of it.
  const byLength = [...new Set(secrets)].sort((a, b) => b.length - a.length)
  const written = byLength.flatMap(writtenForms).sort((a, b) => b.length - a.length)
  const shortest = written.at(-1)?.length ?? Number.POSITIVE_INFINITY
  const keys = byLength.filter((secret) => KEY.test(secret)).map((secret) => Buffer.from(secret))
  return {
    tokens,
    inErrors: createErrorHider(byLength, written),
    inAnswers: createHider(keys),
    keys,
    tells: (text) => text.length >= shortest && written.some((form) => text.includes(form)),
  }
}

/** Every event of every stream is looked through: without a view of it made first this takes half the time. */
const has = (bytes: Uint8Array, needle: Buffer): boolean => Buffer.prototype.indexOf.call(bytes, needle) !== -1

const createHider =
  (needles: readonly Buffer[]): HideSecrets =>
  (bytes) => {
    if (!needles.some((needle) => has(bytes, needle))) return bytes
    const found = needles.filter((needle) => has(bytes, needle))
    let text = bufferOf(bytes).toString('latin1')
    for (const needle of found) text = text.replaceAll(needle.toString('latin1'), HIDDEN)
    return Buffer.from(text, 'latin1')
  }

/** Errors are short. In a longer one nobody looks for keys of which single characters are escaped. */
const SPELLED_BYTES_MAX = 1_048_576
/** Without one of these no character is escaped. */
const ESCAPES = /\\|%|&#/

const createErrorHider = (secrets: readonly string[], written: readonly string[]): HideSecrets => {
  const hideWritten = createHider(written.map((form) => Buffer.from(form)))
  let patterns: readonly RegExp[] | undefined
  return (bytes) => {
    const shown = hideWritten(bytes)
    if (secrets.length === 0 || shown.length > SPELLED_BYTES_MAX) return shown
    const text = bufferOf(shown).toString('latin1')
    if (!ESCAPES.test(text)) return shown
    patterns ??= secrets.flatMap((secret) => spelledOut(secret) ?? [])
    const hidden = patterns.reduce((said, pattern) => said.replace(pattern, HIDDEN), text)
    return hidden === text ? shown : Buffer.from(hidden, 'latin1')
  }
}

const NOTHING = new Uint8Array()

const createHiderInPieces = (needles: readonly Buffer[]): HideInPieces => {
  const hide = createHider(needles)
  let held: Uint8Array = NOTHING
  return {
    push: (bytes) => {
      if (needles.length === 0) return bytes
      const shown = hide(held.length === 0 ? bytes : Buffer.concat([held, bytes]))
      const length = Math.max(0, ...needles.map((needle) => begunLength(shown, needle)))
      held = length === 0 ? NOTHING : copyOf(shown.subarray(shown.length - length))
      return length === 0 ? shown : shown.subarray(0, shown.length - length)
    },
    rest: () => {
      const last = held
      held = NOTHING
      return last
    },
  }
}

/** How many bytes at the end may be the beginning of `needle`. */
const begunLength = (bytes: Uint8Array, needle: Buffer): number => {
  const tail = bufferOf(bytes)
  for (let length = Math.min(bytes.length, needle.length - 1); length > 0; length--)
    if (tail.compare(needle, 0, length, bytes.length - length) === 0) return length
  return 0
}
