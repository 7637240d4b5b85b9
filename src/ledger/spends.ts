import type { Database, DatabaseFailure, Row } from '../db/database.ts'
import { ok, type Result } from '../result.ts'
import { type SpendId, windowEndMs } from './budgets.ts'
import { belongsTo, type LiveHold, type LiveHolds } from './live-holds.ts'
import { type Kept, Shelf } from './shelf.ts'

/** What one window of a budget has spent and set aside. */
export interface Spend extends SpendId, Kept {
  /** How rows and scripts name it: `[subject, window, start, 0]`, as JSON. */
  readonly words: string
  spent: bigint
  held: bigint
}

/** Which windows of a key or project have begun to be counted, by the names of `nameOf`. */
interface Subject extends Kept {
  readonly begun: Set<string>
}

/** Begun windows remembered of one subject: those of a month and more. The oldest go first. */
const BEGUN_MAX = 500

const SELECT_BEGUN = 'SELECT "window", start_ms FROM spends WHERE subject = ?'
const SELECT_SPEND = 'SELECT spent_nano, held_nano FROM spends WHERE subject = ? AND "window" = ? AND start_ms = ?'

/**
 * The windows of budgets in memory. A window begins with the first request whose budget asks about it, and has then
 * spent what its subject's receipts say, and holds what the requests under way hold. From then on every request of the
 * subject counts in it, whether or not it knows of the budget: so it makes no difference when a budget was given, and
 * one that is taken away and given back has missed nothing.
 */
export class Spends {
  readonly #database: Database
  readonly #live: LiveHolds
  readonly #subjects: Shelf<Subject>
  readonly #spends: Shelf<Spend>
  /** How many windows have begun here: who reads a hold's row sees by it whether the row may have changed since. */
  begins = 0

  constructor(database: Database, live: LiveHolds, entriesMax: number) {
    this.#database = database
    this.#live = live
    this.#subjects = new Shelf(entriesMax, (subject) => this.#readSubject(subject))
    this.#spends = new Shelf(entriesMax, (name) => this.#readSpend(spendIdIn(name)))
  }

  find(id: SpendId): Spend | undefined {
    return this.#spends.get(nameOf(id))
  }

  load(id: SpendId): Promise<Result<boolean, DatabaseFailure>> {
    return this.#spends.load(nameOf(id))
  }

  /** Tells whether a window of a subject has begun; `undefined` where the subject is not in memory. */
  begun(subject: string): ((id: SpendId) => boolean) | 'none' | undefined {
    const begun = this.#subjects.get(subject)?.begun
    if (!begun) return undefined
    return begun.size === 0 ? 'none' : (id) => begun.has(nameOf(id))
  }

  loadSubject(subject: string): Promise<Result<boolean, DatabaseFailure>> {
    return this.#subjects.load(subject)
  }

  async #readSubject(subject: string): Promise<Result<Subject, DatabaseFailure>> {
    const rows = await this.#rows(SELECT_BEGUN, [subject])
    if (!rows.ok) return rows
    const names = rows.value.map((row) =>
      nameOf({ subject, window: String(row['window']) as SpendId['window'], startMs: Number(row['start_ms']) }),
    )
    return ok({ begun: new Set(names), pins: 0, stale: false })
  }

  async #readSpend(id: SpendId): Promise<Result<Spend, DatabaseFailure>> {
    for (;;) {
      const subject = this.#subjects.get(id.subject)
      if (subject) {
        if (!subject.begun.has(nameOf(id))) return this.#begin(id, subject)
        const rows = await this.#rows(SELECT_SPEND, [id.subject, id.window, id.startMs])
        return rows.ok ? ok(spendOf(id, rows.value[0])) : rows
      }
      const loaded = await this.#subjects.load(id.subject)
      if (!loaded.ok) return loaded
    }
  }

  /**
   * Begins a window, in one operation of the database. What is said of its subject's requests while that is under way
   * comes after it there, and so only changes what is in memory.
   */
  async #begin(id: SpendId, { begun }: Subject): Promise<Result<Spend, DatabaseFailure>> {
    const spend = spendOf(id, undefined)
    const { open, told, untold } = this.#split(id)
    for (const hold of open) join(hold, spend)
    remember(begun, nameOf(id))
    this.begins += 1
    const answer = await this.#database.run(beginStatements(id, untold))
    if (!answer.ok) {
      begun.delete(nameOf(id))
      // Those that ended meanwhile named the window on their way: the next try finds them among the told.
      for (const hold of open) if (!hold.outcome) leave(hold, spend)
      return answer
    }
    const [row] = answer.value.at(-2)?.rows ?? []
    spend.spent += whole(row?.['spent_nano'])
    const known = new Set(open.map(({ requestId }) => requestId))
    for (const { request_id: requestId, amount_nano: amount } of answer.value.at(-1)?.rows ?? []) {
      const ended = told.get(String(requestId))
      if (ended) spend.spent += ended.outcome?.charged ?? 0n
      // Of a process that died: the sweep will give it back.
      else if (!known.has(String(requestId))) spend.held += whole(amount)
    }
    return ok(spend)
  }

  /**
   * The live holds of a window: still open; ended in memory, with an ending on its way that names the window (`told`), or
   * that does not.
   */
  #split(id: SpendId) {
    const open: LiveHold[] = []
    const told = new Map<string, LiveHold>()
    const untold: LiveHold[] = []
    for (const hold of this.#live.values()) {
      if (!belongsTo(hold, id)) continue
      const names = hold.counted.some(({ subject, window }) => subject === id.subject && window === id.window)
      if (!hold.outcome) open.push(hold)
      else if (names) told.set(hold.requestId, hold)
      else untold.push(hold)
    }
    return { open, told, untold }
  }

  async #rows(sql: string, parameters: readonly (string | number)[]): Promise<Result<readonly Row[], DatabaseFailure>> {
    const answer = await this.#database.run([{ sql, parameters }])
    return answer.ok ? ok(answer.value[0]?.rows ?? []) : answer
  }
}

