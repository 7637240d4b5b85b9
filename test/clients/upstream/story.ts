import { createHash } from 'node:crypto'
import { inputFor, numberIn, outputOf, outputsIn, shellOf } from './shell.ts'
import type { Asked, Call, PastAnswer, Reply, Speaker, Thought, Told, Tool } from './speaker.ts'

/** How every fault begins that is about reasoning state alone: the conversation was served, if by a worse answer. */
export const STATE_FAULT = 'reasoning state'

/** How many calls each answer makes before the one that ends it. */
export type Rounds = readonly number[]

/** What one run of a client is told by the upstream, and what it did wrong. */
export interface Story {
  /** In everything the client is to say and to run, so that runs cannot be mistaken for each other. */
  readonly token: string
  /** The words of the answer that ends it; they stand in no prompt. */
  readonly ending: string
  answer(asked: Asked, speaker: Speaker, model: string): Reply
  /** Another prompt follows in the same conversation. `forgets`: the client has kept no reasoning state of before. */
  continueWith(rounds: Rounds, forgets: boolean): void
  readonly faults: readonly string[]
  /** Whether it came to its end. */
  readonly isOver: boolean
  /** How many pieces of state came back as they were. */
  readonly statesKept: number
}

interface Issued {
  readonly id: string
  readonly round: number
  readonly states: readonly string[]
}

/** State that a vendor encrypts: bytes that mean nothing, in base64 with all of its characters. */
const sealFor = (token: string, step: string): string =>
  createHash('sha512')
    .update(token + step)
    .digest()
    .toString('base64')

const reversed = (token: string): string => [...token].reverse().join('')

/** Figures that differ from answer to answer in every bucket. */
const usageFor = (number: number, speaker: Speaker, thinks: boolean): Told => ({
  input: 1_000 + 7 * number,
  cache_read: 100 + 3 * number,
  cache_write_5m: speaker.format === 'anthropic-messages' ? 40 + number : 0,
  cache_write_1h: 0,
  output: 60 + number,
  reasoning: thinks && speaker.format !== 'anthropic-messages' ? 20 + number : 0,
})

export const createStory = (token: string, firstRounds: Rounds): Story => {
  let rounds = firstRounds
  let prompts = 1
  let answered = 0
  let isOver = false
  let statesKept = 0
  const issued = new Map<number, Issued>()
  /** Calls whose reasoning state the client itself threw away. */
  const forgotten = new Set<Issued>()
  const faults: string[] = []
  const blame = (fault: string): void => {
    if (!faults.includes(fault)) faults.push(fault)
  }

  const ending = (): string => `finished-${reversed(token)}-${prompts}`
  const firstNumber = (round: number): number => rounds.slice(0, round).reduce((sum, calls) => sum + calls, 1)

  /** Which of our calls came back, each with the answer it came back in. */
  const returned = (asked: Asked): ReadonlyMap<number, { readonly id: string; readonly past: PastAnswer }> =>
    new Map(
      asked.answers.flatMap((past) =>
        past.calls.flatMap(({ id, input }) => {
          const number = numberIn(token, input)
          return number === undefined ? [] : [[number, { id, past }] as const]
        }),
      ),
    )

  const checkHistory = (asked: Asked, seen: ReturnType<typeof returned>): void => {
    for (const [number, { id, past }] of seen) {
      const call = issued.get(number)
      if (!call) {
        blame(`call ${number} came back, which was never made`)
        continue
      }
      // Gemini pairs by order where there are no ids.
      if (call.id !== id && id !== '') blame(`call ${number} came back under the id ${id} instead of ${call.id}`)
      const results = asked.results.filter((result) => result.id === id).map(({ text }) => text)
      // Gemini's command line brings results twice when it goes on with what it kept.
      const isPaired = id !== '' && !forgotten.has(call)
      if (isPaired && results.length !== 1) blame(`call ${number} has ${results.length} results`)
      const outputs = results.flatMap((text) => outputsIn(token, text))
      if (!outputs.includes(number) || (isPaired && outputs.length > 1))
        blame(`the result of call ${number} is no "${outputOf(token, number)}": ${results.join().slice(0, 300)}`)
      if (!forgotten.has(call)) checkStates(call, number, past)
    }
  }

  const checkStates = ({ round, states }: Issued, number: number, { states: came }: PastAnswer): void => {
    if (number !== firstNumber(round)) return
    const missing = states.filter((state) => !came.includes(state))
    const strange = came.filter((state) => !states.includes(state))
    statesKept += states.length - missing.length
    for (const state of missing) blame(`${STATE_FAULT} of round ${round + 1} did not come back: ${shortly(state)}`)
    for (const state of strange) blame(`${STATE_FAULT} in round ${round + 1} that was never given: ${shortly(state)}`)
  }

  const thoughtFor = (asked: Asked, step: string): Thought | undefined =>
    asked.thinks
      ? {
          text: `Job ${token}, step ${step}:\n\nweighing "this" against that ✓ 🐙 — done.`,
          seal: sealFor(token, step),
          ...(step === '2' && { hidden: sealFor(token, `${step} hidden`) }),
        }
      : undefined

  const callsOf = (tool: Tool, round: number): readonly Call[] =>
    Array.from({ length: rounds[round] ?? 0 }, (_, index): Call => {
      const number = firstNumber(round) + index
      const { name, form, namespace } = tool
      const input = inputFor(tool, token, number)
      return { id: `call_${token}_${number}`, name, form, input, ...(namespace !== undefined && { namespace }) }
    })

  return {
    token,
    get ending() {
      return ending()
    },
    answer(asked, speaker, model) {
      answered += 1
      const base = { model, createdAt: Math.floor(Date.now() / 1_000), asked }
      const shell = shellOf(asked.tools)
      const id = `${token}${answered}`
      // Clients ask for titles and the like on the side, without the tools of the conversation.
      if (!shell)
        return { ...base, id, thought: undefined, text: ending(), calls: [], usage: usageFor(answered, speaker, false) }
      const seen = returned(asked)
      checkHistory(asked, seen)
      const round = rounds.findIndex((_, index) => !seen.has(firstNumber(index)))
      const isEnd = round < 0
      const thought = thoughtFor(asked, isEnd ? `end ${prompts}` : String(round + 1))
      const calls = isEnd ? [] : callsOf(shell, round)
      const text = isEnd ? `Größe ✓ 🐙: ${ending()}` : 'I run the command of the job. '
      const reply: Reply = {
        ...base,
        id,
        thought,
        text,
        calls,
        usage: usageFor(answered, speaker, thought !== undefined),
      }
      const states = asked.keepsState ? speaker.statesOf(reply) : []
      for (const [index, call] of calls.entries())
        issued.set(firstNumber(round) + index, { id: call.id, round, states: index === 0 ? states : [] })
      isOver ||= isEnd
      return reply
    },
    continueWith(more, forgets) {
      if (forgets) for (const call of issued.values()) forgotten.add(call)
      rounds = [...rounds, ...more]
      prompts += 1
      isOver = false
    },
    faults,
    get isOver() {
      return isOver
    },
    get statesKept() {
      return statesKept
    },
  }
}

const shortly = (state: string): string => (state.length > 120 ? `${state.slice(0, 120)}…` : state)
