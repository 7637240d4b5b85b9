/** Whether something may be asked: `ready`; `probe`: one request may try it; `blocked`: not now. */
export type Standing = 'ready' | 'probe' | 'blocked'

/**
 * Why something is left alone: it failed too often; its provider said to wait; its provider refused it; its own limit of
 * spending was reached.
 */
export type BlockKind = 'failing' | 'told-to-wait' | 'refused' | 'spent'

export interface Block {
  readonly kind: BlockKind
  /** What happened, in a word of the retry table; never what a provider wrote. */
  readonly reason: string
  readonly sinceMs: number
  /** Unix milliseconds; infinite: until somebody lifts it. */
  readonly untilMs: number
}

/** What is known of a key, a channel, or a model of one of these, by the names of `subjects.ts`. */
export interface SubjectHealth {
  readonly subject: string
  readonly standing: Standing
  readonly block: Block | undefined
  /** Of the last outcomes, at most twenty. */
  readonly outcomes: number
  readonly failures: number
}

export interface HealthRules {
  /** Failures in a row that block. */
  readonly failures: number
  /** Of the last twenty outcomes, the share in percent that blocks. */
  readonly failurePercent: number
  readonly coolDownMs: number
  readonly coolDownMaxMs: number
  /** However long a provider says to wait. */
  readonly waitMaxMs: number
  /** `null`: what its provider refused stays blocked until somebody lifts it. */
  readonly disabledRetryMs: number | null
  readonly subjects: number
}

/**
 * A failure as the retry table has it. `count`: one more; `wait`: left alone for as long as its provider says, else for a
 * moment; `shun`: asked only where nobody else is left; `disable`: its provider will have none of it.
 */
export interface Mishap {
  readonly reason: string
  readonly effect: 'count' | 'wait' | 'shun' | 'disable'
  readonly retryAfterMs: number | undefined
}

/** What one replica tells the others: the block that stands now, or that there is none any more. */
export interface HealthChange {
  readonly subject: string
  readonly block: Block | undefined
  readonly atMs: number
}

const WINDOW = 20
/** Of fewer outcomes a share says nothing. */
const OUTCOMES_MIN = 10
/** Successes in a row that end a block whatever was before. */
const RECOVERED_MIN = 3
/** A request that tries what was blocked may take this long before another one may. */
const PROBE_MS = 30_000

interface Entry {
  failuresInRow: number
  successesInRow: number
  /** The last outcomes as bits, newest lowest, 1 for a failure. */
  outcomes: number
  count: number
  /** The last cool-down; grows while it keeps failing. */
  coolDownMs: number
  block: Block | undefined
  probedAtMs: number | undefined
}

/**
 * Circuit breakers, by subject. One that fails too often is blocked for a while; then one request tries it, whose outcome
 * decides. A subject that never failed costs nothing. Everything is in memory; `onChange` and `adopt` share it.
 */
export class Health {
  readonly #rules: HealthRules
  readonly #nowMs: () => number
  readonly #onChange: (change: HealthChange) => void
  readonly #entries = new Map<string, Entry>()
  /** When blocks were lifted here, so that an older block from elsewhere does not come back. */
  readonly #lifted = new Map<string, number>()

  constructor(rules: HealthRules, nowMs: () => number, onChange: (change: HealthChange) => void = () => undefined) {
    this.#rules = rules
    this.#nowMs = nowMs
    this.#onChange = onChange
  }

  /** Nothing has failed lately: nobody needs to look further. */
  get untroubled(): boolean {
    return this.#entries.size === 0
  }

  standingOf(subject: string): Standing {
    const entry = this.#entries.get(subject)
    if (!entry?.block) return 'ready'
    const nowMs = this.#nowMs()
    // The clock was set back: a block lasts as long as it was meant to, and no longer.
    if (nowMs < entry.block.sinceMs) entry.block = moved(entry.block, nowMs)
    if (nowMs < entry.block.untilMs) return 'blocked'
    return entry.probedAtMs !== undefined && nowMs < entry.probedAtMs + PROBE_MS ? 'blocked' : 'probe'
  }

  blockOf(subject: string): Block | undefined {
    return this.#entries.get(subject)?.block
  }

