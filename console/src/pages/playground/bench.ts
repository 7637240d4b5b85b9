import {
  type Format,
  type Image,
  type Question,
  type ToolResult,
  type Turn,
  turnsToSend,
  turnsUpTo,
  type UserTurn,
} from './conversation.ts'
import { newId } from './ids.ts'
import { type Conversed, runQuestion } from './run.ts'
import { NO_SETTINGS, type SettingsDraft, settingsOf, type ToolDraft, toolsOf } from './settings.ts'

/** One model in one format, with its own conversation. */
export interface Lane extends Conversed {
  readonly id: string
  readonly model: string
  readonly outputTokensMax?: number | undefined
  readonly format: Format
}

const newLane = (): Lane => ({ id: newId(), model: '', format: 'openai-chat', turns: [], outcomes: {} })

export interface Bench {
  readonly lanes: readonly Lane[]
  readonly system: string
  readonly settings: SettingsDraft
  readonly tools: readonly ToolDraft[]
  readonly isStreamed: boolean
  /** The message that is being written. */
  readonly text: string
  readonly images: readonly Image[]
  /** The key that was made by this page. */
  readonly madeKeyId?: string | undefined
}

const newBench = (): Bench => ({
  lanes: [newLane()],
  system: '',
  settings: NO_SETTINGS,
  tools: [],
  isStreamed: true,
  text: '',
  images: [],
})

/** A lane beside another one: the same conversation, for another model or format to go on with. */
export const laneBeside = ({ model, format, outputTokensMax, turns }: Lane): Lane => ({
  ...newLane(),
  model,
  format,
  outputTokensMax,
  turns,
})

/** The message that is being written, as a turn. */
export const nextTurn = ({ text, images }: Bench): UserTurn => ({ role: 'user', id: newId(), text, images })

/** What a lane would ask now, as it would be sent. */
export const questionOf = (bench: Bench, lane: Lane, turns: readonly Turn[]): Question => ({
  model: lane.model,
  outputTokensMax: lane.outputTokensMax,
  format: lane.format,
  system: bench.system,
  turns,
  tools: toolsOf(bench.tools),
  settings: settingsOf(bench.settings),
  isStreamed: bench.isStreamed,
})

/** Everything of the page, kept while the tab is open: whoever looks at a request's page comes back to the conversation. */
export interface BenchStore {
  readonly get: () => Bench
  readonly subscribe: (listener: () => void) => () => void
  readonly change: (changes: Partial<Bench>) => void
  readonly changeLane: (id: string, changes: Partial<Lane>) => void
  /** Sends what is written to every lane. */
  readonly send: (key: string) => void
  /** Gives the results of the calls at the end, and goes on. */
  readonly giveResults: (id: string, results: readonly ToolResult[], key: string) => void
  /** Asks again with the turns before the answer, or up to the message, of this id. */
  readonly again: (id: string, turnId: string, key: string) => void
  readonly stop: () => void
  readonly reset: () => void
  /** What a lane is without its conversation, under a new id: what is on its way to the old one is given up. */
  readonly emptyLane: () => Pick<Lane, 'id' | 'turns' | 'outcomes' | 'running' | 'failure'>
}

export const createBenchStore = (): BenchStore => {
  let bench = newBench()
  const listeners = new Set<() => void>()
  const running = new Map<string, AbortController>()
  const change = (changes: Partial<Bench>): void => {
    bench = { ...bench, ...changes }
    // What nobody will see is not paid for any longer.
    for (const [id, controller] of running) if (!bench.lanes.some((lane) => lane.id === id)) controller.abort()
    for (const listener of listeners) listener()
  }
  const changeLane = (id: string, changes: (lane: Lane) => Partial<Lane>): void =>
    change({ lanes: bench.lanes.map((lane) => (lane.id === id ? { ...lane, ...changes(lane) } : lane)) })
  const run = (id: string, turns: readonly Turn[], key: string): void => {
    const lane = bench.lanes.find((one) => one.id === id)
    if (!lane || lane.running || turns.length === 0) return
    const controller = new AbortController()
    running.set(id, controller)
    void runQuestion(questionOf(bench, lane, turns), key, controller.signal, (changes) =>
      changeLane(id, changes),
    ).finally(() => running.delete(id))
  }
  const turnsOf = (id: string): readonly Turn[] => bench.lanes.find((lane) => lane.id === id)?.turns ?? []
  return {
    get: () => bench,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    change,
    changeLane: (id, changes) => changeLane(id, () => changes),
    send: (key) => {
      const next = nextTurn(bench)
      change({ text: '', images: [] })
      for (const { id, turns } of bench.lanes) run(id, turnsToSend(turns, next), key)
    },
    giveResults: (id, results, key) => run(id, [...turnsOf(id), { role: 'tool', id: newId(), results }], key),
    again: (id, turnId, key) => run(id, turnsUpTo(turnsOf(id), turnId), key),
    stop: () => {
      for (const controller of running.values()) controller.abort()
    },
    reset: () => change(newBench()),
    emptyLane: () => ({ id: newId(), turns: [], outcomes: {}, running: undefined, failure: undefined }),
  }
}
