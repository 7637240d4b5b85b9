import { bufferOf } from '../bytes.ts'
/**
 * Takes Tollgate keys out of bytes, whatever else these are: people paste keys into prompts. Found as they are, and as JSON
 * (within JSON, too), addresses and HTML spell their characters, and with a NUL after each, as UTF-16 has it.
 */
export const withoutTollgateKeys = (bytes: Uint8Array): Uint8Array => {
  // A character for each byte: nothing is lost where it is no UTF-8.
  const text = bufferOf(bytes).toString('latin1')
  const shown = text.replace(KEYS, REPLACEMENT)
  return shown === text ? bytes : Buffer.from(shown, 'latin1')
}

/** As UTF-8. */
const REPLACEMENT = Buffer.from('sk-tg-…').toString('latin1')

/** A character as it is, or by its number. Each count has an end, so that no body takes long. */
const spelled = (plain: string, hexadecimal: string, decimal: string): string =>
  `(?:${plain}|\\\\{1,8}[uU]00(?:${hexadecimal})|%(?:25){0,4}(?:${hexadecimal})|` +
  `&#(?:[xX]0{0,6}(?:${hexadecimal})|0{0,6}(?:${decimal}));)\\0?`

const BEGINNING = [...'sk-tg-'].map((character) => {
  const code = character.charCodeAt(0)
  const digits = [...code.toString(16)].map((digit) => `[${digit}${digit.toUpperCase()}]`)
  return spelled(character, digits.join(''), String(code))
})

/** Letters, digits, `_` and `-`. */
const FURTHER = spelled(
  '[A-Za-z0-9_-]',
  '2[dD]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA]',
  '45|4[89]|5[0-7]|6[5-9]|[78][0-9]|9[05789]|1[01][0-9]|12[0-2]',
)

const KEYS = new RegExp(`${BEGINNING.join('')}(?:${FURTHER}){6,}`, 'g')
