import type { Receipt } from '../../src/canon/receipt.ts'
import type { Prices } from '../../src/canon/price.ts'
import { NO_USAGE, type Usage } from '../../src/canon/usage.ts'
import { newId } from '../../src/db/ids.ts'
import { openStore } from '../../src/db/store.ts'
import { holdRequest, receiptOf } from '../../src/ledger/fixture.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { costAt } from '../../src/metering/charge.ts'
import { openDatabase } from '../../src/runtime/database.ts'
import { nanoUsd, nanoUsdPerMtok, partsPerMillion, tokens, ZERO_USD } from '../../src/units.ts'

/** Whose requests are made up, and how many. */
export interface Asker {
  readonly userId: string
  readonly keys: readonly { readonly id: string; readonly projectId: string | null }[]
  readonly requests: number
  readonly creditUsd: bigint
}

interface Model {
  readonly id: string
  readonly provider: string
  readonly format: Receipt['upstreamFormat']
  readonly prices: Prices
  /** How often, of all of them together. */
  readonly share: number
}

const pricesOf = (input: bigint, output: bigint, cacheRead: bigint): Prices => ({
  input: nanoUsdPerMtok(input),
  output: nanoUsdPerMtok(output),
  cacheRead: nanoUsdPerMtok(cacheRead),
  cacheWrite5m: nanoUsdPerMtok((input * 5n) / 4n),
  cacheWrite1h: nanoUsdPerMtok(input * 2n),
  inputAudio: undefined,
  outputAudio: undefined,
})

const MODELS: readonly Model[] = [
  {
    ...{ id: 'claude-sonnet-4-6', provider: 'anthropic', format: 'anthropic-messages', share: 5 },
    prices: pricesOf(3_000_000_000n, 15_000_000_000n, 300_000_000n),
  },
  {
    ...{ id: 'claude-haiku-4-5', provider: 'anthropic', format: 'anthropic-messages', share: 4 },
    prices: pricesOf(1_000_000_000n, 5_000_000_000n, 100_000_000n),
  },
  {
    ...{ id: 'gpt-5.4', provider: 'openai', format: 'openai-chat', share: 4 },
    prices: pricesOf(2_500_000_000n, 15_000_000_000n, 250_000_000n),
  },
  {
    ...{ id: 'gemini-2.5-flash', provider: 'google', format: 'gemini', share: 3 },
    prices: pricesOf(300_000_000n, 2_500_000_000n, 30_000_000n),
  },
]
const TURNS = MODELS.flatMap((model) => Array.from({ length: model.share }, () => model))

const DAY_MS = 86_400_000
export const HISTORY_DAYS = 21

/** Numbers that look random and are the same each time. */
const sequenceOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), state | 1)
    const word = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61))
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Moments of the past weeks, oldest first: more by day than by night, and fewer at weekends. */
const momentsOf = (count: number, untilMs: number, next: (below: number) => number): readonly number[] => {
  const moments: number[] = []
  while (moments.length < count) {
    const atMs = untilMs - 120_000 - next(HISTORY_DAYS * DAY_MS)
    const at = new Date(atMs)
    const isQuiet = at.getUTCHours() < 7 || at.getUTCHours() > 20
    const isWeekend = at.getUTCDay() === 0 || at.getUTCDay() === 6
    if (next(10) >= (isQuiet ? 2 : isWeekend ? 4 : 10)) continue
    moments.push(atMs)
  }
  return moments.sort((one, other) => one - other)
}

const usageOf = (next: (below: number) => number, isWhole: boolean): Usage =>
  isWhole
    ? {
        ...NO_USAGE,
        input: tokens(300 + next(6_000)),
        cacheRead: tokens(next(3) === 0 ? 0 : 2_000 + next(24_000)),
        output: tokens(60 + next(1_800)),
      }
    : NO_USAGE

/**
 * Writes past requests into the database of a gateway that is not running: held, charged and settled by the ledger as they
 * would have been, each at its own moment.
 */
