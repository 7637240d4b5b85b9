import { Buffer } from 'node:buffer'
import type { Opaque } from '../../canon/blocks.ts'
import type { Carriers } from '../../canon/codec.ts'
import { objectOf, parseJson, textOf } from '../json.ts'

/** Who reads what Gemini's own API writes into `thoughtSignature`. */
export const FAMILY = 'google'

/**
 * What Google documents for calls that another model made: it stands for a signature that nobody has.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const NO_SIGNATURE = 'skip_thought_signature_validator'
const STAND_INS: readonly string[] = [NO_SIGNATURE, 'context_engineering_is_the_way_to_go'].flatMap((text) => [
  text,
  Buffer.from(text).toString('base64'),
])
export const isStandIn = (signature: string): boolean => STAND_INS.includes(signature)

/** The kind of part a signature stood on, and must stand on again. */
export type SignedPart = 'text' | 'call' | 'thought'

export const signatureOpaque = (family: string, signature: string, on: SignedPart): Opaque => ({
  family,
  kind: 'thought-signature',
  data: JSON.stringify({ signature, on }),
})

/** The signature in an opaque that `family` can read; `undefined` for any other. */
export const signatureFor = (
  opaque: Opaque | undefined,
  family: string,
): { readonly signature: string; readonly on: SignedPart } | undefined => {
  if (opaque?.kind !== 'thought-signature' || opaque.family !== family) return undefined
  const { signature, on } = objectOf(parseJson(opaque.data))
  if (textOf(signature) === '') return undefined
  return { signature: textOf(signature), on: on === 'call' || on === 'thought' ? on : 'text' }
}

/** What a `thoughtSignature` of a client holds: Google's own, or what Tollgate put there for other vendors. */
export type Slot =
  | { readonly kind: 'native' }
  | { readonly kind: 'carried'; readonly opaques: readonly Opaque[]; readonly damaged: boolean }

const SEPARATOR = '\n'

export const readSlot = (signature: string, carriers: Carriers): Slot => {
  const found = Buffer.from(signature, 'base64')
    .toString('latin1')
    .split(SEPARATOR)
    .map((envelope) => carriers.open(envelope))
  if (found[0] === undefined) return { kind: 'native' }
  return {
    kind: 'carried',
    opaques: found.filter((opaque) => opaque !== undefined && opaque !== 'damaged'),
    damaged: found.some((opaque) => opaque === undefined || opaque === 'damaged'),
  }
}

/** The field is of bytes, which typed clients decode: envelopes are written in base64, several into one. */
export const writeSlot = (opaques: readonly Opaque[], carriers: Carriers): string =>
  Buffer.from(opaques.map((opaque) => carriers.seal(opaque)).join(SEPARATOR), 'latin1').toString('base64')
