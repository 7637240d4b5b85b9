let count = 0

/** A name for a turn, a tool or a conversation, unlike all others of this tab. */
export const newId = (): string => {
  count += 1
  return `${count}`
}
