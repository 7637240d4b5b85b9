import { numberIn, outputOf, outputsIn } from './shell.ts'
import type { Asked, PastAnswer } from './speaker.ts'

/** How every fault begins that is about reasoning state alone: the conversation was served, if by a worse answer. */
export const STATE_FAULT = 'reasoning state'

/** A call that a client was given. */
export interface Issued {
  readonly id: string
  readonly round: number
  /** The first of its answer, which carries the states of all. */
  readonly isFirst: boolean
  readonly states: readonly string[]
}

/** Which of our calls came back, by number, each with the answer it came back in. */
export type Returned = ReadonlyMap<number, { readonly id: string; readonly past: PastAnswer }>

/** What a client was given, and what it did wrong in bringing it back. */
export interface History {
  readonly faults: readonly string[]
  /** How many pieces of state came back as they were. */
  readonly statesKept: number
  issue(number: number, call: Issued): void
  /** The client itself threw away the reasoning state of every call so far. */
  forget(): void
  /** Notes every fault in what came back. */
  check(asked: Asked): Returned
}

const returnedIn = (token: string, asked: Asked): Returned =>
  new Map(
    asked.answers.flatMap((past) =>
      past.calls.flatMap(({ id, input }) => {
        const number = numberIn(token, input)
        return number === undefined ? [] : [[number, { id, past }] as const]
      }),
    ),
  )

export const createHistory = (token: string): History => {
  let statesKept = 0
  const issued = new Map<number, Issued>()
  const forgotten = new Set<Issued>()
  const faults: string[] = []
  const blame = (fault: string): void => {
    if (!faults.includes(fault)) faults.push(fault)
  }

  const checkResults = (asked: Asked, call: Issued, number: number, id: string): void => {
    const results = asked.results.filter((result) => result.id === id).map(({ text }) => text)
    // Gemini's command line brings results twice when it goes on with what it kept.
    const isPaired = id !== '' && !forgotten.has(call)
    if (isPaired && results.length !== 1) blame(`call ${number} has ${results.length} results`)
    const outputs = results.flatMap((text) => outputsIn(token, text))
    if (!outputs.includes(number) || (isPaired && outputs.length > 1))
      blame(`the result of call ${number} is no "${outputOf(token, number)}": ${results.join().slice(0, 300)}`)
  }

  const checkStates = ({ round, states }: Issued, { states: came }: PastAnswer): void => {
    const missing = states.filter((state) => !came.includes(state))
    const strange = came.filter((state) => !states.includes(state))
    statesKept += states.length - missing.length
    for (const state of missing) blame(`${STATE_FAULT} of round ${round + 1} did not come back: ${shortly(state)}`)
    for (const state of strange) blame(`${STATE_FAULT} in round ${round + 1} that was never given: ${shortly(state)}`)
  }

  return {
    faults,
    get statesKept() {
      return statesKept
    },
    issue(number, call) {
      issued.set(number, call)
    },
    forget() {
      for (const call of issued.values()) forgotten.add(call)
    },
    check(asked) {
      const seen = returnedIn(token, asked)
      for (const [number, { id, past }] of seen) {
        const call = issued.get(number)
        if (!call) {
          blame(`call ${number} came back, which was never made`)
          continue
        }
        // Gemini pairs by order where there are no ids.
        if (call.id !== id && id !== '') blame(`call ${number} came back under the id ${id} instead of ${call.id}`)
        checkResults(asked, call, number, id)
        if (call.isFirst && !forgotten.has(call)) checkStates(call, past)
      }
      return seen
    },
  }
}

const shortly = (state: string): string => (state.length > 120 ? `${state.slice(0, 120)}…` : state)
