import type { DatabaseFailure } from './database-messages.ts'

type Kind = DatabaseFailure['kind']

/** By the state the server gives (PostgreSQL's appendix A), then by its class, which is the first two characters. */
const KINDS: Readonly<Record<string, Kind>> = {
  '23505': 'unique',
  '23': 'constraint',
  // A number that does not fit, a text that is no number: what a STRICT table of SQLite refuses.
  '22': 'constraint',
  '53100': 'full',
  // Locked for too long, cancelled by its time limit, a deadlock, a conflict with another transaction.
  '55P03': 'busy',
  '57014': 'busy',
  '40': 'busy',
  // Shutting down, crashed, starting up; too many connections, out of memory; a disk that fails.
  '57P': 'unavailable',
  '53': 'unavailable',
  '58': 'unavailable',
  '08': 'unavailable',
  // A standby, or a server set so.
  '25006': 'unavailable',
}

const stateOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[0-9A-Z]{5}$/.test(code) ? code : ''
}

/** Whether the server said that it could not, and goes on serving the connection. Else the connection is lost. */
export const isAnswer = (error: unknown): boolean => {
  const severity = error instanceof Error && 'severity' in error ? error.severity : undefined
  return stateOf(error) !== '' && severity !== 'FATAL' && severity !== 'PANIC'
}

/** What the server said, as a failure. `secret` is the password, which no message may show. */
export const failureOf = (error: unknown, secret: string): DatabaseFailure => {
  const state = stateOf(error)
  const kind = KINDS[state] ?? KINDS[state.slice(0, 3)] ?? KINDS[state.slice(0, 2)] ?? 'failed'
  const message = messageOf(error, secret)
  return { kind, message: state === '' ? message : `${message} (${state})` }
}

/** What an error says, without the password, whichever way it got in. */
export const messageOf = (error: unknown, secret: string): string => {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const message = inner instanceof Error ? inner.message : String(inner)
  return secret === '' ? message : message.replaceAll(secret, '[redacted]')
}

/** A conflict that goes away by itself when the operations are done one by one. */
export const isConflict = ({ kind, message }: DatabaseFailure): boolean =>
  kind === 'busy' && /\(40[0-9A-Z]{3}\)$/.test(message)

/** A session that may only read stays so, even when its server takes writes again, or another does in its place. */
export const isReadOnly = (error: unknown): boolean => stateOf(error) === '25006'

/** The server, or what it allows this user or database, has no connection left. */
export const isTooMany = (error: unknown): boolean => stateOf(error) === '53300'

/** A prepared statement whose tables have changed since: a new connection prepares it anew. */
export const isStalePlan = (error: unknown): boolean =>
  stateOf(error) === '0A000' && error instanceof Error && error.message.includes('cached plan')
