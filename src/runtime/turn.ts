/** Whoever waits first waits no longer than this for others, if others come. */
const WAIT_MS = 5

interface Turn {
  readonly ending: Promise<void>
  readonly end: () => void
  readonly dueAtMs: number
}

let turn: Turn | undefined

/**
 * Resolves when what this turn of the event loop has brought is done: all who wait then go on one after the other. For
 * what is sent, so that a core which has to be woken to take it is woken once for many, and not once for each. In a long
 * turn it resolves in between, so that what is ready early is not kept for what takes its time. Within one turn, up to
 * there, it is the same promise.
 */
export const endOfTurn = (): Promise<void> => {
  if (turn && turn.dueAtMs <= performance.now()) turn.end()
  turn ??= begin()
  return turn.ending
}

const begin = (): Turn => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const begun: Turn = {
    ending: promise,
    end: () => {
      if (turn === begun) turn = undefined
      resolve()
    },
    dueAtMs: performance.now() + WAIT_MS,
  }
  setImmediate(begun.end)
  return begun
}
