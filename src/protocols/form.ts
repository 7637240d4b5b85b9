import { textBetween } from '../bytes.ts'

import type { Demand, Envelope } from '../canon/envelope.ts'
import type { FormPart } from '../canon/scan-multipart.ts'
import type { Scan, Splice } from '../canon/scan.ts'
import { applySplices } from '../canon/splice.ts'
import { fault, type GatewayError } from '../errors.ts'
import { ok, type Result } from '../result.ts'
import {
  type CountRange,
  envelopeOf,
  type Fields,
  fieldsOf,
  isName,
  mistake,
  MODEL_EXPECTATION,
  modelEdit,
  readCount,
  readFlag,
  readModel,
  readString,
  rewriteBody,
} from './envelope.ts'

/** The fields of a request that may come as an object or as a form: the same readers for both. */
export interface Body {
  readonly fields: Fields
  readonly scan: Scan
  model(standard?: string): string
  text(key: string, expectation: string): string | undefined
  count(key: string, range: CountRange): number | undefined
  flag(key: string): boolean
  /** Whether there is anything under the name. */
  has(key: string): boolean
  /** Says that a field is not what it must be. */
  mistake(key: string, expectation: string): void
}

export const bodyOf = (scan: Scan): Body => (scan.form ? formBody(scan, scan.form) : objectBody(scan))

const objectBody = (scan: Scan): Body => {
  const fields = fieldsOf(scan)
  return {
    fields,
    scan,
    model: (standard) => readModel(fields, standard),
    text: (key, expectation) => readString(fields, key, expectation),
    count: (key, range) => readCount(fields, key, range),
    flag: (key) => readFlag(fields, key),
    has: (key) => scan.members.has(key),
    mistake: (key, expectation) => mistake(fields, key, expectation),
  }
}

/** Longer values are a prompt's, and not read here. */
const TEXT_BYTES_MAX = 4_096

const formBody = (scan: Scan, form: readonly FormPart[]): Body => {
  const fields = fieldsOf(scan)
  const wrong = (key: string, expectation: string): void => {
    const isThere = form.some(({ name }) => name === key)
    const message = isThere ? `\`${key}\` must be ${expectation}` : `\`${key}\` is missing; send ${expectation}`
    const issue = isThere ? `must be ${expectation}` : `missing; must be ${expectation}`
    fields.mistakes.first ??= fault('invalid-request', message, { param: key, issue })
  }
  /** The one text of that name; parsers differ in which of several counts. */
  const text = (key: string, expectation: string): string | undefined => {
    const [part, ...others] = form.filter(({ name }) => name === key)
    if (!part) return undefined
    const value = others.length === 0 && part.fileName === undefined ? textOf(scan, part) : undefined
    if (value === undefined) wrong(key, `${expectation}, sent once as a plain field`)
    return value
  }
  return {
    fields,
    scan,
    text,
    model(standard) {
      // Some servers match names whatever their case, or take a list's for the thing itself.
      const alike = form.find(({ name }) => name !== 'model' && /^model(?:\[.*)?$/i.test(name))
      if (alike) wrong(alike.name, 'written `model`, once')
      const name = text('model', MODEL_EXPECTATION) ?? (has(form, 'model') ? undefined : standard)
      if (isName(name)) return name
      wrong('model', MODEL_EXPECTATION)
      return ''
    },
    count(key, { min, max }) {
      const written = text(key, `a whole number from ${min} to ${max}`)
      if (written === undefined || written === '') return undefined
      const value = /^\d{1,15}$/.test(written) ? Number(written) : Number.NaN
      if (value >= min && value <= max) return value
      wrong(key, `a whole number from ${min} to ${max}`)
      return undefined
    },
    flag(key) {
      const written = text(key, 'true or false')?.toLowerCase()
      if (written === 'true' || written === '1') return true
      if (!['false', '0', '', undefined].includes(written)) wrong(key, 'true or false')
      return false
    },
    has: (key) => has(form, key),
    mistake: wrong,
  }
}

const has = (form: readonly FormPart[], key: string): boolean => form.some(({ name }) => name === key)

/** A part's content as text; `undefined` for one that is long or no UTF-8. */
const textOf = ({ bytes }: Scan, { valueStart, valueEnd }: FormPart): string | undefined => {
  if (valueEnd - valueStart > TEXT_BYTES_MAX) return undefined
  const text = textBetween(bytes, valueStart, valueEnd)
  return text.includes('\ufffd') ? undefined : text
}

const OWN_FIELDS = ['provider', 'fallbacks']
const NAMES_MAX = 16

/** The envelope of a request of either kind, or the first thing that was wrong with it. */
export const mediaEnvelope = (
  body: Body,
  found: Pick<Envelope, 'model'> & Partial<Pick<Envelope, 'stream' | 'choices'>>,
  demand: Demand,
): Result<Envelope, GatewayError> => {
  const { form } = body.scan
  const providers = form ? namesIn(body, form, 'provider') : undefined
  const fallbacks = form ? namesIn(body, form, 'fallbacks') : undefined
  const envelope = envelopeOf(body.fields, found)
  if (!envelope.ok) return envelope
  return ok({ ...envelope.value, ...(providers && { providers }), ...(fallbacks && { fallbacks }), demand })
}

/** A list in a form is its name several times, or with brackets. */
const isOwn = (key: string, name: string): boolean => name === key || name === `${key}[]`

const namesIn = (body: Body, form: readonly FormPart[], key: string): readonly string[] => {
  const names = form.filter(({ name }) => isOwn(key, name)).map((part) => textOf(body.scan, part))
  if (names.length <= NAMES_MAX && names.every(isName)) return names
  body.mistake(key, `at most ${NAMES_MAX} names`)
  return []
}

/**
 * The body to send: the client's bytes but for the model's name and Tollgate's own fields. A part of a form that names
 * the model has its content replaced, and nothing around it; parts of our own go with their delimiters.
 */
export const rewriteMedia = (envelope: Envelope, model: string): Uint8Array => {
  const { scan } = envelope
  if (!scan.form) {
    // Where the body leaves the model to the vendor, what was priced is what is asked for.
    const named = scan.members.has('model')
    return rewriteBody(envelope, { set: named ? modelEdit(envelope, model) : { model: JSON.stringify(model) } })
  }
  const splices: Splice[] = []
  for (const { name, start, end, valueStart, valueEnd } of scan.form) {
    if (name === 'model' && envelope.model !== model) splices.push({ start: valueStart, end: valueEnd, text: model })
    if (OWN_FIELDS.some((key) => isOwn(key, name))) splices.push({ start, end, text: '' })
  }
  return applySplices(scan.bytes, splices)
}
