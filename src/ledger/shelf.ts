import type { DatabaseFailure } from '../db/database.ts'
import { ok, type Result } from '../result.ts'

/** What is kept of something that is in the database. */
export interface Kept {
  /** Holds and writes under way. A pinned entry is never forgotten: the disk does not know everything about it. */
  pins: number
  /** Memory and disk were seen to disagree: read it again as soon as nothing is under way. */
  stale: boolean
}

type Read<Entry> = (id: string) => Promise<Result<Entry | undefined, DatabaseFailure>>

/** Entries by id, at most about `entriesMax`: the oldest idle ones make room. */
export class Shelf<Entry extends Kept> {
  readonly #entries = new Map<string, Entry>()
  readonly #loading = new Map<string, Promise<Result<boolean, DatabaseFailure>>>()
  readonly #entriesMax: number
  readonly #read: Read<Entry>

  constructor(entriesMax: number, read: Read<Entry>) {
    this.#entriesMax = entriesMax
    this.#read = read
  }

  get(id: string): Entry | undefined {
    const entry = this.#entries.get(id)
    if (!entry?.stale || entry.pins > 0) return entry
    this.#entries.delete(id)
    return undefined
  }

  /** Sees to it that an entry is in memory; `false` when there is none. Ask `get` right afterwards. */
  load(id: string): Promise<Result<boolean, DatabaseFailure>> {
    if (this.get(id)) return Promise.resolve(ok(true))
    const loading = this.#loading.get(id) ?? this.#fill(id)
    this.#loading.set(id, loading)
    return loading
  }

  async #fill(id: string): Promise<Result<boolean, DatabaseFailure>> {
    const entry = await this.#read(id)
    this.#loading.delete(id)
    if (!entry.ok) return entry
    if (!entry.value) return ok(false)
    this.#entries.set(id, entry.value)
    // Not now: whoever awaits this entry must find it in the same turn of the event loop.
    if (this.#entries.size > this.#entriesMax) setTimeout(() => this.#makeRoom(), 0)
    return ok(true)
  }

  #makeRoom(): void {
    // Pinned entries are passed over, so looking at a few hundred bounds the work; the rest may exceed the limit.
    let looks = 200
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= this.#entriesMax || looks-- === 0) return
      if (entry.pins === 0) this.#entries.delete(id)
    }
  }
}
