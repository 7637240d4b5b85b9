import type { Answer, AnswerEvent } from '../canon/answer.ts'
import { collect, play } from '../canon/collect.ts'
import type { Turn } from '../canon/conversation.ts'
import type { WireFormat } from '../canon/operation.ts'
import type { Store } from '../db/types.ts'
import { keysWithoutState, stateToKeep, withKeptState } from '../translation/replay.ts'
import type { ReadRequest } from '../translation/request.ts'
import { createSpeech, type Speech } from '../translation/thread.ts'
import type { Call } from './call.ts'

export interface ReplayDeps {
  readonly reasoning: Pick<Store['reasoning'], 'keep' | 'find'>
  readonly enabled: boolean
  readonly retentionMs: number
  /** Of one answer's state. */
  readonly bytesMax: number
  /** Told why the state of an answer was not kept. */
  readonly onLost: (call: Call, reason: string) => void
  readonly nowMs: () => number
}

/** Hears an answer out, whichever way it comes. */
export interface Listener {
  answer(answer: Answer): void
  event(event: AnswerEvent): void
}

/** Reasoning state for clients that lose it between one turn and the next: see `translation/replay.ts`. */
export interface Replay {
  /** The request with what its client lost. */
  restore(call: Call, scope: string, read: ReadRequest): Promise<ReadRequest>
  /** `turns`: what is answered. `undefined` where the client's format brings the state back by itself. */
  listen(call: Call, scope: string, turns: readonly Turn[]): Listener | undefined
}

/** Messages, Responses and Gemini have a slot for state that their SDKs send back; the official Chat SDKs do not. */
const LOSES_STATE: ReadonlySet<WireFormat> = new Set(['openai-chat'])

/** Asked for at once. Of a longer history the last turns count: reasoning before the last question is dropped anyway. */
const TURNS_MAX = 1_000

export const createReplay = (deps: ReplayDeps): Replay => {
  const isFor = ({ operation }: Call): boolean => deps.enabled && LOSES_STATE.has(operation.format)
  return {
    restore: async (call, scope, read) => {
      const keys = isFor(call) ? keysWithoutState(read.conversation) : NO_KEYS
      if (keys.size === 0) return read
      const kept = await deps.reasoning.find(scope, [...keys.values()].slice(-TURNS_MAX))
      return { ...read, conversation: withKeptState(read.conversation, keys, kept) }
    },
    listen: (call, scope, turns) =>
      isFor(call)
        ? listener(deps.bytesMax, (answer, speech) => keep(deps, { call, scope, turns, speech }, answer))
        : undefined,
  }
}

const NO_KEYS: ReadonlyMap<Turn, string> = new Map()

/**
 * Hears of an answer once, when it is whole: an answer that broke off is not gone on from. Of a stream only what state is
 * made of is remembered, not its words, and of reasoning no more than can be kept.
 */
const listener = (lengthMax: number, heard: (answer: Answer, speech: Speech) => void): Listener => {
  const events: AnswerEvent[] = []
  const reasoning = new Set<number>()
  const speech = createSpeech()
  let length = 0
  const hear = (event: AnswerEvent): void => {
    speech.push(event)
    if (event.type === 'open' && event.opening.kind === 'reasoning') reasoning.add(event.key)
    if (event.type === 'delta') {
      if (!reasoning.has(event.key) || length > lengthMax) return
      length += event.text.length
    }
    if (REMEMBERED.has(event.type)) events.push(event)
    if (event.type === 'end') heard(collect(events), speech)
  }
  return {
    answer: (answer) => {
      for (const event of play(answer)) hear(event)
    },
    event: hear,
  }
}

const REMEMBERED: ReadonlySet<AnswerEvent['type']> = new Set(['open', 'delta', 'opaque', 'close', 'whole'])

/** An answer's place: what it was said to, and its own words. */
interface Heard {
  readonly call: Call
  readonly scope: string
  readonly turns: readonly Turn[]
  readonly speech: Speech
}

/** It is on its way to the database before the client has the end of the answer; nobody waits until it is there. */
const keep = (deps: ReplayDeps, { call, scope, turns, speech }: Heard, { blocks }: Answer): void => {
  const state = stateToKeep(blocks)
  if (state === undefined) return
  const bytes = Buffer.byteLength(state)
  if (bytes > deps.bytesMax) {
    deps.onLost(call, `${bytes} bytes are more than are kept of one answer's reasoning`)
    return
  }
  const key = speech.key(turns)
  if (key === undefined) {
    deps.onLost(call, 'the arguments of its calls are too long for the answer to be known again')
    return
  }
  deps.reasoning.keep(scope, { key, state, expiresAtMs: deps.nowMs() + deps.retentionMs }).then(
    (kept) => {
      if (!kept.ok) deps.onLost(call, kept.error)
    },
    (error: unknown) => deps.onLost(call, String(error)),
  )
}