  /** Takes the one try of a subject whose block is over. */
  probe(subject: string): void {
    const entry = this.#entries.get(subject)
    if (entry?.block) entry.probedAtMs = this.#nowMs()
  }

  /** A try that came to nothing either way (its client left): another one may try. */
  unprobe(subject: string): void {
    const entry = this.#entries.get(subject)
    if (entry) entry.probedAtMs = undefined
  }

  /** `startedAtMs`: when the try began. One that was under way when the block came says nothing of what came since. */
  succeeded(subject: string, startedAtMs = this.#nowMs()): void {
    const entry = this.#entries.get(subject)
    if (!entry || (entry.block && startedAtMs < entry.block.sinceMs)) return
    note(entry, 0)
    entry.failuresInRow = 0
    entry.successesInRow += 1
    if (entry.block && this.#hasRecovered(entry) && !this.#isSpent(entry)) this.#lift(subject, entry)
    else entry.probedAtMs = undefined
    if (entry.outcomes === 0 && entry.count >= WINDOW) this.#entries.delete(subject)
  }

  failed(subject: string, { reason, effect, retryAfterMs }: Mishap): void {
    const entry = this.#entryOf(subject)
    const wasTried = entry.block !== undefined && this.#nowMs() >= entry.block.untilMs
    note(entry, 1)
    entry.failuresInRow += 1
    entry.successesInRow = 0
    if (effect === 'disable') {
      this.#block(subject, entry, 'refused', reason, this.#rules.disabledRetryMs ?? Number.POSITIVE_INFINITY)
    } else if (retryAfterMs !== undefined) {
      this.#block(subject, entry, 'told-to-wait', reason, Math.min(retryAfterMs, this.#rules.waitMaxMs))
    } else if (effect === 'wait') {
      // A limit that says nothing of its end may have room again at once: a growing cool-down would waste it.
      this.#block(subject, entry, 'failing', reason, this.#rules.coolDownMs)
    } else if (effect === 'shun') {
      this.#block(subject, entry, 'failing', reason, this.#rules.coolDownMaxMs)
    } else if (wasTried || this.#failsTooOften(entry)) {
      this.#block(subject, entry, 'failing', reason, this.#grown(entry))
    }
  }

  /** Leaves a subject alone for a reason that is not its last answer. */
  block(subject: string, kind: BlockKind, reason: string, untilMs: number): void {
    const entry = this.#entryOf(subject)
    if (entry.block?.kind === kind && entry.block.untilMs === untilMs) return
    this.#block(subject, entry, kind, reason, untilMs - this.#nowMs())
  }

  /** Somebody says that it is well. `true`: it had been blocked. */
  lift(subject: string): boolean {
    const entry = this.#entries.get(subject)
    if (!entry?.block) return false
    this.#lift(subject, entry)
    this.#entries.delete(subject)
    return true
  }

  /** Takes over what another replica found out. The newer of two words counts. */
  adopt({ subject, block, atMs }: HealthChange): void {
    if (!block) {
      const known = this.#entries.get(subject)
      if (known?.block && known.block.sinceMs <= atMs) this.#entries.delete(subject)
      return
    }
    if (block.untilMs <= this.#nowMs() && !this.#entries.has(subject)) return
    if ((this.#lifted.get(subject) ?? 0) >= block.sinceMs) return
    const entry = this.#entryOf(subject)
    if ((entry.block?.sinceMs ?? 0) >= block.sinceMs) return
    entry.block = block
    entry.probedAtMs = undefined
  }

  /** Lifts every block of the subjects that begin so. */
  liftAll(prefix: string): void {
    for (const subject of [...this.#entries.keys()]) if (subject.startsWith(prefix)) this.lift(subject)
  }

  /** All that is known, the blocked first. */
  list(): readonly SubjectHealth[] {
    const all = [...this.#entries].map(([subject, { block, count, outcomes }]) => ({
      subject,
      standing: this.standingOf(subject),
      block,
      outcomes: count,
      failures: ones(outcomes),
    }))
    return all.sort((a, b) => Number(a.block === undefined) - Number(b.block === undefined))
  }

  /** One good answer says little of what fails half the time: it takes some, one after the other, to be let in again. */
  #hasRecovered(entry: Entry): boolean {
    return entry.successesInRow >= RECOVERED_MIN || !this.#hasBadShare(entry)
  }

  /** Whoever spent too much may still have been answering well. */
  #isSpent({ block }: Entry): boolean {
    return block?.kind === 'spent' && this.#nowMs() < block.untilMs
  }

  #hasBadShare({ outcomes, count }: Entry): boolean {
    return count >= OUTCOMES_MIN && ones(outcomes) * 100 >= this.#rules.failurePercent * count
  }

  #failsTooOften(entry: Entry): boolean {
    return entry.failuresInRow >= this.#rules.failures || this.#hasBadShare(entry)
  }

