import type { Logger } from 'pino'
import { createBatchMaker } from '../batches/create.ts'
import { createAccountOf, createVendor } from '../batches/vendor.ts'
import { createWatch, type Watch } from '../batches/watch.ts'
import { resume } from '../batches/hold.ts'
import { readShares } from '../batches/share.ts'
import type { Store } from '../db/types.ts'
import type { Pricing } from '../gateway/admit.ts'
import type { Choose } from '../gateway/choose.ts'
import type { Direct } from '../gateway/direct.ts'
import type { StoredDeps } from '../http/stored.ts'
import type { Ledger } from '../ledger/types.ts'
import { PROTOCOLS } from '../protocols/index.ts'
import { noteOutcome } from '../routing/retry.ts'
import type { Books } from './books.ts'
import type { GatewayParts } from './gateway.ts'
import type { PassShared } from './pass-through.ts'
import { repeat, type Repeated } from './repeat.ts'
import { providerOf } from './routing.ts'

/** What files and batches need that requests do not. */
export interface StoredParts {
  readonly files: Store['files']
  readonly batches: Store['batches']
  readonly receipts: Pick<Store['receipts'], 'find'>
  readonly warnBatch: (message: string, batch: { readonly requestId: string; readonly id: string | null }) => void
}

/** What the hot path has made that batches go by too. `pricing`: at the prices of batches. */
export interface StoredShared extends Pick<PassShared, 'sendTo' | 'authorizer' | 'router' | 'nowMs'> {
  readonly choose: Choose
  readonly direct: Direct
  readonly pricing: Pricing
}

/** Puts together what answers for files and batches, and what looks after batches. */
export const storedOf = (
  parts: GatewayParts & StoredParts,
  shared: StoredShared,
): Omit<StoredDeps, 'enter' | 'refuse'> => {
  const { config, channels, catalogue, files, batches, ledger, receipts } = parts
  const { limits } = config
  const providers = (id: string) => {
    const provider = config.providers.get(id)
    return provider && providerOf(id, provider)
  }
  const common = {
    ...shared,
    ...{ files, batches, ledger, receipts, channels },
    vendor: createVendor(shared),
    accountOf: createAccountOf(channels, providers),
    answerBytesMax: limits.answerBytes,
  }
  const watch = createWatch({
    ...common,
    countTokens: (text) => parts.tokenCounter.count(text),
    lineBytesMax: limits.answerBytes,
    pollMs: config.batches.pollMs,
    giveUpMs: config.batches.giveUpMs,
    random: Math.random,
    warn: parts.warnBatch,
  })
  const make = createBatchMaker({
    ...common,
    priceAt: ({ model }, atMs) => catalogue.priceAt(model, atMs),
    protocols: PROTOCOLS,
    linesMax: config.batches.lines,
    inputBytesMax: config.batches.bytes,
    openPerKey: config.batches.openPerKey,
    pollMs: config.batches.pollMs,
    depthMax: limits.jsonDepth,
  })
  return {
    ...common,
    watch,
    make,
    protocols: PROTOCOLS,
    resolve: catalogue.resolve,
    isPaused: parts.isPaused,
    unprobe: ({ candidate, key }) =>
      noteOutcome(parts.health, { candidate, key, failure: 'client-left', startedAtMs: 0 }),
    attemptsMax: config.retry.attempts,
    fileBytesMax: config.files.bytes,
    bodyBytesMax: Math.max(limits.bodyBytes, config.batches.bytes),
    publicUrl: config.publicUrl,
  }
}

const TURN_MS = 1_000

/** Looks after batches until it is stopped, by whichever edition of the configuration is in use. */
export const startBatches = async (
  { store, ledger }: Pick<Books, 'store' | 'ledger'>,
  watch: () => Pick<Watch, 'look'>,
  isAlone: boolean,
  log: Logger,
): Promise<Repeated> => {
  await resumeAll(store, ledger, isAlone)
  const stopped = new AbortController()
  const work = (): Promise<void> => watch().look(stopped.signal)
  const repeated = repeat(work, TURN_MS, (error) => log.error({ err: error }, 'batches could not be looked after'))
  return {
    stop: () => {
      stopped.abort()
      return repeated.stop()
    },
  }
}

/**
 * Before anything is swept: what is held for batches was not left behind by the dead, however long nobody was there. Where
 * one process serves alone, leases are of the one before it.
 */
const resumeAll = async ({ batches }: Store, ledger: Ledger, isAlone: boolean): Promise<void> => {
  const nowMs = Date.now()
  for (const batch of await batches.unsettled()) {
    for (const { requestId } of readShares(batch.shares)) await resume({ ledger, nowMs: Date.now }, batch, requestId)
    if (isAlone) await batches.free(batch.requestId, nowMs)
  }
}
