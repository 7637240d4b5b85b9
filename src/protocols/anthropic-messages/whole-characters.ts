const TRAILING_HIGH_SURROGATE = /[\ud800-\udbff]$/

/**
 * Text that comes in pieces, each with whole characters only: many clients decode every piece by itself, and half of a
 * surrogate pair is nothing to them. `rest` is what is still held at the end.
 */
export const createWholeCharacters = (): { push(piece: string): string; rest(): string } => {
  let held = ''
  return {
    push(piece) {
      const text = held + piece
      held = TRAILING_HIGH_SURROGATE.exec(text)?.[0] ?? ''
      return held === '' ? text : text.slice(0, -1)
    },
    rest() {
      const text = held
      held = ''
      return text
    },
  }
}
