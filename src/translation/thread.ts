import { createHash } from 'node:crypto'
import type { AnswerEvent } from '../canon/answer.ts'
import type { Block, MediaBlock, ToolCallBlock } from '../canon/blocks.ts'
import type { Turn } from '../canon/conversation.ts'
import { createGathering, type Gathering } from '../streams/gathering.ts'

/**
 * Digests of what was said, by which an answer is known again when a client sends it back as part of a history. Ids of
 * calls alone do not do: some servers count them from zero in every conversation.
 *
 * Two spellings of the same words have the same digest, since clients read a history and write it anew: text as a string
 * or in parts, blanks at its ends, JSON arguments in another layout, order or notation, members that are `null` or absent.
 * Reasoning and its state are no part of it: they are what clients lose.
 */

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** What nothing was said before. */
const BEGINNING = ''

/** The digest of all that these turns say, in their order. */
export const threadOf = (turns: readonly Turn[]): string => turns.reduce(after, BEGINNING)

/**
 * The keys of the wanted turns: each of all that was said before it, and of its own words and calls with their ids. Every
 * turn is read once, however many are wanted.
 */
export const keysOf = (turns: readonly Turn[], wanted: (turn: Turn) => boolean): ReadonlyMap<Turn, string> => {
  const keys = new Map<Turn, string>()
  let thread = BEGINNING
  for (const turn of turns.slice(0, turns.findLastIndex(wanted) + 1)) {
    if (wanted(turn)) keys.set(turn, keyOf(thread, textOf(turn.blocks), callsIn(turn.blocks)))
    thread = after(thread, turn)
  }
  return keys
}

/** The digest of a text, and of a call's name, form and arguments. */
type Call = readonly [name: string, form: string, args: string]
type NamedCall = readonly [id: string, ...call: Call]

const keyOf = (thread: string, text: string, calls: readonly NamedCall[]): string =>
  sha256(JSON.stringify([thread, text, calls]))

/**
 * System prompts count as well: what one says of its user may stand in the reasoning, which must not reach a conversation
 * that was told of another. Ids do not: they are told apart in the key of their own turn.
 */
const after = (thread: string, { role, blocks }: Turn): string => {
  const results = blocks.flatMap((block) =>
    block.kind === 'tool-result' ? [[textOf(block.content), mediaIn(block.content)]] : [],
  )
  const calls = callsIn(blocks).map(([, ...call]) => call)
  const said = [textOf(blocks), calls, results, mediaIn(blocks)]
  if (said.every((part) => part.length === 0)) return thread
  return sha256(JSON.stringify([thread, role === 'developer' ? 'system' : role, ...said]))
}

const textOf = (blocks: readonly Block[]): string => {
  const digest = createTextDigest()
  for (const block of blocks) if (block.kind === 'text' || block.kind === 'refusal') digest.push(block.text)
  return digest.end()
}

const callsIn = (blocks: readonly Block[]): readonly NamedCall[] =>
  blocks.flatMap((block): readonly NamedCall[] =>
    block.kind === 'tool-call' ? [[block.id, block.name, block.form, argumentsOf(block)]] : [],
  )

const argumentsOf = ({ form, arguments: text }: Pick<ToolCallBlock, 'form' | 'arguments'>): string =>
  sha256(form === 'custom' ? text : canonical(text))

const mediaIn = (blocks: readonly Block[]): readonly string[] =>
  blocks.filter((block): block is MediaBlock => block.kind === 'media').map(({ source }) => sha256(contentOf(source)))

const contentOf = (source: MediaBlock['source']): string => {
  switch (source.kind) {
    case 'base64':
      return source.data
    case 'url':
      return source.url
    case 'file':
      return source.id
    case 'text':
      return source.text
  }
}

/** JSON in one spelling. What is no JSON, or nested beyond reading, is told as it is. */
const canonical = (text: string): string => {
  try {
    return text.trim() === '' ? NO_ARGUMENTS : JSON.stringify(ordered(JSON.parse(text) ?? {}))
  } catch {
    return text.trim()
  }
}

/** Members by name, as lists: some languages write them in the order of their names. */
const ordered = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return ['list', ...value.map(ordered)]
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return ['object', ...members.map(([name, member]) => [name, ordered(member)])]
}

const NO_ARGUMENTS = JSON.stringify(ordered({}))

/** Characters that are gathered before they are digested together. */
const GATHERED_LENGTH = 8_192
const LAST_HIGH_SURROGATE = /[\ud800-\udbff]$/

/** The digest of a text that comes in pieces, without the blanks at its ends; empty for an empty one. */
const createTextDigest = () => {
  const hash = createHash('sha256')
  let pending = ''
  let isEmpty = true

  const digest = (isLast: boolean): void => {
    const begun = isEmpty ? pending.trimStart() : pending
    // Blanks may be the last ones, and half a character is none yet.
    const whole = begun.trimEnd()
    const text = !isLast && LAST_HIGH_SURROGATE.test(whole) ? whole.slice(0, -1) : whole
    pending = begun.slice(text.length)
    if (text === '') return
    hash.update(text)
    isEmpty = false
  }
  return {
    push(piece: string): void {
      pending += piece
      if (pending.length >= GATHERED_LENGTH && piece.trim() !== '') digest(false)
    },
    end(): string {
      digest(true)
      return isEmpty ? '' : hash.digest('base64url')
    },
  }
}

/** Arguments of one answer's calls that are remembered until they are whole, in UTF-16 code units. */
const ARGUMENTS_LENGTH_MAX = 4_194_304

/** An answer's own words and calls, while it comes. */
export interface Speech {
  push(event: AnswerEvent): void
  /** Asked for once, at the end: the key of the answer to these turns; `undefined` where it is too long to be known again. */
  key(turns: readonly Turn[]): string | undefined
}

export const createSpeech = (): Speech => {
  const text = createTextDigest()
  const texts = new Set<number>()
  const open = new Map<number, { readonly at: number; readonly args: Gathering }>()
  const calls: { readonly id: string; readonly name: string; readonly form: 'function' | 'custom'; args: string }[] = []
  let length = 0

  const close = (key: number): void => {
    const call = open.get(key)
    const said = call && calls[call.at]
    if (said) said.args = argumentsOf({ form: said.form, arguments: call.args.take().toString('utf16le') })
    open.delete(key)
  }
  return {
    push(event) {
      if (event.type === 'open') {
        const { opening, key } = event
        if (opening.kind === 'text' || opening.kind === 'refusal') texts.add(key)
        else if (opening.kind === 'tool-call') {
          open.set(key, { at: calls.length, args: createGathering() })
          calls.push({ id: opening.id, name: opening.name, form: opening.form, args: '' })
        }
      } else if (event.type === 'delta') {
        if (texts.has(event.key)) text.push(event.text)
        const call = open.get(event.key)
        if (!call) return
        length += event.text.length
        if (length <= ARGUMENTS_LENGTH_MAX) call.args.append(Buffer.from(event.text, 'utf16le'))
      } else if (event.type === 'close') close(event.key)
    },
    key(turns) {
      for (const key of open.keys()) close(key)
      if (length > ARGUMENTS_LENGTH_MAX) return undefined
      return keyOf(
        threadOf(turns),
        text.end(),
        calls.map(({ id, name, form, args }) => [id, name, form, args]),
      )
    },
  }
}
