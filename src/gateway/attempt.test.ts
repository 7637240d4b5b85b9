import { describe, expect, test } from 'bun:test'
import { fault } from '../errors.ts'
import { err, ok, type Result } from '../result.ts'
import { Health, type HealthRules } from '../routing/health.ts'
import { createLoad } from '../routing/load.ts'
import { createWalk } from '../routing/walk.ts'
import { ZERO_USD } from '../units.ts'
import type { UpstreamAnswer, UpstreamFault } from '../upstream/types.ts'
import { type AttemptDeps, createAttempt } from './attempt.ts'
import type { Admitted } from './call.ts'
import { answerOf, callOf, candidateOf, envelopeOf, NO_TOKENS, PREPARED, PRINCIPAL } from './test-parts.ts'

type Answers = Result<ReturnType<typeof answerOf>, UpstreamFault>

const ANSWER = '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
const REFUSAL = fault('unsupported-parameter', 'it cannot be written')
const RESET: UpstreamFault = { kind: 'reset', untouched: false, detail: 'reset by peer' }
const refusing = (status: number): Answers => ok(answerOf(status, '{"error":{}}'))

const RULES: HealthRules = {
  failures: 5,
  failurePercent: 40,
  coolDownMs: 1_000,
  coolDownMaxMs: 10_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: null,
  subjects: 100,
}

/** In the order they came. */
const ROUTER = (health: Health): AttemptDeps['router'] => ({
  rank: (candidates) => candidates,
  walk: (candidates) => createWalk({ health, keysOf: ({ channel }) => channel.provider.keys }, candidates),
  look: () => {
    throw new Error('whoever asks does not only look')
  },
  answered: () => undefined,
})

/** Tries these in their order; `unwritable`: the request cannot be written for it; a function breaks. */
const attempted = async (
  tries: readonly (Answers | 'unwritable' | (() => never))[],
  attemptsMax = 10,
  changes: Partial<AttemptDeps> = {},
) => {
  const candidates = tries.map((_, index) => {
    const one = candidateOf()
    const provider = { ...one.channel.provider, id: `p${index}` }
    return { ...one, channel: { ...one.channel, id: `c${index}`, provider } }
  })
  const tab: Admitted['tab'] = {
    hold: { requestId: 'req_1', amount: ZERO_USD, durable: Promise.resolve(ok(undefined)) },
    attempts: [],
    warnings: [],
    sentAtMs: undefined,
    close: () => Promise.reject(new Error('nothing is closed here')),
  }
  let sent = -1
  const order = tries.filter((one) => one !== 'unwritable')
  const health = new Health(RULES, () => 1_000)
  const attempt = createAttempt({
    sendTo: () => async (): Promise<Result<UpstreamAnswer, UpstreamFault>> => {
      sent += 1
      const one = order[sent]
      if (typeof one === 'function') return one()
      return one ?? err(RESET)
    },
    router: ROUTER(health),
    health,
    load: createLoad(1_000, () => 0),
    occupy: () => undefined,
    answerBytesMax: 10_000,
    retryTotalMs: 60_000,
    hedgeAfterMs: () => undefined,
    authorizer: { authorize: async (_provider, _key, request) => ok(request), refused: () => undefined },
    attemptsMax,
    hangUpOf: (call) => call.request.signal,
    lanes: () => (candidate) =>
      tries[candidates.indexOf(candidate)] === 'unwritable'
        ? err({ ...REFUSAL, message: `not for ${candidate.channel.id}` })
        : ok({ ...PREPARED, warnings: [`/${candidate.channel.id};unsupported`] }),
    watchdog: { watch: () => ({ extend: () => undefined, end: () => undefined }), stop: () => undefined },
    peekMs: 1_000,
    eventBytesMax: 1_000,
    nowMs: () => 1_000,
    ...changes,
  })
  const admitted: Admitted = {
    principal: PRINCIPAL,
    envelope: envelopeOf(),
    candidates,
    admission: undefined,
    reserved: NO_TOKENS,
    tab,
  }
  return { tab, outcome: attempt(callOf(), admitted), sent: () => sent + 1 }
}

