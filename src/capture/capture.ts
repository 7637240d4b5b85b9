import type { PayloadRecord, PayloadStore } from '../db/types.ts'
import type { Principal } from '../keys/types.ts'
import { type Ceiling, createCeiling } from './ceiling.ts'
import { record, type RecordedCall, type Recording } from './recording.ts'
import { createRoom } from './room.ts'

export interface CaptureOptions {
  readonly payloads: Pick<PayloadStore, 'add' | 'storedBytes' | 'evict'>
  readonly groups: ReadonlySet<string>
  readonly labels: ReadonlySet<string>
  /** Of each body. */
  readonly bytesMax: number
  /** In memory, of all payloads together. */
  readonly queueBytesMax: number
  /** Stored, of all payloads together. */
  readonly storedBytesMax: number
  /** So many were not kept since this was said last. */
  readonly onDropped: (count: number) => void
  readonly onFailure: (error: unknown) => void
}

/** Keeps what requests and answers say, of those who asked for it. */
export interface Capture {
  begin(call: RecordedCall): Recording
  /** How many were not kept, for want of room or of a database. */
  readonly dropped: number
  /** How many were deleted before their time, as there was no room for newer ones. */
  readonly evicted: number
  /** Looks again how much is stored. */
  measure(): Promise<void>
  /** Writes what waits, and takes no more. */
  stop(): Promise<void>
}

interface Waiting {
  readonly payload: PayloadRecord
  /** The room it takes until it is written. */
  readonly bytes: number
}

/** What waits is written together, little by little: requests need the database more than this does. */
const WRITE_EVERY_MS = 250
const ROWS_AT_ONCE = 20
const ATTEMPTS_MAX = 5

/** Payloads are written behind: no answer ever waits for one. */
export const createCapture = (options: CaptureOptions): Capture => {
  const { groups, labels, bytesMax, payloads } = options
  const room = createRoom(options.queueBytesMax)
  const ceiling = createCeiling(payloads, options.storedBytesMax)
  const store = storeWithin(ceiling, payloads)
  const waiting: Waiting[] = []
  let dropped = 0
  let told = 0
  let failed = 0
  let writing: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const isCaptured = (principal: Principal): boolean =>
    groups.has(principal.group) || principal.labels.some((label) => labels.has(label))
  const drop = (count: number): void => {
    dropped += count
    schedule()
  }
  const write = async (): Promise<void> => {
    const some = waiting.slice(0, ROWS_AT_ONCE)
    try {
      await store(some)
      failed = 0
    } catch (error) {
      failed += 1
      if (failed === 1) options.onFailure(error)
      if (failed < ATTEMPTS_MAX) return
      failed = 0
      dropped += some.length
    }
    waiting.splice(0, some.length)
    for (const { bytes } of some) room.give(bytes)
  }
  const tell = (): void => {
    if (dropped > told) options.onDropped(dropped - told)
    told = dropped
  }
  const turn = async (): Promise<void> => {
    tell()
    if (waiting.length > 0) await write()
    timer = undefined
    if (waiting.length > 0) schedule()
  }
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      writing = turn()
    }, WRITE_EVERY_MS)
  }
  const offer = (payload: PayloadRecord, bytes: number): void => {
    waiting.push({ payload, bytes })
    schedule()
  }
  return {
    begin: (call) => record({ isCaptured, bytesMax, room, offer, onDropped: () => drop(1) }, call),
    get dropped() {
      return dropped
    },
    get evicted() {
      return ceiling.evicted
    },
    measure: () => ceiling.measure(),
    stop: async () => {
      clearTimeout(timer)
      await writing
      clearTimeout(timer)
      for (let turns = waiting.length + ATTEMPTS_MAX; turns > 0 && waiting.length > 0; turns -= 1) await write()
      tell()
    },
  }
}

const storeWithin =
  (ceiling: Ceiling, payloads: CaptureOptions['payloads']) =>
  async (some: readonly Waiting[]): Promise<void> => {
    await ceiling.makeRoom(some.reduce((sum, { payload }) => sum + Buffer.byteLength(payload.body), 0))
    await payloads.add(some.map(({ payload }) => payload))
    // Where these alone are more than may be.
    await ceiling.makeRoom(0)
  }
