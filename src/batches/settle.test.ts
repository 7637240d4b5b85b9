import { expect } from 'bun:test'
import { onEachDatabase, type OpenBench } from '../../test/harness/ledgers.ts'
import type { BatchRecord } from '../db/types.ts'
import { makeUser, receiptOf as receiptFixture } from '../ledger/fixture.ts'
import type { Ledger } from '../ledger/types.ts'
import { err, ok } from '../result.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import { nanoUsd, nanoUsdPerMtok } from '../units.ts'
import type { UpstreamAnswer } from '../upstream/types.ts'
import { openai } from '../providers/openai.ts'
import { ONE } from '../units.ts'
import type { BatchView } from './api.ts'
import { settleBatch, type SettleDeps } from './settle.ts'
import { type Share, writeShares } from './share.ts'
import type { Account } from './vendor.ts'

const TIMEOUTS = { connectMs: 1_000, firstByteMs: 1_000, idleMs: 1_000, totalMs: 1_000 }
const [KEY] = plainKeys('secret')

const accountOf = (): Account => {
  if (!KEY) throw new Error('there is a key')
  const provider = {
    ...{ id: 'openai', kind: openai, baseUrl: 'http://127.0.0.1:1', keys: [KEY], timeouts: TIMEOUTS, proxy: null },
    ...{ costMultiplier: ONE, formats: openai.formats },
  }
  const channel = { id: 'openai', provider, groups: new Set(['default']), models: null, modelMap: {} }
  return { channel: { ...channel, priority: 0, weight: 1 }, key: KEY }
}

const price = nanoUsdPerMtok(1_000_000_000n)
const PRICES = {
  ...{ input: price, output: price, cacheRead: price, cacheWrite5m: price, cacheWrite1h: price },
  ...{ inputAudio: undefined, outputAudio: undefined },
}

const shareOf = (who: Who, requestId: string, model: string): Share => ({
  requestId,
  heading: { ...receiptFixture(who, requestId), modelServed: model, prices: PRICES, action: 'batch', stream: false },
  quote: nanoUsd(1_000_000n),
  lines: 1,
  inputTokens: 10,
  action: 'generate',
  table: { prices: PRICES, tiers: [] },
  others: {},
})

type Who = Awaited<ReturnType<typeof makeUser>>

const batchOf = (who: Who, shares: readonly Share[]): BatchRecord => ({
  ...{ requestId: 'req_b', scope: `user:${who.userId}`, id: 'batch_1', api: 'openai', provider: 'openai' },
  ...{ channel: 'openai', providerKey: '1', ...who, inputFile: 'file-1', sentFile: 'file-1' },
  ...{ createdAtMs: Date.now(), settledAtMs: null, body: '{}', shares: writeShares(shares) },
  lines: JSON.stringify({ a: 0, b: 1 }),
})

const VIEW: BatchView = {
  ...{ id: 'batch_1', ended: 'whole', results: ['/files/out/content'], answered: 2, files: ['out'] },
  ...{ inputFile: 'file-1', createdAtMs: 0 },
}

const row = (id: string, input: number) =>
  JSON.stringify({
    custom_id: id,
    response: {
      status_code: 200,
      body: { choices: [], usage: { prompt_tokens: input, completion_tokens: 5, total_tokens: input + 5 } },
    },
  })

const RESULTS = `${row('a', 100)}\n${row('b', 200)}\n`

/** The results in one piece, or broken off. */
const answerOf = (text: string, breaksOff = false): UpstreamAnswer => {
  const pieces: (Uint8Array | undefined)[] = [new TextEncoder().encode(text), undefined]
  return {
    status: 200,
    headers: new Headers(),
    read: async () => {
      const piece = pieces.shift()
      const failed = { kind: 'reset', untouched: false, detail: 'gone' } as const
      return piece === undefined && breaksOff ? err(failed) : ok(piece)
    },
    whole: () => Promise.reject(new Error('results are read as they come')),
    cancel: () => undefined,
  }
}

const depsOf = (bench: OpenBench, ledger: Ledger, answer: () => UpstreamAnswer): SettleDeps => ({
  ledger,
  receipts: bench.store.receipts,
  batches: bench.store.batches,
  vendor: { ask: async () => ok(answer()) },
  countTokens: async (text) => text.length,
  lineBytesMax: 1_000_000,
  nowMs: Date.now,
})

