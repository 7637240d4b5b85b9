/// What the gateway under test has around its parts. Each wrapper is the part itself, with points of a request's life
/// before and behind its steps.
import type { PostgresDatabase } from '../../src/db/database.ts'
import type { openStore } from '../../src/db/store.ts'
import type { createHandle, Deps } from '../../src/gateway/handle.ts'
import type { openLedger } from '../../src/ledger/ledger.ts'
import type { openSharedLedger } from '../../src/ledger/shared/ledger.ts'
import type { Hold, Ledger } from '../../src/ledger/types.ts'
import type { CeilingLimiter } from '../../src/limits/types.ts'
import type { openLimiters } from '../../src/main/limiters.ts'
import type { openDatabase } from '../../src/runtime/database.ts'
import type { createHttpClient } from '../../src/runtime/http-client.ts'
import type { listen } from '../../src/runtime/listen.ts'
import type { openPostgres } from '../../src/runtime/postgres.ts'
import type { Exchange } from '../../src/upstream/exchange.ts'
import { follow, followedId, hasPassed, isFollowed, name, passing, reach } from './marks.ts'
import { END_MARK, FIRST_CONTENT, LAST_CONTENT, type PointName } from './points.ts'

export const wrapListen =
  (real: typeof listen): typeof listen =>
  (options) =>
    real({
      ...options,
      fetch: async (request, ip) => {
        if (!follow(request)) return options.fetch(request, ip)
        await reach('received')
        return passing(options.fetch(request, ip), 'answered')
      },
    })

/** Steps of the hot path: each has the point that lies behind it, or the table does not compile. */
export const STEP_POINTS = {
  authenticate: 'authenticated',
  read: 'read',
  recall: 'recalled',
  direct: 'directed',
  choose: 'chosen',
  admit: 'admitted',
  attempt: 'attempted',
  relay: 'relayed',
} as const satisfies Record<Exclude<keyof Deps, 'abandon' | 'refuse' | 'refuseCounted'>, PointName>

export const wrapHandle =
  (real: typeof createHandle): typeof createHandle =>
  (deps) => {
    const handle = real(deps)
    const followed = real({
      ...deps,
      authenticate: (call) => passing(deps.authenticate(call), STEP_POINTS.authenticate),
      read: (call) => passing(deps.read(call), STEP_POINTS.read),
      recall: (...given) => passing(deps.recall(...given), STEP_POINTS.recall),
      direct: (...given) => {
        const directed = deps.direct(...given)
        void reach(STEP_POINTS.direct)
        return directed
      },
      choose: (...given) => {
        const chosen = deps.choose(...given)
        void reach(STEP_POINTS.choose)
        return chosen
      },
      admit: (...given) => passing(deps.admit(...given), STEP_POINTS.admit),
      attempt: (...given) => passing(deps.attempt(...given), STEP_POINTS.attempt),
      relay: async (...given) => {
        const answer = await deps.relay(...given)
        const [, { envelope }] = given
        return passing(envelope.stream ? watched(answer) : answer, STEP_POINTS.relay)
      },
    })
    return (call) => {
      name(call.request, call.id)
      return isFollowed(call.id) ? followed(call) : handle(call)
    }
  }

const DECODER = new TextDecoder()

/** A streamed answer that is looked at piece by piece on its way to the server. */
const watched = (answer: Response): Response => {
  const pieces = (answer.body ?? new ReadableStream<Uint8Array>()).getReader()
  let given = ''
  const source = {
    pull: async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (given.includes(END_MARK)) await reach('end-taken')
      else if (given.includes(LAST_CONTENT)) await reach('last-taken')
      else if (given.includes(FIRST_CONTENT)) await reach('content-taken')
      const { value } = await pieces.read()
      given += DECODER.decode(value)
      if (given.includes(END_MARK)) await reach(value === undefined ? 'closing' : 'end-passed')
      else if (given.includes(FIRST_CONTENT)) await reach('content-passed')
      if (value === undefined) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason: unknown) => pieces.cancel(reason),
  }
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), answer)
}

export const wrapLimiters =
  (real: typeof openLimiters): typeof openLimiters =>
  async (...given) => {
    const limiters = await real(...given)
    const { keyLimiter } = limiters
    const limiter: CeilingLimiter = {
      admit: (ceilings, reservation) => {
        const admission = keyLimiter.admit(ceilings, reservation)
        return isFollowed(reservation.id) ? passing(admission, 'counted') : admission
      },
      correct: (counted, used) => {
        const corrected = keyLimiter.correct(counted, used)
        if (isFollowed(counted.id)) void reach('corrected')
        return corrected
      },
      release: (counted) => {
        const released = keyLimiter.release(counted)
        if (isFollowed(counted.id)) void reach('released')
        return released
      },
      renew: (counted, nowMs) => keyLimiter.renew(counted, nowMs),
    }
    return { ...limiters, keyLimiter: limiter }
  }

