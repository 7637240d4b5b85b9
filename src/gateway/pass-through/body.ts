import { scanObject } from '../../canon/scan-object.ts'
import type { Scan } from '../../canon/scan.ts'
import { applySplices, replaceValue } from '../../canon/splice.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'
import { type Part, readParts } from './multipart.ts'

/** A body as far as a pass-through reads it: what it is, and what model it names. */
export type PassBody =
  | { readonly kind: 'none'; readonly bytes: undefined }
  | { readonly kind: 'json'; readonly bytes: Uint8Array; readonly scan: Scan }
  | { readonly kind: 'form'; readonly bytes: Uint8Array; readonly parts: readonly Part[] }
  | { readonly kind: 'other'; readonly bytes: Uint8Array }

const NONE: PassBody = { kind: 'none', bytes: undefined }

/**
 * Reads a body as its content type says. JSON that is no object is `other`: it names no model. A type that is JSON or a
 * form and a body that is not are refused, for another reader may see a model in it that this one did not.
 */
export const readPassBody = (
  bytes: Uint8Array,
  contentType: string | null,
  depthMax: number,
): Result<PassBody, GatewayError> => {
  if (bytes.length === 0) return ok(NONE)
  const type = (contentType ?? 'application/json').toLowerCase()
  if (type.startsWith('multipart/')) {
    if (!type.startsWith('multipart/form-data')) return ok({ kind: 'other', bytes })
    const parts = readParts(bytes, contentType ?? '')
    return parts.ok ? ok({ kind: 'form', bytes, parts: parts.value }) : parts
  }
  if (!JSON_TYPE.test(type)) return ok({ kind: 'other', bytes })
  if (isList(bytes)) return ok({ kind: 'other', bytes })
  const scan = scanObject(bytes, { depthMax })
  return scan.ok ? ok({ kind: 'json', bytes, scan: scan.value }) : scan
}

const JSON_TYPE = /^[a-z]+\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/

const isList = (bytes: Uint8Array): boolean => /^\s*\[/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))

/** Whether the body has a member or a part of a name. */
export const has = (body: PassBody, name: string): boolean =>
  body.kind === 'json'
    ? body.scan.members.has(name)
    : body.kind === 'form' && body.parts.some((part) => part.name === name)

/** A member's value, or a field's text; `undefined` where there is none, or it is too long to be anything small. */
export const smallValue = (body: PassBody, name: string): unknown => {
  if (body.kind === 'json') {
    const member = body.scan.members.get(name)
    if (!member || member.valueEnd - member.valueStart > SMALL_BYTES_MAX) return undefined
    return parsed(textIn(body.bytes, member.valueStart, member.valueEnd))
  }
  if (body.kind !== 'form') return undefined
  const part = body.parts.find((each) => each.name === name)
  return part && !part.isFile && part.end - part.start <= SMALL_BYTES_MAX
    ? textIn(body.bytes, part.start, part.end)
    : undefined
}

const SMALL_BYTES_MAX = 1_024

const textIn = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.subarray(start, end)).toString('utf8')

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The model a body names; `undefined`: none. Refused where two readers could find two: the name twice, in another
 * case of letters, as a file, or beside a list of models.
 */
export const modelIn = (body: PassBody): Result<string | undefined, GatewayError> => {
  const names =
    body.kind === 'json'
      ? [...body.scan.members.keys()]
      : body.kind === 'form'
        ? body.parts.map(({ name }) => name)
        : []
  const likely = names.filter((name) => name.toLowerCase() === 'model')
  if (names.some((name) => name.toLowerCase() === 'models' || name.toLowerCase() === 'models[]'))
    return err(wrong('models', 'must not be there: name one model in "model"'))
  if (likely.length === 0) return ok(undefined)
  const [name] = likely
  if (likely.length > 1 || name !== 'model') return err(wrong(name ?? 'model', 'must be written `model`, once'))
  const model = smallValue(body, 'model')
  if (typeof model === 'string' && NAME.test(model)) return ok(model)
  return err(wrong('model', 'must be the name of a model: at most 256 characters, none of them a control character'))
}

const NAME = /^\P{Cc}{1,256}$/u

const wrong = (param: string, issue: string): GatewayError =>
  fault('invalid-request', `\`${param}\` ${issue}.`, { param, issue })

/** The body with another name for its model; all other bytes stay as they are. */
export const withModel = (body: PassBody, model: string): Uint8Array | undefined => {
  if (body.kind === 'json') {
    const member = body.scan.members.get('model')
    return member ? applySplices(body.bytes, [replaceValue(member, JSON.stringify(model))]) : body.bytes
  }
  if (body.kind !== 'form') return body.bytes
  const part = body.parts.find(({ name }) => name === 'model')
  return part ? applySplices(body.bytes, [{ start: part.start, end: part.end, text: model }]) : body.bytes
}

/** What the size of the body says about its tokens: files are media, the rest is text. */
export const scanOf = (body: PassBody): Scan => {
  if (body.kind === 'json') return body.scan
  const bytes = body.bytes ?? new Uint8Array()
  const files = body.kind === 'form' ? body.parts.filter(({ isFile }) => isFile) : []
  const fileBytes = files.reduce((sum, { start, end }) => sum + end - start, 0)
  const isMedium = body.kind === 'other'
  return {
    bytes,
    members: new Map(),
    textBytes: isMedium ? 0 : bytes.length - fileBytes,
    mediaCount: isMedium ? 1 : files.length,
    // Sizes of media are of their base64 everywhere else.
    mediaBytes: Math.ceil(((isMedium ? bytes.length : fileBytes) * 4) / 3),
    storedReferences: 0,
  }
}
