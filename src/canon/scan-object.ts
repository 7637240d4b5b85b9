import { bufferOf } from '../bytes.ts'
import type { Buffer } from 'node:buffer'

import { type GatewayError, fault } from '../errors.ts'
import { err, ok } from '../result.ts'
import { type Weights, tellingOf, weigh } from './scan-media.ts'
import { closePart, openPart } from './scan-parts.ts'
import { noteToolMember, noToolWords, TOOL_DEPTH, type ToolWords } from './scan-tools.ts'
import {
  BACKSLASH,
  BRACE,
  BRACKET,
  COLON,
  COMMA,
  QUOTE,
  SPACE,
  TO_CLOSING,
  scalarEnd,
  skipSpace,
  stringEnd,
} from './scan-tokens.ts'
import type { Member, Scan, ScanLimits, ScanResult } from './scan.ts'

/** More members than any API has fields, and few enough that a body of nothing but members costs no memory. */
const MEMBERS_MAX = 1_000
const KEY_BYTES_MAX = 1_024

/**
 * Reads one JSON object (RFC 8259) from outside, without decoding what is in it. In: a request body. Out: where its
 * top-level members lie, and how much of it is text and media. Structure, literals and numbers are checked; inside
 * strings only the closing quote is looked for, so a bad escape or a raw line feed is left to the upstream to refuse.
 * Fails with `invalid-json`, or with `invalid-request` for what parsers would disagree about (a member sent twice) and
 * for what exceeds a limit.
 */
export const scanObject = (bytes: Uint8Array, limits: ScanLimits): ScanResult => {
  const start = skipSpace(bytes, 0)
  if (start === bytes.length) return err(fault('invalid-json', 'the body is empty; send a JSON object'))
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return err(fault('invalid-json', 'the body starts with a byte order mark; send the JSON object without it'))
  }
  if (bytes[start] !== BRACE) return err(expected(bytes, "'{' (the body must be a JSON object)", start))
  const walk = newWalk(bufferOf(bytes), limits.depthMax)
  const failure = walkFrom(walk, start)
  if (failure) return err(failure)
  const { members, mediaCount, mediaBytes, storedReferences, imageCount, tools } = walk
  const textBytes = bytes.length - mediaBytes
  return ok({ bytes: walk.bytes, members, textBytes, mediaCount, mediaBytes, storedReferences, imageCount, tools })
}

/**
 * Where each element of the array at `member` lies; at most `max` of them, so that an array of nothing but commas costs
 * no memory. Its bytes were scanned before: nothing is checked again.
 */
export const elementsOf = (
  scan: Scan,
  member: Member,
  max: number,
): { readonly start: number; readonly end: number }[] => {
  const { bytes } = scan
  const elements: { readonly start: number; readonly end: number }[] = []
  const last = member.valueEnd - 1
  let start = skipSpace(bytes, member.valueStart + 1)
  for (let at = start, depth = 0; start < last && elements.length < max; ) {
    const byte = bytes[at]
    if (depth === 0 && (byte === COMMA || at === last)) {
      elements.push({ start, end: at })
      start = at === last ? last : skipSpace(bytes, at + 1)
      at = start
    } else if (byte === QUOTE) {
      at = stringEnd(bytes, at)
    } else {
      if (byte === BRACE || byte === BRACKET) depth++
      else if (byte === BRACE + TO_CLOSING || byte === BRACKET + TO_CLOSING) depth--
      at++
    }
  }
  return elements
}

/** Where a scan stands and what it has gathered. */
interface Walk extends Weights {
  readonly bytes: Buffer
  readonly depthMax: number
  /** The opening byte of each container around us; index 0 is outside of all. */
  readonly opened: number[]
  /** The key of the value that comes next, quotes included; empty for an array's element. */
  keyStart: number
  keyEnd: number
  keyIsPlain: boolean
  /** The top-level member being read. */
  member: string
  memberStart: number
  memberValueStart: number
  readonly members: Map<string, Member>
  tools: ToolWords | undefined
  failure: GatewayError | undefined
}

/** Spelt out: copying the parts in would cost as much as the rest of it, for every body. */
const newWalk = (bytes: Buffer, depthMax: number): Walk => ({
  bytes,
  depthMax,
  opened: [0],
  depth: 0,
  kinds: ['other'],
  urls: [0],
  pdfs: [0],
  storedReferences: 0,
  imageCount: 0,
  keyStart: 0,
  keyEnd: 0,
  keyIsPlain: true,
  member: '',
  memberStart: 0,
  memberValueStart: 0,
  members: new Map(),
  mediaCount: 0,
  mediaBytes: 0,
  tools: undefined,
  failure: undefined,
})

/** One pass over the tokens, without recursion; `start` is the opening brace. Returns what is wrong, if anything. */
const walkFrom = (walk: Walk, start: number): GatewayError | undefined => {
  const { bytes, opened } = walk
  let at = start
  for (;;) {
    // A value stands at `at`; inside an object, a key and then its value.
    if (opened[walk.depth] === BRACE) at = takeKey(walk, at)
    else forgetKey(walk)
    if (at < 0) return walk.failure

    const first = bytes[at]
    let end: number
    if (first === QUOTE) {
      end = stringEnd(bytes, at)
      if (end < 0) return unterminated(at)
      weigh(bytes, at, end, tellingOf(bytes, walk.keyStart, walk.keyEnd, walk.keyIsPlain), walk)
    } else if (first === BRACE || first === BRACKET) {
      if (walk.depth === walk.depthMax) return tooDeep(walk.depthMax, at)
      const inside = skipSpace(bytes, at + 1)
      if (bytes[inside] !== first + TO_CLOSING) {
        openPart(walk)
        opened[walk.depth] = first
        at = inside
        continue
      }
      end = inside + 1
    } else {
      end = scalarEnd(bytes, at)
      if (end < 0) return expected(bytes, 'a JSON value', at)
    }

    at = closeAfter(walk, end)
    if (at < 0) return walk.failure
    if (walk.depth === 0) return undefined
  }
}

