import { describe, expect, test } from 'bun:test'
import { fault, type GatewayError } from '../errors.ts'
import type { Hold, Ledger, Settlement } from '../ledger/types.ts'
import { createMemoryCeilings } from '../limits/memory.ts'
import type { Ceiling } from '../limits/types.ts'
import { err, ok, type Result } from '../result.ts'
import { nanoUsd, ZERO_USD } from '../units.ts'
import { type AdmitDeps, createAdmit, type Pricing } from './admit.ts'
import type { Admitted, Call } from './call.ts'
import { createRefuseCounted } from './count.ts'
import { createHandle, type Deps } from './handle.ts'
import { createAbandon } from './relay.ts'
import {
  answerOf,
  callOf,
  candidateOf,
  envelopeOf,
  observed,
  PREPARED,
  PRINCIPAL,
  TERMS,
  usageOf,
} from './test-parts.ts'

const QUOTE = { amount: nanoUsd(1_000n), inputTokensReserved: 100, outputTokensReserved: 900 }
const CEILINGS: readonly Ceiling[] = [
  { subject: 'key:key_1', rpm: 10, itpm: 500, otpm: 2_000, tpm: 5_000, concurrency: 1 },
  { subject: 'model:m1', concurrency: 3 },
]
const COUNTED = [{ ...CEILINGS[0], subject: 'key:key_1', concurrency: null }]
const POOR = fault('insufficient-balance', 'There is not enough.')
const UNPRICED = fault('internal', 'No price.')
const broken = (): never => {
  throw new Error('a defect')
}

interface Scene {
  readonly action?: Call['operation']['action']
  readonly hold?: () => Result<Hold, GatewayError>
  readonly quote?: Pricing['quote']
  readonly charge?: () => never
  readonly attempt?: Deps['attempt']
  /** What the relay does with a request that was answered. */
  readonly relay?: (admitted: Admitted) => Promise<unknown>
}

const close = (admitted: Admitted, ended: 'whole' | 'client_cut' | 'upstream_cut') =>
  admitted.tab.close({
    candidate: candidateOf(),
    ended,
    status: 200,
    observation: observed({ terminal: ended === 'whole', contentSeen: true, usage: usageOf(30, 20) }),
    delivered: () => 'delivered',
    ttftMs: 1,
  })

/** The hot path with a limiter in memory, on books that keep nothing. */
const stage = (scene: Scene) => {
  const limiter = createMemoryCeilings({ subjectsMax: 10 })
  const places: number[] = []
  const settlement = (charged: bigint): Settlement => ({ charged: nanoUsd(charged), uncollected: ZERO_USD })
  const granted = { requestId: 'req_1', amount: QUOTE.amount, durable: Promise.resolve(ok(undefined)) }
  const ledger: Pick<Ledger, 'hold' | 'settle' | 'release'> = {
    hold: () => (scene.hold ? scene.hold() : ok(granted)),
    settle: (_id, cost) => settlement(cost),
    release: () => undefined,
  }
  const openTabs = new Set<string>()
  const counting = {
    limiter,
    ceilings: { ofAdmitted: () => CEILINGS, ofCounted: () => COUNTED },
    nowMs: () => 60_000,
  }
  const deps: AdmitDeps = {
    ...counting,
    pricing: {
      multipliersOf: () => TERMS.multipliers,
      quote: scene.quote ?? (() => ok(QUOTE)),
      charge: scene.charge ?? (() => nanoUsd(50n)),
      terms: () => TERMS,
    },
    ledger: ledger as Ledger,
    countTokens: async () => 7,
    holdTimeoutMs: 900_000,
    onDefect: () => undefined,
    openTabs,
  }
  const refuse = (_call: Call, error: GatewayError) => new Response(error.kind)
  const handle = createHandle({
    authenticate: () => ok(PRINCIPAL),
    read: () => ok(envelopeOf()),
    recall: (_call, _principal, envelope) => ok(envelope),
    direct: (_call, _principal, envelope) => ok(envelope),
    choose: () => ok([candidateOf()]),
    admit: createAdmit(deps),
    attempt: async (call, admitted) => {
      places.push(limiter.stats().leases)
      const begun = { candidate: candidateOf(), answer: answerOf(200, '{}'), prepared: PREPARED }
      return scene.attempt ? scene.attempt(call, admitted) : ok(begun)
    },
    relay: async (_call, admitted) => {
      await (scene.relay ?? ((each) => close(each, 'whole')))(admitted)
      return new Response('whole')
    },
    abandon: createAbandon(refuse),
    refuse,
    refuseCounted: createRefuseCounted(counting, refuse),
  })
  const ask = async (): Promise<string> => {
    const call = { ...callOf(), operation: { ...callOf().operation, action: scene.action ?? 'generate' } }
    const response = await handle(call).catch((error: unknown) => new Response(String(error)))
    // A tab that is closed behind the back of the client.
    await Bun.sleep(0)
    return response.text()
  }
  const used = () => limiter.admit(CEILINGS, { id: 'later', inputTokens: 0, outputTokens: 0, nowMs: 60_000 })
  return { ask, used, places, openTabs, leases: () => limiter.stats().leases }
}

