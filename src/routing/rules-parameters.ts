import { bufferOf } from '../bytes.ts'
import { Buffer } from 'node:buffer'
import { scanObject } from '../canon/scan-object.ts'
import type { Scan, Splice } from '../canon/scan.ts'
import { applySplices, editMembers, shiftSplices } from '../canon/splice.ts'
import { fault, type GatewayError } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'

/** What is done to the members of an object: JSON text is set, `null` takes one out, a tree is done inside it. */
export type ParameterTree = ReadonlyMap<string, string | null | ParameterTree>

/**
 * What a rule may set. Not the members that decide where a request goes, how it is answered or what is put into it: some
 * servers know those whatever their case.
 */
export const PARAMETER_NAME =
  /^(?=.{1,100}$)(?!(?:model|stream|provider|fallbacks|previous_response_id)(?:\.|$))[a-z]\w*(?:\.[a-z]\w*)*$/i

/** Reads dotted names as what they are inside of. Fails with the name that is both a value and around another. */
export const parameterTree = (parameters: ReadonlyMap<string, string | null>): Result<ParameterTree, string> => {
  const root = new Map<string, string | null | ParameterTree>()
  for (const [name, value] of parameters) {
    if (!plant(root, name.split('.'), value)) return err(name)
  }
  return ok(root)
}

type Growing = Map<string, string | null | ParameterTree>

const plant = (tree: Growing, path: readonly string[], value: string | null): boolean => {
  const [first = '', ...rest] = path
  const known = tree.get(first)
  if (rest.length === 0) {
    if (known !== undefined) return false
    tree.set(first, value)
    return true
  }
  if (known !== undefined && !(known instanceof Map)) return false
  const inner: Growing = known ?? new Map()
  tree.set(first, inner)
  return plant(inner, rest, value)
}

const NULL = 'null'
/** The whole body has passed its limit already, and what is inside it is no deeper. */
const INNER_LIMITS = { depthMax: Number.MAX_SAFE_INTEGER }

/**
 * The body with these parameters; what they do not touch keeps its bytes, and a body that they leave as it is stays the
 * same array. `spellings`: other names under which a member may stand there already. Fails as `invalid-request` where
 * something is to be set inside of what is no object.
 */
export const withParameters = (
  scan: Scan,
  tree: ParameterTree,
  spellings: (name: string) => readonly string[] = () => [],
): Result<Uint8Array, GatewayError> => {
  const splices = splicesOf(scan, tree, spellings, '')
  return splices.ok ? ok(applySplices(scan.bytes, splices.value)) : splices
}

type Spellings = (name: string) => readonly string[]

const splicesOf = (
  scan: Scan,
  tree: ParameterTree,
  spellings: Spellings,
  path: string,
): Result<readonly Splice[], GatewayError> => {
  const inside: Splice[] = []
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const [wanted, value] of tree) {
    const name = [wanted, ...spellings(wanted)].find((each) => scan.members.has(each)) ?? wanted
    if (value === null) remove.push(name)
    else if (typeof value === 'string') set[name] = value
    else {
      const found = within(scan, name, value, spellings, path)
      if (!found.ok) return found
      if (typeof found.value === 'string') set[name] = found.value
      else inside.push(...found.value)
    }
  }
  return ok([...inside, ...editMembers(scan, { set, remove })])
}

/** What is done inside a member: splices where it is an object, else the object that takes its place. */
const within = (
  scan: Scan,
  name: string,
  tree: ParameterTree,
  spellings: Spellings,
  path: string,
): Result<readonly Splice[] | string, GatewayError> => {
  const member = scan.members.get(name)
  const full = path + name
  const value = member && bufferOf(scan.bytes).subarray(member.valueStart, member.valueEnd)
  if (!member || !value || value.equals(NULL_BYTES)) return ok(written(tree) ?? [])
  if (value[0] !== OBJECT_START) return written(tree) === undefined ? ok([]) : err(noObject(full))
  const inner = scanObject(value, INNER_LIMITS)
  if (!inner.ok) return inner
  const splices = splicesOf(inner.value, tree, spellings, `${full}.`)
  return splices.ok ? ok(shiftSplices(splices.value, member.valueStart)) : splices
}

const NULL_BYTES = Buffer.from(NULL)
const OBJECT_START = 0x7b

/** The object that has nothing but what is set; `undefined`: nothing is. */
const written = (tree: ParameterTree): string | undefined => {
  const members = [...tree].flatMap(([name, value]) => {
    const text = value instanceof Map ? written(value) : value
    return typeof text === 'string' ? [`${JSON.stringify(name)}:${text}`] : []
  })
  return members.length === 0 ? undefined : `{${members.join(',')}}`
}

const noObject = (name: string): GatewayError =>
  fault('invalid-request', `\`${name}\` must be an object, as something is set in it`, {
    param: name,
    issue: 'must be an object',
  })
