import { hash } from 'node:crypto'
import type { ToolCallBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { objectOf } from '../json.ts'

/** Which signs an id may be of: Anthropic's and OpenAI's newer API take letters, digits, `_` and `-`; others take any. */
export type CallIdSigns = 'plain' | 'any'

const PLAIN = /^[A-Za-z0-9_-]+$/
const PREFIX = 'call_'
/** The length of a hashed id: the prefix and a SHA-256 digest in base64url. */
const HASHED_LENGTH = 48
/** A limit below this is of a vendor that takes letters and digits of exactly that number (Mistral: 9). */
const SHORT_LENGTH = 16
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * A tool call's id of signs that its reader takes, at most `lengthMax` long; unchanged where it fits. One of other signs
 * is spelt in plain ones, which `readCallId` reads. One that is too long is replaced by its hash, so that a call and its
 * result stay together and two calls never become one, as they would if ids were cut or cleaned.
 */
export const fitCallId = (id: string, lengthMax: number, signs: CallIdSigns): string => {
  if (lengthMax < SHORT_LENGTH) return isShort(id, lengthMax) ? id : shortHash(id, lengthMax)
  const fits = signs === 'any' ? id !== '' : PLAIN.test(id) && unspell(id) === undefined
  if (fits && id.length <= lengthMax) return id
  const spelt = spell(id)
  if (!fits && signs === 'plain' && spelt.length <= lengthMax && unspell(spelt) === id) return spelt
  if (lengthMax < HASHED_LENGTH) return shortHash(id, lengthMax)
  return PREFIX + hash('sha256', id, 'base64url')
}

/** The id that an upstream gave, where a client was given it spelt in plain signs: vendors look for their own. */
export const readCallId = (id: string): string => unspell(id) ?? id

/** What no vendor's ids begin with. */
const SPELT = 'callx_'
const UNPLAIN = /[^A-Za-z0-9_]/gu
const hexOf = (sign: string): string =>
  [...Buffer.from(sign)].map((byte) => `-${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')

const spell = (id: string): string => SPELT + id.replace(UNPLAIN, hexOf)

/** `undefined`: it is not spelt so, or not as it would be. */
const unspell = (id: string): string | undefined => {
  if (!id.startsWith(SPELT)) return undefined
  const bytes = id
    .slice(SPELT.length)
    .split(/-([0-9A-F]{2})/)
    .map((piece, index) => Buffer.from(piece, index % 2 === 1 ? 'hex' : 'utf8'))
  const read = Buffer.concat(bytes).toString()
  return spell(read) === id ? read : undefined
}

/**
 * The id that a call of the history is sent under. That it is another than the client wrote is told once for the call and
 * its result.
 */
export const sentCallId = (
  call: Pick<ToolCallBlock, 'id' | 'native' | 'pointer'>,
  lengthMax: number,
  signs: CallIdSigns,
  losses: Losses,
): string => {
  const sent = fitCallId(call.id, lengthMax, signs)
  if (sent !== call.id) declareRenamed(call, sent, losses)
  return sent
}

/** Says of a call that it goes by another id than the client wrote: one that was made for it is nothing it could miss. */
export const declareRenamed = (
  { native, pointer }: Pick<ToolCallBlock, 'native' | 'pointer'>,
  sent: string,
  losses: Losses,
): void => {
  const written = native ? writtenIds(native.value) : [undefined]
  if (written.length > 0 && !written.includes(sent)) losses.declare(pointer, 'renamed')
}

const writtenIds = ({ id, call_id, functionCall, function_call }: JsonObject): readonly unknown[] =>
  [id, call_id, objectOf(functionCall).id, objectOf(function_call).id].filter(
    (value) => value !== undefined && value !== null,
  )

/** Gives an id that came before in the same answer another ending: some vendors give two calls one id. */
export const createDistinctIds = (): ((id: string) => string) => {
  const used = new Set<string>()
  return (id) => {
    let own = id
    for (let copy = 2; used.has(own); copy += 1) own = `${id}_${copy}`
    used.add(own)
    return own
  }
}

const isShort = (id: string, length: number): boolean => id.length === length && /^[A-Za-z0-9]+$/.test(id)

const shortHash = (id: string, length: number): string =>
  [...hash('sha256', id, 'buffer')]
    .map((byte) => ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length))
    .join('')
    .slice(0, Math.max(1, length))
