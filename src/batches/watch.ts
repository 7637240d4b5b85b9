import type { BatchRecord, FileRecord, Store } from '../db/types.ts'
import { objectOf, parseJson } from '../protocols/json.ts'
import { readShares } from './share.ts'
import { batchesIn, type BatchView, STORE_APIS } from './api.ts'
import { releaseShares, resume } from './hold.ts'
import { LEASE_MS, type SettleDeps, settleBatch } from './settle.ts'
import type { Account, AccountOf } from './vendor.ts'

export interface WatchDeps extends SettleDeps {
  readonly accountOf: AccountOf
  readonly files: Pick<Store['files'], 'add'>
  readonly batches: Store['batches']
  readonly answerBytesMax: number
  /** Between two looks at a batch, at the most. */
  readonly pollMs: number
  readonly giveUpMs: number
  readonly random: () => number
  /** Something the operator should know. */
  readonly warn: (message: string, batch: Pick<BatchRecord, 'requestId' | 'id' | 'provider'>) => void
}

/** Looks after batches until they are charged. */
export interface Watch {
  /** Looks at those whose time has come. */
  look(stopped: AbortSignal): Promise<void>
  /** Sees to it that a batch is charged if it has ended; `late`: it may have, and is not within the time there is. */
  chargeIfOver(batch: BatchRecord, stopped: AbortSignal): Promise<'charged' | 'running' | 'late'>
  /** Notes what a vendor said of a batch. */
  noted(batch: BatchRecord, body: string, view: BatchView): Promise<void>
}

const AT_ONCE = 8

/** Whoever looks after a batch leases it; so any number of replicas may do this. */
export const createWatch = (deps: WatchDeps): Watch => ({
  look: async (stopped) => {
    const due = await deps.batches.due(AT_ONCE, LEASE_MS)
    await Promise.all(due.map((batch) => lookAfter(deps, batch, stopped)))
  },
  chargeIfOver: (batch, stopped) => chargeIfOver(deps, batch, stopped),
  noted: (batch, body, view) => note(deps, batch, body, view),
})

/** How long a client waits for somebody else to have charged a batch. */
const WAIT_MS = 15_000
const TURN_MS = 100

const chargeIfOver = async (
  deps: WatchDeps,
  batch: BatchRecord,
  stopped: AbortSignal,
): ReturnType<Watch['chargeIfOver']> => {
  if (batch.settledAtMs !== null) return 'charged'
  const account = deps.accountOf(batch)
  const view = account && (await ask(deps, batch, account, stopped))
  if (!account || !view) return 'late'
  if (view.ended === undefined) return 'running'
  const deadlineMs = deps.nowMs() + WAIT_MS
  for (;;) {
    const now = await deps.batches.byRequest(batch.requestId)
    if (!now || now.settledAtMs !== null) return 'charged'
    if (await deps.batches.claim(batch.requestId, LEASE_MS))
      return (await settleOrFree(deps, now, view, account, stopped)) ? 'charged' : 'late'
    if (deps.nowMs() > deadlineMs || stopped.aborted) return 'late'
    await new Promise((resolve) => setTimeout(resolve, TURN_MS))
  }
}

