/** The forms in which a server may repeat a secret, so that it can be found in an error that nobody here has written. */

/**
 * Texts that stand for a secret: itself, and what JSON, addresses, base64 and hexadecimal digits make of it. Base64 has
 * three, by where in a run the secret begins; of each what depends on the secret alone.
 */
export const writtenForms = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret)
  const base64 = STARTS.flatMap((before) => base64Of(bytes, before))
  const hex = bytes.toString('hex')
  const plain = [secret, ...base64, ...base64.map(forAddresses), hex, hex.toUpperCase()]
  return [...new Set(plain.flatMap(nested))]
}

const STARTS = [0, 1, 2]
const BITS_OF_A_BYTE = 8
const BITS_OF_A_DIGIT = 6

const base64Of = (bytes: Buffer, before: number): string => {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  const first = Math.ceil((before * BITS_OF_A_BYTE) / BITS_OF_A_DIGIT)
  return text.slice(first, Math.floor(((before + bytes.length) * BITS_OF_A_BYTE) / BITS_OF_A_DIGIT))
}

const forAddresses = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')

/** A text, and the same within JSON and within an address. */
const nested = (text: string): readonly string[] => {
  const inJson = JSON.stringify(text).slice(1, -1)
  const inAddress = encodeURIComponent(text)
  return [
    ...[text, inJson, inJson.replaceAll('/', '\\/')],
    ...[inAddress, inAddress.replace(/%../g, (escaped) => escaped.toLowerCase())],
  ]
}

/** Longer ones are certificates and private keys, which nobody spells out. */
const SPELLED_LENGTH_MAX = 256
/** Each level of JSON in JSON doubles them. */
const BACKSLASHES_MAX = 8

/**
 * What finds a secret any of whose characters may be escaped, as JSON, addresses or HTML do it; `undefined` for one that
 * is too long to be spelled out, or has other than ASCII characters.
 */
export const spelledOut = (secret: string): RegExp | undefined => {
  if (secret.length > SPELLED_LENGTH_MAX || !/^[\x20-\x7e]*$/.test(secret)) return undefined
  return new RegExp(Array.from(secret, spelled).join(''), 'g')
}

const spelled = (character: string): string => {
  const code = character.charCodeAt(0)
  const digits = code.toString(16).padStart(2, '0')
  const hex = digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const itself = /[A-Za-z0-9]/.test(character) ? character : `\\${character === '-' ? 'x2d' : character}`
  const backslashes = `\\\\{0,${BACKSLASHES_MAX}}`
  return `(?:${backslashes}${itself}|${backslashes}\\\\u00${hex}|%(?:25){0,2}${hex}|&#0{0,5}${code};|&#[xX]0{0,5}${hex};)`
}
