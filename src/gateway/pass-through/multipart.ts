import { bufferOf } from '../../bytes.ts'
import { fault, type GatewayError } from '../../errors.ts'
import { err, ok, type Result } from '../../result.ts'

/** One part of a form: where its content lies in the body. */
export interface Part {
  readonly name: string
  readonly isFile: boolean
  readonly start: number
  readonly end: number
}

const PARTS_MAX = 1_000
const HEAD_BYTES_MAX = 8_192
/** RFC 2046 §5.1.1, less the characters that need quoting and that no client uses. */
const BOUNDARY = /^[A-Za-z0-9'()+_,./:=?-]{1,70}$/
const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * Finds the parts of a `multipart/form-data` body (RFC 7578) without changing it. Whatever two readers could disagree
 * about is refused: a body that is not exactly delimiters, heads and contents, a part without a plain name, encodings.
 */
export const readParts = (body: Uint8Array, contentType: string): Result<readonly Part[], GatewayError> => {
  const boundary = boundaryIn(contentType)
  if (boundary === undefined) return refuse('names no boundary that is understood')
  const bytes = bufferOf(body)
  const opening = Buffer.from(`--${boundary}`)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  if (!bytes.subarray(0, opening.length).equals(opening)) return refuse('does not begin with its boundary')
  const parts: Part[] = []
  for (let at = opening.length; ; ) {
    if (isClosing(bytes, at)) return ok(parts)
    if (!bytes.subarray(at, at + 2).equals(LINE_END)) return refuse('has a boundary that something follows')
    if (parts.length === PARTS_MAX) return refuse(`has more than ${PARTS_MAX} parts`)
    const headEnd = bytes.indexOf(HEAD_END, at)
    if (headEnd === -1 || headEnd - at > HEAD_BYTES_MAX) return refuse('has a part without a head')
    const start = headEnd + HEAD_END.length
    // An empty content shares its line end with nothing: the delimiter has one of its own.
    const end = bytes.indexOf(delimiter, start)
    if (end === -1) return refuse('does not end with its boundary')
    const head = readHead(bytes.toString('utf8', at + 2, headEnd))
    if (typeof head === 'string') return refuse(head)
    parts.push({ ...head, start, end })
    at = end + delimiter.length
  }
}

/** The last boundary, and after it at most one line end. */
const isClosing = (bytes: Buffer, at: number): boolean => {
  if (bytes.toString('latin1', at, at + 2) !== '--') return false
  const rest = bytes.toString('latin1', at + 2, at + 5)
  return rest === '' || (rest === '\r\n' && bytes.length === at + 4)
}

const boundaryIn = (contentType: string): string | undefined => {
  const found = [...contentType.matchAll(/;\s*boundary=(?:"([^"]*)"|([^\s;"]+))/gi)]
  const boundary = found[0]?.[1] ?? found[0]?.[2]
  return found.length === 1 && boundary !== undefined && BOUNDARY.test(boundary) ? boundary : undefined
}

/** The name in a part's head, or what is wrong with it. */
const readHead = (head: string): Pick<Part, 'name' | 'isFile'> | string => {
  let found: Pick<Part, 'name' | 'isFile'> | undefined
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const [field, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    if (colon < 1 || /[\r\n]|^\s/.test(line)) return 'has a part with a head that is not understood'
    if (field === 'content-transfer-encoding' && !/^(?:7bit|8bit|binary)$/i.test(value)) return 'has an encoded part'
    if (field !== 'content-disposition') continue
    const name = /^form-data;\s*name="([^"\\]*)"(;\s*filename\*?=.*)?$/i.exec(value)
    if (found || !name) return 'has a part whose name is not understood'
    found = { name: name[1] ?? '', isFile: name[2] !== undefined }
  }
  return found ?? 'has a part without a name'
}

const refuse = (issue: string): Result<never, GatewayError> =>
  err(fault('invalid-request', `The form ${issue}. Send it as RFC 7578 says, each part with a name in double quotes.`))