/**
 * A value ended at `end`: leaves the containers that end with it. Returns where the next value (or its key) stands, -1
 * on failure; at depth 0 the body is done.
 */
const closeAfter = (walk: Walk, valueEnd: number): number => {
  const { bytes, opened } = walk
  let end = valueEnd
  for (;;) {
    if (walk.depth === 1) {
      walk.members.set(walk.member, {
        key: walk.member,
        keyStart: walk.memberStart,
        valueStart: walk.memberValueStart,
        valueEnd: end,
      })
    }
    const at = skipSpace(bytes, end)
    if (walk.depth === 0) return at === bytes.length ? at : fail(walk, expected(bytes, 'nothing after the object', at))
    const container = opened[walk.depth] ?? 0
    const next = bytes[at]
    if (next === COMMA) return skipSpace(bytes, at + 1)
    if (next !== container + TO_CLOSING) {
      return fail(walk, expected(bytes, container === BRACE ? "',' or '}'" : "',' or ']'", at))
    }
    closePart(walk)
    end = at + 1
  }
}

/** An array's element has no key, and must not pass for the value of the one before. */
const forgetKey = (walk: Walk): void => {
  walk.keyEnd = walk.keyStart
  walk.keyIsPlain = true
}

/** Reads a key and its colon. Returns where the value stands, -1 on failure. */
const takeKey = (walk: Walk, at: number): number => {
  const { bytes } = walk
  if (bytes[at] !== QUOTE) return fail(walk, expected(bytes, 'a key in double quotes', at))
  let end = at + 1
  while (end < bytes.length && bytes[end] !== QUOTE && bytes[end] !== BACKSLASH) end++
  walk.keyIsPlain = bytes[end] === QUOTE
  end = walk.keyIsPlain ? end + 1 : stringEnd(bytes, at)
  if (end < 0) return fail(walk, unterminated(at))
  walk.keyStart = at
  walk.keyEnd = end
  const colon = skipSpace(bytes, end)
  if (bytes[colon] !== COLON) return fail(walk, expected(bytes, "':'", colon))
  const value = skipSpace(bytes, colon + 1)
  if (walk.depth === TOOL_DEPTH && walk.member === 'tools') {
    walk.tools ??= noToolWords()
    noteToolMember(walk.tools, bytes, at, end, value)
  }
  return walk.depth === 1 ? takeMember(walk, value) : value
}

/** Notes the key just read as a top-level member's. Two of one name are refused: parsers differ in which counts. */
const takeMember = (walk: Walk, valueStart: number): number => {
  const { bytes, keyStart, keyEnd, members } = walk
  if (keyEnd - keyStart > KEY_BYTES_MAX) {
    return fail(
      walk,
      fault('invalid-request', `the key at byte ${keyStart} is longer than ${KEY_BYTES_MAX} bytes; shorten it`),
    )
  }
  if (members.size === MEMBERS_MAX) {
    return fail(walk, fault('invalid-request', `the body has more than ${MEMBERS_MAX} top-level members; send fewer`))
  }
  const key = decodeKey(walk)
  if (key === undefined) return fail(walk, expected(bytes, 'a key with valid escapes', keyStart))
  if (members.has(key)) {
    const name = key.slice(0, 64)
    return fail(
      walk,
      fault('invalid-request', `\`${name}\` appears twice in the body; send it once`, {
        param: name,
        issue: 'appears twice',
      }),
    )
  }
  walk.member = key
  walk.memberStart = keyStart
  walk.memberValueStart = valueStart
  return valueStart
}

/** The current key as text; `undefined` when its escapes are not JSON's. */
const decodeKey = ({ bytes, keyStart, keyEnd, keyIsPlain }: Walk): string | undefined => {
  if (keyIsPlain) return bytes.toString('utf8', keyStart + 1, keyEnd - 1)
  try {
    const key: unknown = JSON.parse(bytes.toString('utf8', keyStart, keyEnd))
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

const fail = (walk: Walk, failure: GatewayError): -1 => {
  walk.failure = failure
  return -1
}

const expected = (bytes: Uint8Array, what: string, at: number): GatewayError => {
  const byte = bytes[at]
  return fault('invalid-json', `the body is not valid JSON: expected ${what} at byte ${at}, found ${described(byte)}`)
}

const described = (byte: number | undefined): string => {
  if (byte === undefined) return 'the end of the body'
  return byte > SPACE && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, '0')}`
}

const unterminated = (at: number): GatewayError =>
  fault('invalid-json', `the body is not valid JSON: the string that starts at byte ${at} is never closed`)

const tooDeep = (depthMax: number, at: number): GatewayError =>
  fault('invalid-request', `the body is nested deeper than ${depthMax} levels (at byte ${at}); send a flatter one`)
