/**
 * Looks for secrets in whatever a gateway has said, written or stored: plain, and in every form in which somebody may
 * repeat one, one inside the other. A reader of its own, written without a look at what hides them.
 */

/** Where a secret was found: how it was written, and what stands around it. */
export interface Finding {
  readonly secret: string
  readonly form: string
  readonly around: string
}

type Bytes = string | Uint8Array

/** Pieces of a secret that no other text has: a secret that is cut short is still one. */
const PIECE_LENGTH = 12
const AROUND_LENGTH = 60
/** JSON in JSON in an address is written by real servers; more is not. */
const DEPTH_MAX = 3

const piecesOf = (secret: string): readonly string[] => {
  if (secret.length <= PIECE_LENGTH) return [secret]
  const starts = [0, Math.floor((secret.length - PIECE_LENGTH) / 2), secret.length - PIECE_LENGTH]
  return starts.map((start) => secret.slice(start, start + PIECE_LENGTH))
}

/** Every secret that is in `bytes`, each once. */
export const findSecrets = (bytes: Bytes, secrets: readonly string[]): readonly Finding[] => {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1')
  const findings: Finding[] = []
  const look = (form: string, said: string): void => {
    for (const secret of secrets) {
      if (findings.some((finding) => finding.secret === secret)) continue
      const piece = piecesOf(secret).find((each) => said.includes(each))
      if (piece === undefined) continue
      const at = said.indexOf(piece)
      findings.push({ secret, form, around: said.slice(Math.max(0, at - AROUND_LENGTH), at + AROUND_LENGTH) })
    }
  }
  for (const [form, said] of readings(text)) {
    look(form, said)
    for (const run of said.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []) look(`${form}, base64`, fromBase64(run))
    for (const run of said.match(/(?:[0-9a-fA-F]{2}){8,}/g) ?? [])
      look(`${form}, hexadecimal`, Buffer.from(run, 'hex').toString('latin1'))
  }
  return findings
}

/** A text, and what it says to those who decode it, as often as that changes anything. */
const readings = (text: string): readonly (readonly [form: string, text: string])[] => {
  const found: (readonly [string, string])[] = [['plain', text]]
  const seen = new Set([text])
  for (let at = 0, depth = 0; at < found.length && depth < DEPTH_MAX * DECODERS.length; at++, depth++) {
    const [form, before] = found[at] ?? ['', '']
    for (const [name, decode] of DECODERS) {
      const decoded = decode(before)
      if (seen.has(decoded)) continue
      seen.add(decoded)
      found.push([form === 'plain' ? name : `${form}, ${name}`, decoded])
    }
  }
  return found
}

const codePoint = (digits: string, base: number): string => {
  const point = Number.parseInt(digits, base)
  return point <= 0x10ffff ? String.fromCodePoint(point) : ''
}

const DECODERS: readonly (readonly [name: string, decode: (text: string) => string])[] = [
  [
    'JSON',
    (text) =>
      text.replace(/\\+u([0-9a-fA-F]{4})/g, (_, digits: string) => codePoint(digits, 16)).replace(/\\+(["/\\])/g, '$1'),
  ],
  ['URL', (text) => text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => codePoint(digits, 16))],
  [
    'HTML',
    (text) =>
      text
        .replace(/&#x([0-9a-fA-F]{1,6});/g, (_, digits: string) => codePoint(digits, 16))
        .replace(/&#(\d{1,7});/g, (_, digits: string) => codePoint(digits, 10)),
  ],
]

/** Whatever bytes a run of base64 stands for, wherever in it somebody began to write. */
const fromBase64 = (run: string): string =>
  [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString('latin1')).join('\n')
