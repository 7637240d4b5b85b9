import { createHash } from 'node:crypto'
import { createHistory } from './history.ts'
import { inputFor, shellOf } from './shell.ts'
import type { Asked, Call, Reply, Speaker, Thought, Told, Tool } from './speaker.ts'

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

const thoughtFor = (token: string, step: string): Thought => ({
  text: `Job ${token}, step ${step}:\n\nweighing "this" against that ✓ 🐙 — done.`,
  seal: sealFor(token, step),
  ...(step === '2' && { hidden: sealFor(token, `${step} hidden`) }),
})

const callsOf = (tool: Tool, token: string, firstNumber: number, count: number): readonly Call[] =>
  Array.from({ length: count }, (_, index): Call => {
    const number = firstNumber + index
    const { name, form, namespace } = tool
    const input = inputFor(tool, token, number)
    return { id: `call_${token}_${number}`, name, form, input, ...(namespace !== undefined && { namespace }) }
  })

export const createStory = (token: string, firstRounds: Rounds): Story => {
  let rounds = firstRounds
  let prompts = 1
  let answered = 0
  let isOver = false
  const history = createHistory(token)

  const ending = (): string => `finished-${reversed(token)}-${prompts}`
  const firstNumber = (round: number): number => rounds.slice(0, round).reduce((sum, calls) => sum + calls, 1)

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
      const seen = history.check(asked)
      const round = rounds.findIndex((_, index) => !seen.has(firstNumber(index)))
      const isEnd = round < 0
      const thought = asked.thinks ? thoughtFor(token, isEnd ? `end ${prompts}` : String(round + 1)) : undefined
      const calls = isEnd ? [] : callsOf(shell, token, firstNumber(round), rounds[round] ?? 0)
      const text = isEnd ? `Größe ✓ 🐙: ${ending()}` : 'I run the command of the job. '
      const usage = usageFor(answered, speaker, thought !== undefined)
      const reply: Reply = { ...base, id, thought, text, calls, usage }
      const states = asked.keepsState ? speaker.statesOf(reply) : []
      for (const [index, call] of calls.entries()) {
        const isFirst = index === 0
        history.issue(firstNumber(round) + index, { id: call.id, round, isFirst, states: isFirst ? states : [] })
      }
      isOver ||= isEnd
      return reply
    },
    continueWith(more, forgets) {
      if (forgets) history.forget()
      rounds = [...rounds, ...more]
      prompts += 1
      isOver = false
    },
    faults: history.faults,
    get isOver() {
      return isOver
    },
    get statesKept() {
      return history.statesKept
    },
  }
}
