import type { PostgresDatabase } from '../../db/database.ts'

/** A hold of this process, which lasts as long as it is renewed. */
export interface Leased {
  readonly requestId: string
  readonly keyId: string
  /** How long it lasts after it was made or renewed. */
  readonly leaseMs: number
  /** When that was, by this process' clock. */
  renewedAtMs: number
}

/** Each is renewed when so much of its time is over: there is time for many more tries. */
const RENEWED_AFTER = 1 / 3
const LOOKED_AT_AFTER = 1 / 6
const AT_ONCE = 1_000

/** A hold that is being ended, or swept, is passed over: waiting for it while having others locked could be a circle. */
const RENEW = `UPDATE holds h SET expires_at_ms = tollgate_now_ms() + due.lease FROM (
    SELECT h.key_id, h.request_id, o.lease
    FROM jsonb_to_recordset($1::jsonb) AS o (key text, request text, lease bigint)
    JOIN holds h ON h.key_id = o.key AND h.request_id = o.request FOR UPDATE OF h SKIP LOCKED
  ) AS due WHERE h.key_id = due.key_id AND h.request_id = due.request_id`

export interface LeasesOptions {
  /** How often to look, at the most seldom. */
  readonly everyMs: number
  readonly nowMs: () => number
  readonly onFault: (message: string) => void
}

/**
 * Renews holds for as long as this process works on their requests, so that another replica gives back only what nobody
 * works on any more. `open` lists them. Runs while there are any.
 */
export class Leases {
  readonly #database: PostgresDatabase
  readonly #open: () => Iterable<Leased>
  readonly #options: LeasesOptions
  #timer: ReturnType<typeof setInterval> | undefined
  #everyMs = 0

  constructor(database: PostgresDatabase, open: () => Iterable<Leased>, options: LeasesOptions) {
    this.#database = database
    this.#open = open
    this.#options = options
  }

  /** To be called when there is a hold that lasts so long: it has to be looked at several times before it is over. */
  start(leaseMs: number): void {
    const wantedMs = leaseMs > 0 ? Math.min(this.#options.everyMs, leaseMs * LOOKED_AT_AFTER) : this.#options.everyMs
    if (this.#timer && this.#everyMs <= wantedMs) return
    clearInterval(this.#timer)
    this.#everyMs = wantedMs
    this.#timer = setInterval(() => void this.renew(), wantedMs)
    this.#timer.unref()
  }

  async renew(): Promise<void> {
    const open = [...this.#open()]
    if (open.length === 0) return this.#stop()
    const nowMs = this.#options.nowMs()
    const due = open.filter(({ leaseMs, renewedAtMs }) => leaseMs > 0 && nowMs - renewedAtMs >= leaseMs * RENEWED_AFTER)
    for (let first = 0; first < due.length; first += AT_ONCE) {
      const batch = due.slice(first, first + AT_ONCE)
      const list = batch.map(({ requestId, keyId, leaseMs }) => ({ request: requestId, key: keyId, lease: leaseMs }))
      const answer = await this.#database.ask({ sql: RENEW, parameters: [JSON.stringify(list)] })
      if (!answer.ok) {
        if (answer.error.kind === 'closed') this.#stop()
        else this.#options.onFault(`Holds could not be renewed, the database says: ${answer.error.message}`)
        return
      }
      for (const lease of batch) lease.renewedAtMs = nowMs
    }
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