const cancelled = (tries: readonly unknown[]): readonly boolean[] =>
  (tries as readonly Answers[]).map((one) => typeof one === 'object' && one.ok && one.value.cancelled())

describe('of several channels', () => {
  test('that all refuse, the first one’s answer is begun, and every other given up', async () => {
    const tries = [refusing(429), refusing(503), refusing(500)]
    const { outcome, tab } = await attempted(tries)
    expect(await outcome).toMatchObject({
      ok: true,
      value: { answer: { status: 429 }, candidate: { channel: { id: 'c0' } } },
    })
    expect(cancelled(tries)).toEqual([false, true, true])
    expect(tab.warnings).toEqual(['/c0;unsupported'])
    expect(tab.attempts.map(({ status }) => status)).toEqual([429, 503, 500])
  })

  test('one that answers is begun, and the refusals before it are given up', async () => {
    const tries = [refusing(401), refusing(503), ok(answerOf(200, ANSWER))]
    const { outcome, tab } = await attempted(tries)
    expect(await outcome).toMatchObject({ ok: true, value: { answer: { status: 200 } } })
    expect(cancelled(tries)).toEqual([true, true, false])
    expect(tab.warnings).toEqual(['/c2;unsupported'])
  })

  test('those that cannot be written for take no attempt away', async () => {
    const { outcome, sent } = await attempted([refusing(503), 'unwritable', 'unwritable', ok(answerOf(200, ANSWER))], 2)
    expect(await outcome).toMatchObject({ ok: true, value: { answer: { status: 200 } } })
    expect(sent()).toBe(2)
  })

  test('no more are asked than may be', async () => {
    const { outcome, sent } = await attempted([err(RESET), refusing(503), ok(answerOf(200, ANSWER))], 2)
    expect(await outcome).toMatchObject({ ok: false, error: { kind: 'upstream-failed' } })
    expect(sent()).toBe(2)
  })

  test('none of which can be written for, the first says why', async () => {
    const { outcome, sent, tab } = await attempted(['unwritable', 'unwritable'])
    expect(await outcome).toMatchObject({ ok: false, error: { kind: 'unsupported-parameter', message: 'not for c0' } })
    expect(sent()).toBe(0)
    expect(tab.attempts.map(({ error }) => error)).toEqual(['untranslatable', 'untranslatable'])
  })

  test('a fault of the operator’s account gives way to a failure that passes, in either order', async () => {
    for (const tries of [
      [refusing(403), refusing(429)],
      [refusing(429), refusing(402)],
    ]) {
      const { outcome } = await attempted(tries)
      expect(await outcome).toMatchObject({ ok: true, value: { answer: { status: 429 } } })
    }
  })

  test('the first one’s refusal is given up where something breaks in here', async () => {
    const tries = [
      refusing(503),
      (): never => {
        throw new Error('a defect')
      },
    ]
    const { outcome } = await attempted(tries)
    expect(outcome).rejects.toThrow('a defect')
    await outcome.catch(() => undefined)
    expect(cancelled(tries)).toEqual([true, false])
  })

  test('one that is still asked is hung up on where something breaks in here, and its answer given up', async () => {
    const late = answerOf(503, '{"error":{}}')
    const answered = Promise.withResolvers<Answers>()
    const hangUps: AbortSignal[] = []
    let boarded = 0
    const { outcome } = await attempted([refusing(503), refusing(503)], 10, {
      hedgeAfterMs: () => 1,
      sendTo: () => (_request, hangUp) => {
        hangUps.push(hangUp)
        return answered.promise
      },
      occupy: () => {
        boarded += 1
        if (boarded === 2) throw new Error('a defect')
        return undefined
      },
    })
    const failure = await outcome.catch((error: Error) => error.message)
    expect(failure).toBe('a defect')
    expect(hangUps.map(({ aborted }) => aborted)).toEqual([true])
    answered.resolve(ok(late))
    await Bun.sleep(1)
    expect(late.cancelled()).toBe(true)
  })
})