const join = (hold: LiveHold, spend: Spend): void => {
  hold.counted.push(spend)
  spend.held += hold.amount
  spend.pins += 1
}

const leave = (hold: LiveHold, spend: Spend): void => {
  const place = hold.counted.indexOf(spend)
  if (place !== -1) hold.counted.splice(place, 1)
}

const remember = (begun: Set<string>, name: string): void => {
  begun.add(name)
  const [oldest] = begun
  if (begun.size > BEGUN_MAX && oldest !== undefined) begun.delete(oldest)
}

/** The keys that a subject spends through, for `WHERE key_id IN (…)`, with one parameter. */
const KEYS_OF = { key: '?', project: 'SELECT id FROM keys WHERE project_id = ?' } as const

/** Of a hold `h`: whether its row names the window. Three parameters. */
const NAMES_WINDOW = `EXISTS (SELECT 1 FROM json_each(h.budgets) AS b
  WHERE b.value ->> 0 = ? AND b.value ->> 1 = ? AND b.value ->> 2 = ?)`

/**
 * Counts a window anew: open holds take its name into their rows, and its own row gets their sum and that of the
 * receipts. What ended in memory and is still on its way without the name is counted as charged. The last two statements
 * tell what the window has spent, and which holds are counted in it.
 */
const beginStatements = ({ subject, window, startMs }: SpendId, untold: readonly LiveHold[]) => {
  const id = [subject, window, startMs]
  const keys = KEYS_OF[subject.startsWith('key:') ? 'key' : 'project']
  const owner = subject.slice(subject.indexOf(':') + 1)
  const times = [startMs, windowEndMs(window, startMs) ?? Number.MAX_SAFE_INTEGER]
  const ended = JSON.stringify(untold.map(({ requestId, outcome }) => [requestId, `${outcome?.charged ?? 0n}`]))
  return [
    {
      sql: `UPDATE holds AS h SET budgets = json_insert(COALESCE(h.budgets, '[]'), '$[#]', json_array(?, ?, ?, 0))
        WHERE h.key_id IN (${keys}) AND h.at_ms >= ? AND h.at_ms < ? AND NOT ${NAMES_WINDOW}
        AND h.request_id NOT IN (SELECT value ->> 0 FROM json_each(?))`,
      parameters: [...id, owner, ...times, ...id, ended],
    },
    {
      sql: `INSERT INTO spends (subject, "window", start_ms, spent_nano, held_nano) SELECT ?, ?, ?,
        (SELECT COALESCE(SUM(cost_nano), 0) FROM receipts WHERE key_id IN (${keys}) AND at_ms >= ? AND at_ms < ?)
        + (SELECT COALESCE(SUM(CAST(e.value ->> 1 AS integer)), 0) FROM json_each(?) AS e
          JOIN holds AS h ON h.key_id IN (${keys}) AND h.request_id = e.value ->> 0),
        (SELECT COALESCE(SUM(h.amount_nano), 0) FROM holds AS h WHERE h.key_id IN (${keys}) AND ${NAMES_WINDOW})
        WHERE TRUE ON CONFLICT (subject, "window", start_ms)
        DO UPDATE SET spent_nano = excluded.spent_nano, held_nano = excluded.held_nano`,
      parameters: [...id, owner, ...times, ended, owner, owner, ...id],
    },
    { sql: SELECT_SPEND, parameters: id },
    {
      sql: `SELECT h.request_id, h.amount_nano FROM holds AS h WHERE h.key_id IN (${keys}) AND ${NAMES_WINDOW}`,
      parameters: [owner, ...id],
    },
  ]
}

const nameOf = ({ subject, window, startMs }: SpendId): string => `${window}/${startMs}/${subject}`

const spendIdIn = (name: string): SpendId => {
  const [window = '', startMs = ''] = name.split('/', 2)
  const subject = name.slice(window.length + startMs.length + 2)
  return { subject, window: window as SpendId['window'], startMs: Number(startMs) }
}

const spendOf = (id: SpendId, row: Row | undefined): Spend => ({
  ...id,
  words: `[${JSON.stringify(id.subject)},"${id.window}",${id.startMs},0]`,
  spent: whole(row?.['spent_nano']),
  held: whole(row?.['held_nano']),
  pins: 0,
  stale: false,
})

const whole = (value: Row[string] | undefined): bigint =>
  BigInt(value === undefined || value instanceof Uint8Array ? 0 : (value ?? 0))