export const wrapLedger =
  (real: typeof openLedger): typeof openLedger =>
  (...given) =>
    watchedLedger(real(...given))

export const wrapSharedLedger =
  (real: typeof openSharedLedger): typeof openSharedLedger =>
  (...given) =>
    watchedLedger(real(...given))

const watchedLedger = (ledger: Ledger): Ledger => ({
  ...ledger,
  hold: async (request) => {
    if (!isFollowed(request.requestId)) return ledger.hold(request)
    await reach('hold-asked')
    const hold = await passing(ledger.hold(request), 'held')
    return hold.ok ? { ok: true, value: watchedHold(hold.value) } : hold
  },
  settle: async (requestId, cost, receipt) => {
    if (!isFollowed(requestId)) return ledger.settle(requestId, cost, receipt)
    await reach('settle-asked')
    return passing(ledger.settle(requestId, cost, receipt), 'settled')
  },
})

/** The point lies where somebody has waited for it, whenever it came to be. */
const watchedHold = (hold: Hold): Hold => ({
  ...hold,
  get durable() {
    return passing(hold.durable, 'durable')
  },
})

export const wrapDatabase =
  (real: typeof openDatabase): typeof openDatabase =>
  async (...given) => {
    const database = await real(...given)
    let writes = 0
    return replacing(database, {
      call: (script, parameters, when) => {
        const write = () => database.call(script, parameters, when)
        if (!isFollowed(parameters[0])) return write()
        // Of one request the hold is written first, then its end.
        writes += 1
        return written(writes === 1 ? 'hold' : 'charge', write)
      },
    })
  }

export const wrapPostgres =
  (real: typeof openPostgres): typeof openPostgres =>
  async (...given) => {
    const database = await real(...given)
    return replacing<PostgresDatabase>(database, {
      ask: (statement) => {
        const what = statement.name === 'tollgate_apply' ? kindOf(String(statement.parameters[0])) : undefined
        return what ? written(what, () => database.ask(statement)) : database.ask(statement)
      },
    })
  }

/** What is written of the followed request by a list of the ledger's operations. */
const kindOf = (list: string): 'hold' | 'charge' | undefined => {
  const operations = JSON.parse(list) as readonly { readonly kind: 'hold' | 'end'; readonly request: string }[]
  const own = operations.find(({ request }) => request === followedId())
  return own && (own.kind === 'hold' ? 'hold' : 'charge')
}

const written = <T>(what: 'hold' | 'charge', write: () => Promise<T>): Promise<T> =>
  reach(`${what}-unwritten`) ?? passing(write(), `${what}-written`)

/** An object with some of its methods replaced. It has private fields, so the others must be called on itself. */
const replacing = <T extends object>(object: T, methods: Partial<T>): T =>
  new Proxy(object, {
    get: (target, property) => {
      if (property in methods) return Reflect.get(methods, property)
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

export const wrapStore =
  (real: typeof openStore): typeof openStore =>
  (...given) => {
    const store = real(...given)
    const feed: typeof store.counters.feed = async (limit) => {
      if (!hasPassed('charge-written')) return store.counters.feed(limit)
      await reach('feed-asked')
      const fed = await store.counters.feed(limit)
      if (fed !== 'busy') await reach('fed')
      return fed
    }
    return { ...store, counters: { ...store.counters, feed } }
  }

export const wrapHttpClient =
  (real: typeof createHttpClient): typeof createHttpClient =>
  (...given) => {
    const client = real(...given)
    return {
      ...client,
      open: (request) =>
        followedId() === undefined ? client.open(request) : watchedExchange(() => client.open(request)),
    }
  }

/** An exchange that begins when it may. */
const watchedExchange = (open: () => Exchange): Exchange => {
  const stopped = reach('upstream-asked')
  if (stopped) return { begun: stopped, read: () => stopped, cancel: () => undefined }
  const exchange = open()
  const begun = reach('upstream-told') ?? passing(exchange.begun, 'upstream-begun')
  return {
    begun,
    read: async () => {
      const read = await exchange.read()
      if (read.ok) await reach(pointOf(read.value))
      return read
    },
    cancel: () => exchange.cancel(),
  }
}

/** By what a piece of an answer has in it. A whole answer has it all in one. */
const pointOf = (piece: Uint8Array | undefined): PointName => {
  if (piece === undefined) return 'answer-over'
  const text = DECODER.decode(piece)
  if (text.includes(FIRST_CONTENT)) return 'content-arrived'
  return text.includes(LAST_CONTENT) ? 'last-arrived' : 'usage-arrived'
}
