/** Gives calls without an id one, and finds the call that a result answers. */
export interface CallBook {
  called(name: string, id: string | undefined): string
  answered(name: string, id: string | undefined): string
  /** A new step of the model begins: what was called before and never answered is past. */
  next(): void
}

interface Pending {
  readonly id: string
  readonly name: string
  readonly made: boolean
}

/**
 * Clients of Gemini may leave ids out; results then answer the calls of their name in order. Ids made here depend on the
 * calls before them alone, so that a conversation that goes on keeps them.
 */
export const createCallBook = (): CallBook => {
  let ordinal = 0
  let pending: Pending[] = []

  const settle = (call: Pending | undefined): string | undefined => {
    if (call) pending = pending.filter((other) => other !== call)
    return call?.id
  }

  return {
    called(name, id) {
      ordinal += 1
      const call = { id: id ?? `call_gemini_${ordinal}`, name, made: id === undefined }
      pending.push(call)
      return call.id
    },
    answered(name, id) {
      if (id === undefined) return settle(pending.find((call) => call.name === name)) ?? `call_gemini_of_${name}`
      const known = pending.find((call) => call.id === id) ?? pending.find((call) => call.made && call.name === name)
      return settle(known) ?? id
    },
    next() {
      pending = []
    },
  }
}