const lookAfter = async (deps: WatchDeps, batch: BatchRecord, stopped: AbortSignal): Promise<void> => {
  try {
    await (batch.id === null ? recover(deps, batch, stopped) : lookAt(deps, batch, stopped))
  } catch (error) {
    if (!stopped.aborted) deps.warn(`A batch could not be looked at: ${wordsOf(error)}`, batch)
    await later(deps, batch)
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Young batches are looked at often: most that are small end soon. */
const OFTEN = 10

const later = (deps: WatchDeps, { requestId, createdAtMs }: BatchRecord): Promise<void> => {
  const nowMs = deps.nowMs()
  const pauseMs = Math.min(deps.pollMs, Math.max(SHORTEST_MS, (nowMs - createdAtMs) / OFTEN))
  // Replicas and batches that began together do not stay together.
  const jitter = JITTER_FROM + (1 - JITTER_FROM) * deps.random()
  return deps.batches.free(requestId, Math.round(nowMs + pauseMs * jitter))
}

const SHORTEST_MS = 1_000
const JITTER_FROM = 0.7

const lookAt = async (deps: WatchDeps, batch: BatchRecord, stopped: AbortSignal): Promise<void> => {
  if (deps.nowMs() > batch.createdAtMs + deps.giveUpMs) return giveUp(deps, batch)
  for (const { requestId } of readShares(batch.shares)) await resume(deps, batch, requestId)
  const account = deps.accountOf(batch)
  if (!account) {
    deps.warn('The provider of a batch, or the key of it, is not configured any more: it cannot be charged.', batch)
    return later(deps, batch)
  }
  const view = await ask(deps, batch, account, stopped)
  if (view?.ended === undefined) return later(deps, batch)
  await settleOrFree(deps, batch, view, account, stopped)
}

/** The money of a batch whose end nobody tells: given back, and the loss told. */
const giveUp = async (deps: WatchDeps, batch: BatchRecord): Promise<void> => {
  deps.warn('A batch was given up: its provider did not tell its end or its results. Nothing is charged for it.', batch)
  await releaseShares(deps, batch, { status: 502, warnings: ['/batch;results-unknown'] })
  await deps.batches.settled(batch.requestId)
}

const settleOrFree = async (
  deps: WatchDeps,
  batch: BatchRecord,
  view: BatchView,
  account: Account,
  stopped: AbortSignal,
): Promise<boolean> => {
  try {
    await settleBatch(deps, batch, view, account, stopped)
    return true
  } catch (error) {
    if (!stopped.aborted) deps.warn(`A batch could not be charged yet: ${wordsOf(error)}`, batch)
    await later(deps, batch)
    return false
  }
}

/** What the provider says of a batch, noted; `undefined` where it says nothing that can be read. */
const ask = async (
  deps: WatchDeps,
  batch: BatchRecord,
  account: Account,
  stopped: AbortSignal,
): Promise<BatchView | undefined> => {
  const facts = STORE_APIS[batch.api]
  const path = `${facts.batches}/${encodeURIComponent(batch.id ?? '')}`
  const body = await read(deps, account, path, stopped)
  const view = body === undefined ? undefined : facts.readBatch(objectOf(parseJson(body)))
  if (body === undefined || view?.id !== batch.id) return undefined
  await note(deps, batch, body, view)
  return view
}

const read = async (
  { vendor, answerBytesMax }: WatchDeps,
  account: Account,
  path: string,
  stopped: AbortSignal,
): Promise<string | undefined> => {
  const sent = await vendor.ask(account, { method: 'GET', path }, stopped)
  if (!sent.ok) return undefined
  if (sent.value.status !== 200) {
    sent.value.cancel()
    return undefined
  }
  const whole = await sent.value.whole(answerBytesMax)
  return whole.ok ? Buffer.from(whole.value).toString() : undefined
}

/** The files that a batch wrote belong to whoever made the batch. */
const note = async (deps: WatchDeps, batch: BatchRecord, body: string, view: BatchView): Promise<void> => {
  await deps.files.add(view.files.map((id) => writtenBy(batch, id, deps.nowMs())))
  if (body !== batch.body) await deps.batches.note(batch.requestId, body)
}

const writtenBy = (batch: BatchRecord, id: string, nowMs: number): FileRecord => ({
  ...{ scope: batch.scope, id, api: batch.api, provider: batch.provider, channel: batch.channel },
  ...{ providerKey: batch.providerKey, userId: batch.userId, keyId: batch.keyId, purpose: 'batch_output' },
  bytes: 0,
  batch: batch.requestId,
  createdAtMs: nowMs,
  body: JSON.stringify({ id, object: 'file', purpose: 'batch_output', created_at: Math.floor(nowMs / 1_000) }),
})

/** Clocks of vendors, and how long a request may be on its way. */
const EARLIER_MS = 60_000
const UNCERTAIN_POLLS = 2

/**
 * A batch of which nobody knows whether it was made: the process died while it asked for it, or the connection broke. Where
 * it names a file it is found by that, for what nobody knows yet and has the file is it. Where nothing tells it apart it is
 * taken for not made.
 */
const recover = async (deps: WatchDeps, batch: BatchRecord, stopped: AbortSignal): Promise<void> => {
  const account = deps.accountOf(batch)
  const found = account && batch.sentFile !== null ? await findMade(deps, batch, account, stopped) : undefined
  if (found) return deps.batches.made(batch.requestId, found.id, '', deps.nowMs())
  const isSettled = deps.nowMs() > batch.createdAtMs + UNCERTAIN_POLLS * deps.pollMs
  if (batch.sentFile !== null && !isSettled) return later(deps, batch)
  deps.warn('A batch is taken for one that was never made. Should it run all the same, nobody is charged.', batch)
  await releaseShares(deps, batch, { status: 502 })
  await deps.batches.remove(batch.requestId)
}

const findMade = async (
  deps: WatchDeps,
  batch: BatchRecord,
  account: Account,
  stopped: AbortSignal,
): Promise<BatchView | undefined> => {
  const body = await read(deps, account, `${STORE_APIS[batch.api].batches}?limit=100`, stopped)
  if (body === undefined) throw new Error('the list of batches is not to be had')
  const views = batchesIn(batch.api, parseJson(body)).filter(
    ({ inputFile, createdAtMs }) => inputFile === batch.sentFile && createdAtMs >= batch.createdAtMs - EARLIER_MS,
  )
  const known = await deps.batches.known(
    batch.provider,
    views.map(({ id }) => id),
  )
  return views.find(({ id }) => !known.has(id))
}
