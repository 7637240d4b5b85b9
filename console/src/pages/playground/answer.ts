import type { CallPart, Format, JsonObject, Part } from './conversation.ts'

/** Tokens as an answer counts them, before there is a receipt. What it does not say is not known. */
export interface Usage {
  /** All of the input, whatever was read from a cache. */
  readonly input?: number
  readonly cached?: number
  readonly output?: number
  /** Part of the output. */
  readonly reasoning?: number
}

export interface Problem {
  readonly message: string
  /** The stable name of what is wrong, where there is one. */
  readonly code?: string
}

/** One thing that an event of any format says. `at` names the part of the answer: the same name goes on with it. */
export type Delta =
  | { readonly kind: 'text' | 'thinking'; readonly at: string; readonly text: string }
  | {
      readonly kind: 'call'
      readonly at: string
      readonly id?: string | undefined
      readonly name?: string | undefined
      /** More of them. */
      readonly arguments?: string | undefined
    }
  /** What its vendor wants back with this part; `of` says what it is where nothing of it was told. */
  | { readonly kind: 'state'; readonly at: string; readonly of: Part['kind']; readonly value: JsonObject }
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** In the words of the format: `stop`, `tool_use`, `MAX_TOKENS`. */
  | { readonly kind: 'end'; readonly reason: string }
  | { readonly kind: 'error'; readonly problem: Problem }

/** An answer as far as it has come. */
export interface Answer {
  readonly parts: readonly Part[]
  /** The name of each part, in the same order. */
  readonly places: readonly string[]
  readonly usage: Usage
  /** Why it ended; `undefined` while it has not. */
  readonly reason?: string
  readonly problem?: Problem
}

export const NO_ANSWER: Answer = { parts: [], places: [], usage: {} }

/** Reads what a format says: a whole answer, or one event of a stream. Neither throws, whatever comes. */
export interface Reader {
  readonly whole: (body: unknown) => readonly Delta[]
  readonly event: (data: unknown) => readonly Delta[]
}

export interface Origin {
  readonly format: Format
  /** Begins the ids of calls that come without one. Unlike that of any other answer. */
  readonly seed: string
}

/** An answer with one more thing said. */
export const withDelta = (answer: Answer, delta: Delta, origin: Origin): Answer => {
  switch (delta.kind) {
    case 'usage':
      return { ...answer, usage: { ...answer.usage, ...delta.usage } }
    case 'end':
      return { ...answer, reason: delta.reason }
    case 'error':
      return { ...answer, problem: delta.problem }
    default:
      return withPart(answer, delta, origin)
  }
}

type PartDelta = Extract<Delta, { readonly at: string }>

const withPart = (answer: Answer, delta: PartDelta, origin: Origin): Answer => {
  const found = answer.places.indexOf(delta.at)
  const known = answer.parts[found]
  const at = known === undefined ? answer.parts.length : found
  const part = changedPart(known ?? newPart(delta, `${origin.seed}_${at + 1}`), delta, origin.format)
  const parts = [...answer.parts]
  parts[at] = part
  return { ...answer, parts, places: known === undefined ? [...answer.places, delta.at] : answer.places }
}

const newPart = (delta: PartDelta, ownId: string): Part => {
  const kind = delta.kind === 'state' ? delta.of : delta.kind
  return kind === 'call' ? { kind, id: ownId, isOwnId: true, name: '', arguments: '' } : { kind, text: '' }
}

const changedPart = (part: Part, delta: PartDelta, format: Format): Part => {
  if (delta.kind === 'state') return { ...part, state: { format, value: joined(part.state?.value ?? {}, delta.value) } }
  if (delta.kind === 'call') return part.kind === 'call' ? changedCall(part, delta) : part
  return part.kind === 'call' ? part : { ...part, text: part.text + delta.text }
}

/** Lists go on; whatever else is said again is what was said last. */
const joined = (before: JsonObject, more: JsonObject): JsonObject => {
  const lists = Object.entries(more).flatMap(([name, value]) => {
    const known = before[name]
    return Array.isArray(value) && Array.isArray(known) ? [[name, [...known, ...value]] as const] : []
  })
  return { ...before, ...more, ...Object.fromEntries(lists) }
}

const changedCall = (call: CallPart, delta: Extract<Delta, { readonly kind: 'call' }>): CallPart => {
  const { isOwnId: _, ...named } = call
  return {
    ...(delta.id === undefined || delta.id === '' ? call : { ...named, id: delta.id }),
    name: call.name + (delta.name ?? ''),
    arguments: call.arguments + (delta.arguments ?? ''),
  }
}

/** Whether anything of an answer is there to be seen. */
export const hasContent = ({ parts }: Answer): boolean =>
  parts.some((part) => (part.kind === 'call' ? part.name !== '' : part.text !== ''))
