import { Worker } from 'node:worker_threads'
import { reckonTokens } from '../metering/tokens.ts'
import { startDeadline } from './deadline.ts'

export interface CountRequest {
  readonly id: number
  readonly text: string
}

export interface CountAnswer {
  readonly id: number
  /** `undefined`: the worker could not count. */
  readonly tokens: number | undefined
  readonly error?: string
}

export interface TokenCounter {
  /** The tokens of a text: counted in a worker, or reckoned from its length when that is busy or broken. Never fails. */
  count(text: string): Promise<number>
  /** Ends the worker; counts still waiting are reckoned. */
  close(): void
}

export interface TokenCounterOptions {
  /** Texts waiting at once; more are reckoned at once. */
  readonly waitingMax: number
  /** Characters waiting at once, all texts together. */
  readonly waitingCharsMax: number
  /** How long one count may take before it is reckoned instead. */
  readonly waitMs: number
  /** How often in a row a broken worker is replaced before counting is given up. */
  readonly restartsMax: number
  readonly spawn: () => Worker
}

const spawn = (): Worker => new Worker(new URL('./tokenizer.worker.ts', import.meta.url))

const DEFAULTS: TokenCounterOptions = {
  waitingMax: 256,
  waitingCharsMax: 16 * 1_048_576,
  waitMs: 30_000,
  restartsMax: 3,
  spawn,
}

interface Waiting {
  readonly text: string
  readonly settle: (tokens: number) => void
}

/** Counts tokens in a worker, started at the first count, so that a hostile text cannot stall the event loop. */
export const createTokenCounter = (options: Partial<TokenCounterOptions> = {}): TokenCounter => {
  const limits = { ...DEFAULTS, ...options }
  const waiting = new Map<number, Waiting>()
  let waitingChars = 0
  let nextId = 1
  let starts = 0
  let worker: Worker | undefined
  let isClosed = false

  const settle = (id: number, tokens: number | undefined) => {
    const entry = waiting.get(id)
    if (!entry) return
    waiting.delete(id)
    waitingChars -= entry.text.length
    entry.settle(tokens ?? reckonTokens(entry.text))
  }

  const drop = () => {
    void worker?.terminate()
    worker = undefined
    for (const id of [...waiting.keys()]) settle(id, undefined)
  }

  const running = (): Worker | undefined => {
    if (worker || isClosed || starts > limits.restartsMax) return worker
    starts++
    worker = limits.spawn()
    worker.on('message', ({ id, tokens }: CountAnswer) => {
      if (tokens !== undefined) starts = 0
      settle(id, tokens)
    })
    worker.on('error', drop)
    // Waiting counts keep a timer; the worker itself must not keep the process alive.
    worker.unref()
    return worker
  }

  return {
    count: async (text) => {
      if (text === '') return 0
      if (waiting.size >= limits.waitingMax || waitingChars + text.length > limits.waitingCharsMax)
        return reckonTokens(text)
      const counting = running()
      if (!counting) return reckonTokens(text)
      const id = nextId++
      return new Promise((resolve) => {
        // A worker that does not answer in time is stuck: it goes, and the next count starts another.
        const endWait = startDeadline(limits.waitMs, drop)
        const done = (tokens: number) => {
          endWait()
          resolve(tokens)
        }
        waiting.set(id, { text, settle: done })
        waitingChars += text.length
        counting.postMessage({ id, text } satisfies CountRequest)
      })
    },
    close: () => {
      isClosed = true
      drop()
    },
  }
}
