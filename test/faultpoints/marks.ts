/// Runs within the gateway under test: says which points the traced request passes, and stops it where it is to stop.
import { appendFileSync } from 'node:fs'
import { AT_ONCE, type PointName, STOP_HEADER, STOPPED, TRACE_VARIABLE } from './points.ts'

/** The one request that is followed. Others are none of ours, and there is only one at a time. */
interface Followed {
  id: string | undefined
  readonly stop: string
  readonly passed: Set<PointName>
}

const NEVER = new Promise<never>(() => undefined)

let followed: Followed | undefined

const tell = (line: string): void => appendFileSync(process.env[TRACE_VARIABLE] ?? '/dev/null', `${line}\n`)

/** A request has come in. `true` when it is the one to follow. */
export const follow = (request: Request): boolean => {
  const stop = request.headers.get(STOP_HEADER)
  if (stop !== null) followed = { id: undefined, stop, passed: new Set() }
  return stop !== null
}

/** From here on the followed request has this id. */
export const name = (request: Request, id: string): void => {
  if (followed && request.headers.has(STOP_HEADER)) followed.id = id
}

export const isFollowed = (requestId: unknown): boolean => followed?.id !== undefined && followed.id === requestId

/** The followed request's, for those who are not told whose work they do. */
export const followedId = (): string | undefined => followed?.id

export const hasPassed = (point: PointName): boolean => followed?.passed.has(point) ?? false

/** The followed request has come to a point. What it gives is to be awaited: it is never there where it stops. */
export const reach = (point: PointName): Promise<never> | undefined => {
  if (!followed || followed.passed.has(point)) return undefined
  followed.passed.add(point)
  tell(point)
  if (followed.stop === point + AT_ONCE) {
    tell(STOPPED + point)
    process.kill(process.pid, 'SIGKILL')
  }
  if (followed.stop !== point) return undefined
  tell(STOPPED + point)
  return NEVER
}

/** Does a step, and comes to a point behind it. */
export const passing = async <T>(step: T | Promise<T>, point: PointName): Promise<T> => {
  const done = await step
  return (await reach(point)) ?? done
}
