import type { Receipt } from '../canon/receipt.ts'
import type { ReceiptStore } from '../db/types.ts'

/** Receipts as they are written, for whoever watches. */
export interface ReceiptFeed {
  /** A request was settled in this process. */
  settled(receipt: Receipt): void
  /** From now on; the returned function ends it. */
  follow(follower: Follower): () => void
  stop(): Promise<void>
}

export interface Follower {
  receipt(receipt: Receipt): void
  /** There were too many to follow: some were passed over. */
  lost(): void
  /** Nothing more will come. */
  over(): void
}

const endAll = (followers: Set<Follower>): void => {
  for (const follower of followers) follower.over()
  followers.clear()
}

/**
 * The feed of a database that one process serves: what is settled here is all there is. Nothing is done for it while nobody
 * follows.
 */
export const createOwnFeed = (): ReceiptFeed => {
  const followers = new Set<Follower>()
  return {
    settled: (receipt) => {
      for (const follower of followers) follower.receipt(receipt)
    },
    follow: (follower) => {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    stop: async () => endAll(followers),
  }
}

export interface SharedFeedOptions {
  readonly receipts: Pick<ReceiptStore, 'newest' | 'after'>
  readonly everyMs: number
  readonly onFailure: (error: unknown) => void
}

/** Receipts get their numbers before they appear: those of requests that end at once appear in any order. */
const OUT_OF_ORDER = 500n
const ROWS_AT_ONCE = 1_000
/** More pages than this at once are passed over: nobody reads so much. */
const PAGES_AT_ONCE = 5

/** The feed of a database that several processes serve: it is asked for what is new, while somebody follows. */
export const createSharedFeed = ({ receipts, everyMs, onFailure }: SharedFeedOptions): ReceiptFeed => {
  const followers = new Set<Follower>()
  let seen = new Set<bigint>()
  let mark: bigint | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: Promise<void> = Promise.resolve()
  let isFailing = false
  let isAsking = false

  const begin = async (): Promise<bigint> => {
    const newest = await receipts.newest()
    seen = new Set()
    // What was there before is no news, though it may have appeared out of order.
    for (const { number } of await receipts.after(newest - OUT_OF_ORDER, ROWS_AT_ONCE)) seen.add(number)
    return newest
  }
  /** Whether there may be more at once. */
  const page = async (from: bigint): Promise<boolean> => {
    const rows = await receipts.after(from - OUT_OF_ORDER, ROWS_AT_ONCE)
    mark = rows.reduce((last, { number }) => (number > last ? number : last), from)
    for (const { receipt } of takeUnseen(rows, seen, mark - OUT_OF_ORDER))
      for (const follower of followers) follower.receipt(receipt)
    return rows.length === ROWS_AT_ONCE
  }
  const ask = async (): Promise<void> => {
    if (mark === undefined) {
      mark = await begin()
      return
    }
    for (let pages = 0; pages < PAGES_AT_ONCE; pages += 1) if (!(await page(mark))) return
    mark = await begin()
    for (const follower of followers) follower.lost()
  }
  const tick = async (): Promise<void> => {
    try {
      await ask()
      isFailing = false
    } catch (error) {
      if (!isFailing) onFailure(error)
      isFailing = true
    }
    if (followers.size > 0) timer = setTimeout(go, everyMs)
    else rest()
  }
  const go = (): void => {
    isAsking = true
    asking = tick()
  }
  const rest = (): void => {
    isAsking = false
    mark = undefined
  }
  return {
    settled: () => undefined,
    follow: (follower) => {
      followers.add(follower)
      if (!isAsking) go()
      return () => void followers.delete(follower)
    },
    stop: async () => {
      endAll(followers)
      clearTimeout(timer)
      await asking
      clearTimeout(timer)
      rest()
    },
  }
}

/** Those that were not seen before; what lies before `oldest` is not asked for again, and forgotten. */
const takeUnseen = <Row extends { readonly number: bigint }>(
  rows: readonly Row[],
  seen: Set<bigint>,
  oldest: bigint,
): readonly Row[] => {
  const unseen = rows.filter(({ number }) => !seen.has(number))
  for (const { number } of unseen) seen.add(number)
  for (const number of seen) if (number < oldest) seen.delete(number)
  return unseen
}
