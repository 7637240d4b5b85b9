import { hash } from 'node:crypto'

const GRAMMAR = /^[A-Za-z0-9_-]+$/
const PREFIX = 'call_'
/** The length of a hashed id: the prefix and a SHA-256 digest in base64url. */
const HASHED_LENGTH = 48
/** A limit below this is of a vendor that takes letters and digits of exactly that number (Mistral: 9). */
const SHORT_LENGTH = 16
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * A tool call's id in the grammar that every format takes, at most `lengthMax` long; unchanged where it fits. One that
 * does not fit is replaced by its hash, so that a call and its result stay together and two calls never become one, as
 * they would if ids were cut or cleaned.
 */
export const fitCallId = (id: string, lengthMax: number): string => {
  if (lengthMax < SHORT_LENGTH) return isShort(id, lengthMax) ? id : shortHash(id, lengthMax)
  if (id.length <= lengthMax && GRAMMAR.test(id)) return id
  if (lengthMax < HASHED_LENGTH) return shortHash(id, lengthMax)
  return PREFIX + hash('sha256', id, 'base64url')
}

const isShort = (id: string, length: number): boolean => id.length === length && /^[A-Za-z0-9]+$/.test(id)

const shortHash = (id: string, length: number): string =>
  [...hash('sha256', id, 'buffer')]
    .map((byte) => ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length))
    .join('')
    .slice(0, Math.max(1, length))
