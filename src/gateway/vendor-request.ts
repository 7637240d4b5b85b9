import { scanObject } from '../canon/scan-object.ts'
import type { Scan } from '../canon/scan.ts'
import { applySplices, editMembers } from '../canon/splice.ts'
import type { BetaRule, VendorRequest } from '../providers/types.ts'

/** The nesting of a client's body has been limited already; what Tollgate wrote itself is no deeper by much. */
const LIMITS = { depthMax: Number.MAX_SAFE_INTEGER }

/** The body as a vendor wants it; what is not edited keeps its bytes. */
export const fitBody = (body: Uint8Array, vendor: VendorRequest, betas: readonly string[]): Uint8Array => {
  const { unwrap, set = {}, remove = [] } = vendor
  if (unwrap === undefined && remove.length === 0 && Object.keys(set).length === 0 && betas.length === 0) return body
  const scan = unwrapped(scanned(body), unwrap)
  const wanted: Record<string, string> = {}
  for (const [name, value] of Object.entries(set)) wanted[name] = JSON.stringify(value)
  if (betas.length > 0) wanted.anthropic_beta = JSON.stringify(betas)
  const absent = Object.entries(wanted).filter(([name]) => !scan.members.has(name))
  return applySplices(scan.bytes, editMembers(scan, { set: Object.fromEntries(absent), remove }))
}

const scanned = (body: Uint8Array): Scan => {
  const scan = scanObject(body, LIMITS)
  if (!scan.ok) throw new Error(`a body that is to be sent is not readable: ${scan.error.message}`)
  return scan.value
}

const OBJECT_START = 0x7b

const unwrapped = (scan: Scan, name: string | undefined): Scan => {
  const member = name === undefined ? undefined : scan.members.get(name)
  if (!member || scan.bytes[member.valueStart] !== OBJECT_START) return scan
  return scanned(scan.bytes.subarray(member.valueStart, member.valueEnd))
}

export interface Betas {
  readonly passed: readonly string[]
  readonly dropped: readonly string[]
}

/** Which of a client's betas pass; all of them where there is no rule. */
export const betasOf = (header: string | null, rule: BetaRule | undefined): Betas => {
  const names = (header ?? '').split(',').flatMap((name) => name.trim() || [])
  const passed = names.filter((name) => rule?.accepted.has(name) ?? true)
  return { passed, dropped: names.filter((name) => !passed.includes(name)) }
}
