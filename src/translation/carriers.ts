import { bufferOf } from '../bytes.ts'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { OPAQUE_KINDS, type Opaque, type OpaqueKind } from '../canon/blocks.ts'
import type { Carriers } from '../canon/codec.ts'

/** How an envelope of ours begins; no vendor's own state does. */
export const ENVELOPE_PREFIX = 'tg1.'

/** The envelope's beginning as it is, and in base64, where Gemini's clients keep it. */
const MARKS = [Buffer.from(ENVELOPE_PREFIX), Buffer.from(Buffer.from(ENVELOPE_PREFIX).toString('base64').slice(0, 5))]

/** Whether a body may hold an envelope: a search in bytes, so that the many that hold none cost nothing. */
export const mayCarryEnvelope = (body: Uint8Array): boolean => {
  const bytes = bufferOf(body)
  return MARKS.some((mark) => bytes.includes(mark))
}

const isKind = (word: string): word is OpaqueKind => (OPAQUE_KINDS as readonly string[]).includes(word)

/** 16 bytes of a MAC are beyond forging, and every turn of a conversation carries them again. */
const MAC_BYTES = 16

/**
 * Envelopes for one vendor's reasoning state on its way through a client that speaks another format:
 * `tg1.<family>.<kind>.<data>.<mac>`, data and MAC in base64url. The MAC covers everything before it, under a secret that
 * all replicas of an installation share: a client can neither alter what it carries nor pass off one vendor's as
 * another's. Sealing the same state twice gives the same text, so that a prompt's prefix stays the same.
 */
export const createCarriers = (secret: Uint8Array): Carriers => {
  const macOf = (text: string): Buffer => createHmac('sha256', secret).update(text).digest().subarray(0, MAC_BYTES)
  return {
    seal({ family, kind, data }) {
      const text = `${ENVELOPE_PREFIX}${family}.${kind}.${Buffer.from(data).toString('base64url')}`
      return `${text}.${macOf(text).toString('base64url')}`
    },
    open(envelope) {
      if (!envelope.startsWith(ENVELOPE_PREFIX)) return undefined
      const at = envelope.lastIndexOf('.')
      const text = envelope.slice(0, at)
      const mac = Buffer.from(envelope.slice(at + 1), 'base64url')
      if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, macOf(text))) return 'damaged'
      return readEnvelope(text)
    },
  }
}

const readEnvelope = (text: string): Opaque | 'damaged' => {
  const [, family, kind, data, ...more] = text.split('.')
  if (!family || !kind || !isKind(kind) || data === undefined || more.length > 0) return 'damaged'
  return { family, kind, data: Buffer.from(data, 'base64url').toString('utf8') }
}
