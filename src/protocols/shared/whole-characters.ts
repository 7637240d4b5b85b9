const HIGH_SURROGATE = /[\ud800-\udbff]$/

/** Keeps half a character back until its other half comes: no piece of a stream may end inside an emoji. */
export interface WholeCharacters {
  push(text: string): string
  /** What was kept back when no more comes. */
  rest(): string
}

export const createWholeCharacters = (): WholeCharacters => {
  let half = ''
  return {
    push(text) {
      const all = half + text
      half = HIGH_SURROGATE.test(all) ? all.slice(-1) : ''
      return half === '' ? all : all.slice(0, -1)
    },
    rest() {
      const kept = half
      half = ''
      return kept
    },
  }
}
