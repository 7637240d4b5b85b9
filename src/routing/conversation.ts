import { bufferOf, textBetween } from '../bytes.ts'
import { hash } from 'node:crypto'
import type { Envelope } from '../canon/envelope.ts'
import { elementsOf, scanObject } from '../canon/scan-object.ts'
import type { Member, Scan } from '../canon/scan.ts'

/**
 * Headers in which clients name the session a request belongs to, as they were seen to: Claude Code, Codex and pi,
 * opencode and Kilo Code, and whoever follows one of them.
 */
const SESSION_HEADERS = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-session-id',
  'x-session-affinity',
] as const

/** Longer ones are no ids. */
const NAME_CHARACTERS_MAX = 1_024

/**
 * Which conversation a request goes on with, as a hash that is the same for each of its turns; `undefined` where nothing
 * tells. By its session header, else its `prompt_cache_key`, else its `metadata.user_id`, else by what its first user
 * said: providers cache by prefix, and that is where prefixes of different conversations part. `scope`: whose request it
 * is; what somebody else calls the same is another conversation.
 */
export const conversationOf = (headers: Headers, { scan }: Envelope, scope: string): string | undefined => {
  const name = sessionIn(headers) ?? cacheKeyIn(scan) ?? userIn(scan) ?? beginningOf(scan)
  return name === undefined ? undefined : hash('sha256', `${scope}\n${name}`, 'hex')
}

const sessionIn = (headers: Headers): string | undefined => {
  for (const name of SESSION_HEADERS) {
    const value = headers.get(name)
    if (value && value.length <= NAME_CHARACTERS_MAX) return `session ${value}`
  }
  return undefined
}

const cacheKeyIn = (scan: Scan): string | undefined => {
  const key = memberIn(scan, 'prompt_cache_key')
  return typeof key === 'string' && key !== '' ? `cache key ${key}` : undefined
}

const userIn = (scan: Scan): string | undefined => {
  const metadata = memberIn(scan, 'metadata')
  const user = isObject(metadata) ? metadata.user_id : undefined
  return typeof user === 'string' && user !== '' ? `user ${user}` : undefined
}

/** What is looked through for the first user turn: system prompts stand before it in some formats. */
const ELEMENTS_MAX = 8
/** What is longer is not read, but known by how it begins. */
const READ_BYTES_MAX = 1_048_576
const BEGINNING_BYTES = 65_536

const beginningOf = (scan: Scan): string | undefined => {
  for (const name of ['messages', 'input', 'contents']) {
    const member = scan.members.get(name)
    if (!member) continue
    const first = scan.bytes[member.valueStart]
    if (first === QUOTE && member.valueEnd - member.valueStart > READ_BYTES_MAX) return bytesOf(scan, member)
    if (first !== BRACKET) {
      const text = memberIn(scan, name, READ_BYTES_MAX)
      return typeof text === 'string' ? `said ${text}` : undefined
    }
    for (const { start, end } of elementsOf(scan, member, ELEMENTS_MAX)) {
      const turn = end - start > READ_BYTES_MAX ? longTurn(scan.bytes.subarray(start, end)) : turnAt(scan, start, end)
      // Gemini's turns may leave the role out; what has none elsewhere is no turn.
      const role = turn?.role ?? (name === 'contents' ? 'user' : undefined)
      if (turn && role === 'user') return turn.said()
    }
  }
  return undefined
}

const BRACKET = 0x5b
const QUOTE = 0x22

interface Turn {
  readonly role: unknown
  readonly said: () => string
}

const turnAt = (scan: Scan, start: number, end: number): Turn | undefined => {
  const turn = parse(scan, start, end)
  return isObject(turn) ? { role: turn.role, said: () => saidIn(turn) } : undefined
}

/** A mark for the cache stands behind what it marks, as clients write them: mostly after the bytes that count here. */
const longTurn = (bytes: Uint8Array): Turn | undefined => {
  const scanned = scanObject(bytes, { depthMax: Number.POSITIVE_INFINITY })
  if (!scanned.ok) return undefined
  const { value: scan } = scanned
  const content = scan.members.get('content') ?? scan.members.get('parts')
  return { role: memberIn(scan, 'role'), said: () => (content ? bytesOf(scan, content) : 'nothing') }
}

/** The first bytes of a value, as they were sent. */
const bytesOf = ({ bytes }: Scan, { valueStart, valueEnd }: Member): string => {
  const end = Math.min(valueEnd, valueStart + BEGINNING_BYTES)
  return `sent ${bufferOf(bytes).toString('latin1', valueStart, end)}`
}

/** What a turn says: its texts, or all that is in it where it has none, an image for example. */
const saidIn = (turn: Readonly<Record<string, unknown>>): string => {
  const texts = textsIn(turn)
  return texts.trim() === '' ? `showed ${JSON.stringify(turn, withoutMarks)}` : `said ${texts}`
}

/** Clients move their marks for the cache from turn to turn. */
const withoutMarks = (key: string, value: unknown): unknown => (key === 'cache_control' ? undefined : value)

const textsIn = (turn: Readonly<Record<string, unknown>>): string => {
  const parts = turn.content ?? turn.parts
  if (typeof parts === 'string') return parts
  if (!Array.isArray(parts)) return ''
  return parts.map((part: unknown) => (isObject(part) && typeof part.text === 'string' ? part.text : '')).join('\n')
}

const VALUE_BYTES_MAX = 16_384

const memberIn = (scan: Scan, name: string, bytesMax = VALUE_BYTES_MAX): unknown => {
  const member = scan.members.get(name)
  if (!member || member.valueEnd - member.valueStart > bytesMax) return undefined
  return parse(scan, member.valueStart, member.valueEnd)
}

/** The scan leaves escapes unread: what does not parse says nothing. */
const parse = ({ bytes }: Scan, start: number, end: number): unknown => {
  try {
    return JSON.parse(textBetween(bytes, start, end))
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
