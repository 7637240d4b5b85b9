import { createHash, randomBytes } from 'node:crypto'

/** Crockford's base32: no letter that reads like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const GROUPS = 4
const GROUP_LENGTH = 4

/** A new code: the prefix, then 80 random bits as `7K2M-9QXA-0TRD-V4HB`. */
export const newCode = (prefix: string): string => {
  // 256 is a multiple of 32: no letter is more likely than another.
  const letters = [...randomBytes(GROUPS * GROUP_LENGTH)].map((byte) => ALPHABET.charAt(byte & 31)).join('')
  return [prefix, ...(letters.match(/.{4}/g) ?? [])].join('-')
}

/** What a code is kept and found by. Case, spaces, dashes and letters that are read for digits make no difference. */
export const hashOfCode = (code: string): string => {
  const compared = code
    .toUpperCase()
    .replace(/[\s\-‐-―_]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return createHash('sha256').update(`tollgate-code:${compared}`).digest('hex')
}

/** How a code begins and ends. */
export const hintOfCode = (code: string): string => `${code.slice(0, code.indexOf('-'))}-…-${code.slice(-GROUP_LENGTH)}`
