import { loadWords } from '../../api/error.ts'
import { type Answer, hasContent, NO_ANSWER, type Problem, type Usage, withDelta } from './answer.ts'
import { ask } from './ask.ts'
import type { AssistantTurn, Question, Turn } from './conversation.ts'
import { newId } from './ids.ts'
import { type Receipt, receiptOf } from './receipt.ts'
import { requestOf } from './request.ts'

/** What became of one request. */
export interface Outcome {
  /** That of the answer. */
  readonly id: string
  readonly status?: number
  readonly requestId?: string | undefined
  readonly warnings: readonly string[]
  readonly costUsd?: string | undefined
  readonly receipt?: Receipt | undefined
  readonly usage: Usage
  /** Why the answer ended, in the words of its format. */
  readonly reason?: string | undefined
  readonly problem?: Problem | undefined
  /** Somebody pressed Stop. */
  readonly isStopped?: boolean
  /** From sending to the end, and to the first thing to be seen, as this browser measured it. */
  readonly tookMs?: number
  readonly firstMs?: number
}

/** A conversation and what became of its requests. */
export interface Conversed {
  readonly turns: readonly Turn[]
  /** By the id of the answer. */
  readonly outcomes: Readonly<Record<string, Outcome>>
  /** The answer that is on its way. */
  readonly running?: AssistantTurn | undefined
  /** The last request, where it brought no answer. */
  readonly failure?: Outcome | undefined
}

/** Has what is shown changed. */
export type Tell = (changes: (known: Conversed) => Partial<Conversed>) => void

/** Nobody reads faster; drawing for every word would be slower than the words. */
const DRAWN_EVERY_MS = 40

/** The code of a problem that is not the gateway's: it was never reached. */
export const NO_ANSWER_CODE = 'no_answer'

/** Asks, and tells what comes until it has ended, for whatever reason. Afterwards looks what it cost. Never throws. */
export const runQuestion = async (question: Question, key: string, signal: AbortSignal, tell: Tell): Promise<void> => {
  const id = newId()
  const origin = { format: question.format, seed: `call_${id}` }
  const startedMs = performance.now()
  let answer: Answer = NO_ANSWER
  let outcome: Outcome = { id, warnings: [], usage: {} }
  let timer: ReturnType<typeof setTimeout> | undefined
  const draw = (): void => {
    timer = undefined
    tell(() => ({ running: turnOf(id, answer) }))
  }
  tell(() => ({ turns: question.turns, running: turnOf(id, answer), failure: undefined }))
  try {
    await ask(requestOf(question), key, signal, {
      head: (head) => {
        outcome = { ...outcome, ...head }
      },
      delta: (delta) => {
        answer = withDelta(answer, delta, origin)
        if (outcome.firstMs === undefined && hasContent(answer))
          outcome = { ...outcome, firstMs: performance.now() - startedMs }
        timer ??= setTimeout(draw, DRAWN_EVERY_MS)
      },
    })
  } catch (thrown) {
    if (signal.aborted) outcome = { ...outcome, isStopped: true }
    else answer = { ...answer, problem: { code: NO_ANSWER_CODE, message: messageOf(thrown) } }
  }
  clearTimeout(timer)
  const { usage, reason, problem } = answer
  if (problem) await loadWords()
  outcome = { ...outcome, usage, reason, problem, tookMs: performance.now() - startedMs }
  tell((known) => ended(known, question.turns, answer, outcome))
  const receipt = outcome.requestId === undefined ? undefined : await receiptOf(outcome.requestId, key)
  if (receipt) tell((known) => withReceipt(known, { ...outcome, receipt }))
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

const turnOf = (id: string, { parts }: Answer): AssistantTurn => ({ role: 'assistant', id, parts })

const ended = (known: Conversed, turns: readonly Turn[], answer: Answer, outcome: Outcome): Partial<Conversed> =>
  answer.parts.length > 0
    ? {
        turns: [...turns, turnOf(outcome.id, answer)],
        outcomes: { ...known.outcomes, [outcome.id]: outcome },
        running: undefined,
      }
    : { failure: outcome, running: undefined }

const withReceipt = (known: Conversed, outcome: Outcome): Partial<Conversed> => {
  if (known.failure?.id === outcome.id) return { failure: outcome }
  return known.outcomes[outcome.id] ? { outcomes: { ...known.outcomes, [outcome.id]: outcome } } : {}
}
