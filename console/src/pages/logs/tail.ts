/** What came in since the page was opened: shown above the list, or waiting while it is paused. Newest first. */
export interface Tail<Row> {
  readonly shown: readonly Row[]
  readonly waiting: readonly Row[]
}

export interface Identified {
  readonly request_id: string
}

export const EMPTY_TAIL = { shown: [], waiting: [] } as const

/** As many are kept; older ones are in the list when it is read again. */
export const TAIL_MAX = 2_000

/** The tail with what has come in since, oldest first. What is there already is not there twice. */
export const received = <Row extends Identified>(
  tail: Tail<Row>,
  come: readonly Row[],
  isPaused: boolean,
): Tail<Row> => {
  const known = new Set([...tail.shown, ...tail.waiting].map((row) => row.request_id))
  const fresh = come.filter(({ request_id: id }) => !known.has(id) && known.add(id)).reverse()
  if (fresh.length === 0) return tail
  if (isPaused) return { shown: tail.shown, waiting: [...fresh, ...tail.waiting].slice(0, TAIL_MAX) }
  return { shown: [...fresh, ...tail.waiting, ...tail.shown].slice(0, TAIL_MAX), waiting: [] }
}

/** The tail with all that waited shown. */
export const resumed = <Row>(tail: Tail<Row>): Tail<Row> => ({
  shown: [...tail.waiting, ...tail.shown].slice(0, TAIL_MAX),
  waiting: [],
})

/** The list with the tail above it; what is in both stands where the list has it. While paused, the list gains nothing. */
export const joined = <Row extends Identified>(tail: Tail<Row>, listed: readonly Row[]): readonly Row[] => {
  const inList = new Set(listed.map((row) => row.request_id))
  const waiting = new Set(tail.waiting.map((row) => row.request_id))
  const above = tail.shown.filter(({ request_id: id }) => !inList.has(id))
  const below = waiting.size === 0 ? listed : listed.filter(({ request_id: id }) => !waiting.has(id))
  return above.length === 0 ? below : [...above, ...below]
}