const open2 = async (open: () => Promise<OpenBench>) => {
  const bench = await open()
  const who = await makeUser(bench, 10_000_000n)
  const shares = [shareOf(who, 'req_b', 'one'), shareOf(who, 'req_b-2', 'two')]
  const batch = batchOf(who, shares)
  await bench.store.batches.open(batch, 5, 0)
  for (const { requestId, quote: amount, heading } of shares) {
    const asked = { requestId, ...who, budgets: [], amount, atMs: batch.createdAtMs, heading }
    const held = await bench.ledger.hold({ ...asked, expiresAtMs: Date.now() + 60_000, outlives: true })
    expect(held.ok && (await held.value.durable).ok).toBe(true)
  }
  return { bench, who, batch }
}

const failureOf = (work: Promise<void>): Promise<string> => work.then(() => 'none', String)

const NEVER = new AbortController().signal

onEachDatabase(
  'a process that dies between two charges leaves the second, and only that, to the next',
  async (open) => {
    const { bench, who, batch } = await open2(open)
    let settled = 0
    const dying: Ledger = {
      ...bench.ledger,
      settle: (requestId, cost, receipt) => {
        settled += 1
        if (settled > 1) throw new Error('the process dies')
        return bench.ledger.settle(requestId, cost, receipt)
      },
    }
    const first = depsOf(bench, dying, () => answerOf(RESULTS))
    expect(await failureOf(settleBatch(first, batch, VIEW, accountOf(), NEVER))).toContain('the process dies')
    await bench.ledger.flush()
    expect(await bench.store.batches.byRequest('req_b')).toMatchObject({ settledAtMs: null })
    const next = bench.reopen()
    for (let turn = 0; turn < 2; turn++)
      await settleBatch(
        depsOf(bench, next, () => answerOf(RESULTS)),
        batch,
        VIEW,
        accountOf(),
        NEVER,
      )
    // 105 and 205 tokens at a dollar a million.
    expect(await next.balance(who.userId)).toMatchObject({ value: { posted: 10_000_000n - 310_000n, held: 0n } })
    expect(await bench.store.receipts.find('req_b')).toMatchObject({ cost: 105_000n, modelServed: 'one' })
    expect(await bench.store.receipts.find('req_b-2')).toMatchObject({ cost: 205_000n, modelServed: 'two' })
    expect((await bench.store.batches.byRequest('req_b'))?.settledAtMs).toBeGreaterThan(0)
    expect(await next.check()).toMatchObject({ ok: true, openHolds: 0 })
  },
)

onEachDatabase('results that break off, or are fewer than there should be, are not charged by', async (open) => {
  const { bench, who, batch } = await open2(open)
  for (const answer of [() => answerOf(RESULTS, true), () => answerOf(`${row('a', 100)}\n`)]) {
    const settling = settleBatch(depsOf(bench, bench.ledger, answer), batch, VIEW, accountOf(), NEVER)
    expect(await failureOf(settling)).toContain('results')
  }
  await bench.ledger.flush()
  expect(await bench.ledger.balance(who.userId)).toMatchObject({ value: { posted: 10_000_000n, held: 2_000_000n } })
})

onEachDatabase(
  'a hold that was given back as that of the dead is charged late, on a receipt of its own',
  async (open) => {
    const { bench, who, batch } = await open2(open)
    const after = bench.reopen()
    expect(await after.sweep(Date.now() + 120_000)).toBe(2)
    await after.flush()
    for (let turn = 0; turn < 2; turn++)
      await settleBatch(
        depsOf(bench, after, () => answerOf(RESULTS)),
        batch,
        VIEW,
        accountOf(),
        NEVER,
      )
    expect(await bench.store.receipts.find('req_b')).toMatchObject({ ended: 'abandoned', cost: 0n })
    expect(await bench.store.receipts.find('req_b-late')).toMatchObject({ ended: 'whole', cost: 105_000n })
    expect(await after.balance(who.userId)).toMatchObject({ value: { posted: 10_000_000n - 310_000n, held: 0n } })
    expect(await after.check()).toMatchObject({ ok: true, openHolds: 0 })
  },
)
