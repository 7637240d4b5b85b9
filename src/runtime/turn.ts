let ending: Promise<void> | undefined

/**
 * Resolves when what this turn of the event loop has brought is done: all who wait then go on one after the other. For
 * what is sent, so that a core which has to be woken to take it is woken once for many, and not once for each.
 */
export const endOfTurn = (): Promise<void> => {
  ending ??= new Promise((resolve) => {
    setImmediate(() => {
      ending = undefined
      resolve()
    })
  })
  return ending
}