  /** Twice as long as the last time, for as long as it never did well in between. */
  #grown(entry: Entry): number {
    const { coolDownMs, coolDownMaxMs } = this.#rules
    entry.coolDownMs = Math.min(coolDownMaxMs, entry.coolDownMs === 0 ? coolDownMs : entry.coolDownMs * 2)
    return entry.coolDownMs
  }

  #block(subject: string, entry: Entry, kind: BlockKind, reason: string, forMs: number): void {
    const sinceMs = this.#nowMs()
    if (entry.block && isFirmer(entry.block, kind, sinceMs + forMs, sinceMs)) return
    entry.block = { kind, reason, sinceMs, untilMs: sinceMs + forMs }
    entry.probedAtMs = undefined
    this.#lifted.delete(subject)
    this.#onChange({ subject, block: entry.block, atMs: sinceMs })
  }

  #lift(subject: string, entry: Entry): void {
    entry.block = undefined
    entry.probedAtMs = undefined
    const atMs = this.#nowMs()
    this.#lifted.set(subject, atMs)
    forgetOldest(this.#lifted, this.#rules.subjects)
    this.#onChange({ subject, block: undefined, atMs })
  }

  #entryOf(subject: string): Entry {
    const known = this.#entries.get(subject)
    if (known) return known
    const entry: Entry = {
      failuresInRow: 0,
      successesInRow: 0,
      outcomes: 0,
      count: 0,
      coolDownMs: 0,
      block: undefined,
      probedAtMs: undefined,
    }
    this.#entries.set(subject, entry)
    forgetUnblocked(this.#entries, this.#rules.subjects, subject)
    return entry
  }
}

/** Of two blocks the firmer stands: what was told or refused outweighs what only failed, and longer outweighs shorter. */
const isFirmer = (block: Block, kind: BlockKind, untilMs: number, nowMs: number): boolean => {
  if (block.untilMs <= nowMs) return false
  if (FIRMNESS[block.kind] !== FIRMNESS[kind]) return FIRMNESS[block.kind] > FIRMNESS[kind]
  return block.kind !== 'failing' && block.untilMs > untilMs
}

const FIRMNESS: Readonly<Record<BlockKind, number>> = { failing: 0, 'told-to-wait': 1, spent: 2, refused: 3 }

const moved = (block: Block, nowMs: number): Block => ({
  ...block,
  sinceMs: nowMs,
  untilMs: block.untilMs - (block.sinceMs - nowMs),
})

const WINDOW_BITS = 2 ** WINDOW - 1

/** A share that has become small ends the growth of the cool-down. */
const WELL_FAILURES_MAX = 2

const note = (entry: Entry, outcome: 0 | 1): void => {
  entry.outcomes = ((entry.outcomes << 1) | outcome) & WINDOW_BITS
  entry.count = Math.min(WINDOW, entry.count + 1)
  if (entry.count === WINDOW && ones(entry.outcomes) <= WELL_FAILURES_MAX) entry.coolDownMs = 0
}

const ones = (bits: number): number => {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1
  return count
}

const forgetOldest = (map: Map<string, unknown>, entriesMax: number): void => {
  for (const key of map.keys()) {
    if (map.size <= entriesMax) return
    map.delete(key)
  }
}

/** The oldest that is not blocked goes first: names that clients make up must not push out what was found out. */
const forgetUnblocked = (entries: Map<string, Entry>, entriesMax: number, newest: string): void => {
  if (entries.size <= entriesMax) return
  for (const [subject, { block }] of entries) {
    if (block || subject === newest) continue
    entries.delete(subject)
    if (entries.size <= entriesMax) return
  }
  forgetOldest(entries, entriesMax)
}
