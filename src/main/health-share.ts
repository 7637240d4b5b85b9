import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import { type Board, createBoard, type Place, type Posted, type Posting, POSTINGS_AT_ONCE } from '../limits/board.ts'
import { openRedis } from '../limits/redis-connection.ts'
import type { BlockKind, Health, HealthChange } from '../routing/health.ts'
import { type Repeated, repeat } from './repeat.ts'

/** What a replica finds out about providers, told to the others, and what they find out. */
export interface HealthShare {
  /** Tells the others of a change, behind the back of whoever made it. */
  tell(change: HealthChange): void
  /** Takes over what the others know, then and from then on. Resolves when it knows, or that it cannot for now. */
  begin(health: Pick<Health, 'adopt'>): Promise<void>
  close(): Promise<void>
}

const ALONE: HealthShare = {
  tell: () => undefined,
  begin: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

export const HEALTH_KEYS_PREFIX = 'tollgate:{health}:'
/** A Redis that is well answers in a thousandth of it; nobody waits for this one. */
const COMMAND_MS = 1_000
const READY_MS = 1_000

/** Shares health by Redis, on a connection of its own, so that limits never wait for it. Without Redis: with nobody. */
export const openHealthShare = (
  { redis, health }: Pick<Config, 'redis' | 'health'>,
  log: Logger,
  nowMs: () => number = Date.now,
): HealthShare => {
  if (redis === null) return ALONE
  // The limits say it too when a connection fails; one line for both is enough.
  const connection = openRedis({ url: redis, commandTimeoutMs: COMMAND_MS, onError: () => undefined })
  const board = createBoard({ connection, prefix: HEALTH_KEYS_PREFIX, subjectsMax: health.subjects })
  const share = createHealthShare({
    board,
    replica: randomUUID(),
    subjectsMax: health.subjects,
    onDown: (error) => log.warn({ err: error }, 'Redis does not answer: what is known of providers is not shared'),
    onUp: () => log.info('Redis answers again: what is known of providers is shared'),
    nowMs,
  })
  return {
    tell: share.tell,
    begin: async (adopting) => {
      await isReady(connection)
      await share.begin(adopting)
    },
    close: async () => {
      await share.close()
      await connection.quit().catch(() => connection.disconnect())
    },
  }
}

const isReady = (connection: Redis): Promise<void> =>
  new Promise((resolve) => {
    if (connection.status === 'ready') return resolve()
    const timer = setTimeout(resolve, READY_MS)
    connection.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
  })

export interface HealthShareParts {
  readonly board: Board
  /** This replica's name among the others. */
  readonly replica: string
  readonly subjectsMax: number
  readonly onDown: (error: unknown) => void
  readonly onUp: () => void
  readonly nowMs: () => number
}

const EVERY_MS = 1_000
/** So that many changes that come together are told together. */
const GATHER_MS = 50
/** Longer than a replica is without Redis and still believes in a block that somebody lifted meanwhile. */
const LIFT_KEPT_MS = 86_400_000
/** A block that is over is worth knowing a little longer: until who reads late has read it. */
const OVER_KEPT_MS = 60_000

export const createHealthShare = (parts: HealthShareParts): HealthShare => {
  const { board, nowMs } = parts
  const words = createWords(parts.subjectsMax)
  let place: Place | undefined
  let isDown = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading: Repeated | undefined

  const failed = (error: unknown): void => {
    if (!isDown) parts.onDown(error)
    isDown = true
  }
  const post = async (): Promise<void> => {
    for (let some = words.untold(); some.length > 0; some = words.untold()) {
      await board.post(some.map((change) => postingOf(change, parts.replica, nowMs())))
      words.told(some)
    }
  }
  const read = async (health: Pick<Health, 'adopt'>): Promise<void> => {
    for (let more = true; more; ) {
      const { postings, place: next, isAnew } = await board.read(place)
      if (isAnew) words.tellAllAgain()
      place = next
      for (const posting of postings) {
        const change = changeOf(posting, parts.replica, nowMs())
        if (!change) continue
        words.hear(change)
        health.adopt(change)
      }
      more = postings.length === POSTINGS_AT_ONCE
    }
  }
  const turn = async (health: Pick<Health, 'adopt'>): Promise<void> => {
    try {
      // First what others say: an old word of ours may be said again only where there is no newer one.
      await read(health)
      words.forgetOver(nowMs())
      await post()
    } catch (error) {
      failed(error)
      return
    }
    if (isDown) parts.onUp()
    isDown = false
  }

  return {
    tell(change) {
      words.say(change)
      if (isDown) return
      timer ??= setTimeout(() => {
        timer = undefined
        void post().catch(failed)
      }, GATHER_MS)
    },
    async begin(health) {
      await turn(health)
      reading = repeat(() => turn(health), EVERY_MS, parts.onDown)
    },
    async close() {
      clearTimeout(timer)
      await reading?.stop()
      if (!isDown) await post().catch(failed)
    },
  }
}

/** The newest word of each subject, whoever said it, and those that Redis has not been told. */
const createWords = (subjectsMax: number) => {
  const known = new Map<string, HealthChange>()
  const untold = new Map<string, HealthChange>()
  return {
    say(change: HealthChange): void {
      remember(known, change, subjectsMax)
      remember(untold, change, subjectsMax)
    },
    hear(change: HealthChange): void {
      if ((known.get(change.subject)?.atMs ?? 0) <= change.atMs) remember(known, change, subjectsMax)
    },
    /** Some of them. */
    untold: (): readonly HealthChange[] => [...untold.values()].slice(0, POSTINGS_AT_ONCE),
    told(some: readonly HealthChange[]): void {
      // What has changed meanwhile is told again.
      for (const change of some) if (untold.get(change.subject) === change) untold.delete(change.subject)
    },
    /** Redis has forgotten everything. */
    tellAllAgain(): void {
      for (const change of known.values()) remember(untold, change, subjectsMax)
    },
    forgetOver(nowMs: number): void {
      for (const [subject, { block, atMs }] of known) {
        const overMs = block ? block.untilMs + OVER_KEPT_MS : atMs + LIFT_KEPT_MS
        if (overMs < nowMs) known.delete(subject)
      }
    },
  }
}

/** Newest last; the oldest goes where it is too many. */
const remember = (changes: Map<string, HealthChange>, change: HealthChange, max: number): void => {
  changes.delete(change.subject)
  changes.set(change.subject, change)
  if (changes.size <= max) return
  const [oldest] = changes.keys()
  if (oldest !== undefined) changes.delete(oldest)
}

/** How long from now a change is worth knowing; `undefined`: until another one. */
const keptMs = ({ block, atMs }: HealthChange, nowMs: number): number | undefined => {
  if (!block) return atMs + LIFT_KEPT_MS - nowMs
  return Number.isFinite(block.untilMs) ? Math.max(0, block.untilMs - nowMs) + OVER_KEPT_MS : undefined
}

/** As it travels: how long a block lasts in place of until when, for clocks differ. */
interface Word {
  readonly by: string
  readonly block?: { readonly kind: BlockKind; readonly reason: string; readonly forMs: number | null }
}

const KINDS: ReadonlySet<string> = new Set<BlockKind>(['failing', 'told-to-wait', 'refused', 'spent'])

const postingOf = (change: HealthChange, by: string, nowMs: number): Posting => {
  const { subject, block, atMs } = change
  const forMs = block && (Number.isFinite(block.untilMs) ? block.untilMs - block.sinceMs : null)
  const word: Word = block ? { by, block: { kind: block.kind, reason: block.reason, forMs: forMs ?? null } } : { by }
  return { subject, text: JSON.stringify(word), ageMs: nowMs - atMs, keptMs: keptMs(change, nowMs) }
}

/** `undefined`: not written by a version that this one understands. */
const readWord = (text: string): Word | undefined => {
  try {
    return JSON.parse(text) as Word
  } catch {
    return undefined
  }
}

/** What another replica said; `undefined`: it was ourselves, or nothing that this version understands. */
const changeOf = ({ subject, text, ageMs }: Posted, replica: string, nowMs: number): HealthChange | undefined => {
  const word = readWord(text)
  if (!word || word.by === replica) return undefined
  const { block } = word
  const atMs = nowMs - ageMs
  if (!block) return { subject, block: undefined, atMs }
  if (!KINDS.has(block.kind)) return undefined
  const untilMs = block.forMs === null ? Number.POSITIVE_INFINITY : atMs + block.forMs
  return { subject, atMs, block: { kind: block.kind, reason: block.reason, sinceMs: atMs, untilMs } }
}
