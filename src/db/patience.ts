import { err, type Result } from '../result.ts'
import { answeredWithin } from '../runtime/deadline.ts'
import { readsOnly } from '../runtime/postgres-values.ts'
import type { Database, DatabaseFailure } from './database.ts'

/** What a read is answered that took too long. */
const tooSlow = (patienceMs: number): Result<never, DatabaseFailure> =>
  err({ kind: 'unavailable', message: `it has not answered within ${patienceMs / 1_000} s` })

/**
 * The same database for somebody whose client waits: a read that takes longer than `patienceMs` fails as `unavailable`,
 * where the database itself would wait for as long as its slowest report may take. Writes take the time they need, for
 * nobody could say what became of one that was given up.
 */
export const withPatience = (database: Database, patienceMs: number): Database => ({
  dialect: database.dialect,
  get queued() {
    return database.queued
  },
  get saturated() {
    return database.saturated
  },
  run: (statements) => {
    const answered = database.run(statements)
    if (!statements.every(({ sql }) => readsOnly(sql))) return answered
    return answeredWithin(answered, patienceMs, () => tooSlow(patienceMs))
  },
  prepare: (steps) => database.prepare(steps),
  call: (script, parameters, when) => database.call(script, parameters, when),
  lease: () => database.lease(),
  drained: () => database.drained(),
  close: () => database.close(),
})