export const writeHistory = async (path: string, askers: readonly Asker[], untilMs: number): Promise<void> => {
  const database = await openDatabase(path)
  let clockMs = untilMs - HISTORY_DAYS * DAY_MS - 3_600_000
  const ledger = openLedger(database, { nowMs: () => clockMs })
  const next = sequenceOf(11)
  for (const [index, { userId, creditUsd }] of askers.entries()) {
    const amount = nanoUsd(creditUsd * 1_000_000_000n)
    const given = await ledger.credit({ userId, amount, reason: 'invoice paid', idempotencyKey: `first-${index}` })
    if (!given.ok) throw new Error(given.error.message)
  }
  const turns = askers.flatMap((asker) => momentsOf(asker.requests, untilMs, next).map((atMs) => ({ asker, atMs })))
  for (const { asker, atMs } of turns.sort((one, other) => one.atMs - other.atMs)) {
    clockMs = atMs
    const receipt = pastReceipt(asker, atMs, next)
    const request = holdRequest(receipt, receipt.requestId, receipt.quote, { atMs, heading: receipt })
    const held = await ledger.hold(request)
    if (!held.ok) throw new Error(held.error.message)
    await held.value.durable
    await ledger.settle(receipt.requestId, receipt.cost, ({ charged, uncollected }) => ({
      ...receipt,
      cost: charged,
      uncollected,
    }))
  }
  await ledger.flush()
  const store = openStore(database)
  // Until everything is counted.
  while ((await store.counters.feed()) !== 0);
  await database.close()
}

const pastReceipt = (asker: Asker, atMs: number, next: (below: number) => number): Receipt => {
  const model = TURNS[next(TURNS.length)]
  const key = asker.keys[next(asker.keys.length)]
  if (!model || !key) throw new Error('nobody asked for nothing')
  const fate = next(160)
  const ended = fate === 0 ? 'failed' : fate === 1 ? 'client_cut' : 'whole'
  const usage = usageOf(next, ended !== 'failed')
  const ttftMs = 180 + next(900)
  const latencyMs = ttftMs + Number(usage.output) * 9 + next(600)
  const who = { userId: asker.userId, keyId: key.id }
  const receipt = receiptOf(who, newId('req_', atMs), {
    ...{ atMs, projectId: key.projectId, usage, ended, latencyMs, prices: model.prices },
    ...{ modelRequested: model.id, modelServed: model.id, provider: model.provider, channel: model.provider },
    clientFormat: next(3) === 0 ? 'anthropic-messages' : 'openai-chat',
    upstreamFormat: model.format,
    attempts: attemptsOf(model.provider, ended, latencyMs, next),
    status: ended === 'failed' ? 502 : 200,
    stream: next(4) > 0,
    ttftMs: ended === 'failed' ? null : ttftMs,
    // What large customers pay of the list price.
    providerMultiplier: partsPerMillion(850_000n),
    rawUsage: ended === 'failed' ? null : { input_tokens: usage.input, output_tokens: usage.output },
    quote: nanoUsd(60_000_000n + BigInt(next(40_000_000))),
  })
  const cost = ended === 'failed' ? ZERO_USD : costAt(usage, model.prices, receipt.multipliers)
  if (typeof cost !== 'bigint' && !cost.ok) throw new Error(cost.error.message)
  return { ...receipt, cost: typeof cost === 'bigint' ? cost : cost.value }
}

const attemptsOf = (
  channel: string,
  ended: Receipt['ended'],
  latencyMs: number,
  next: (below: number) => number,
): Receipt['attempts'] => {
  if (ended === 'failed')
    return [
      { channel, key: '1', status: 500, error: 'server-error', ms: 300, startMs: 2, why: 'first' },
      {
        channel,
        key: '2',
        status: 0,
        error: 'timeout',
        ms: latencyMs,
        startMs: 310,
        why: 'other key; after server-error',
      },
    ]
  const isSecond = next(25) === 0
  const last = {
    channel,
    key: isSecond ? '2' : '1',
    status: 200,
    error: null,
    ms: latencyMs,
    startMs: isSecond ? 214 : 2,
  }
  if (!isSecond) return [{ ...last, why: 'weighted 1' }]
  return [
    { channel, key: '1', status: 429, error: 'rate-limited', ms: 208, startMs: 2, why: 'weighted 1' },
    { ...last, why: 'other key; after rate-limited' },
  ]
}