describe('a place among requests at once is given back, and the tokens are what was used, when the request', () => {
  const none = { input: 0, output: 0 }
  const told = { input: 30, output: 20 }
  const failed = fault('upstream-failed', 'It broke off.')
  const rows: readonly (readonly [string, Scene, 'sent' | 'not sent', string, { input: number; output: number }])[] = [
    ['was answered whole', {}, 'sent', 'whole', told],
    ['counts tokens', { action: 'count-tokens' }, 'sent', 'whole', none],
    ['embeds', { action: 'embed' }, 'sent', 'whole', { input: 30, output: 0 }],
    ['was left by its client', { relay: (each) => close(each, 'client_cut') }, 'sent', 'whole', told],
    ['was cut by its provider', { relay: (each) => close(each, 'upstream_cut') }, 'sent', 'whole', told],
    ['failed at every provider', { attempt: () => err(failed) }, 'sent', 'upstream-failed', none],
    ['cannot be paid', { hold: () => err(POOR) }, 'not sent', 'insufficient-balance', none],
    ['has no price', { quote: () => err(UNPRICED) }, 'not sent', UNPRICED.kind, none],
    ['meets a defect of the ledger', { hold: broken }, 'not sent', 'Error: a defect', none],
    ['meets a defect before it is answered', { attempt: broken }, 'sent', 'Error: a defect', none],
    ['meets a defect while it is answered', { relay: broken }, 'sent', 'Error: a defect', none],
    // What was used is known, and counts; only the bill failed.
    ['meets a defect in its bill', { charge: broken }, 'sent', 'Error: a defect', told],
  ]
  test.each(rows)('%s', async (_title, scene, sent, said, { input, output }) => {
    const { ask, used, places, openTabs, leases } = stage(scene)
    expect(await ask()).toBe(said)
    expect(places).toEqual(sent === 'sent' ? [2] : [])
    expect(leases()).toBe(0)
    expect(openTabs.size).toBe(0)
    expect(used()).toMatchObject({
      granted: true,
      requests: { remaining: 8 },
      inputTokens: { remaining: 500 - input },
      outputTokens: { remaining: 2_000 - output },
      tokens: { remaining: 5_000 - input - output },
    })
  })
})

test('a request is refused while another has the only place, and takes none', async () => {
  const [running, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { ask, leases, used } = stage({
    relay: (admitted) => {
      running.resolve()
      return free.promise.then(() => close(admitted, 'whole'))
    },
  })
  const first = ask()
  await running.promise
  expect(used()).toMatchObject({
    granted: false,
    refusedBy: { subject: 'key:key_1', measure: 'concurrency', limit: 1 },
  })
  expect(leases()).toBe(2)
  free.resolve()
  expect(await first).toBe('whole')
  expect(leases()).toBe(0)
})
