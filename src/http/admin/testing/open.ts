import { createAccounts } from '../../../accounts/accounts.ts'
import type { Receipt } from '../../../canon/receipt.ts'
import { NO_USAGE } from '../../../canon/usage.ts'
import { type Base, formatFault, loadBase } from '../../../config/load.ts'
import { migrate } from '../../../db/migrate.ts'
import { openStore } from '../../../db/store.ts'
import type { Store } from '../../../db/types.ts'
import { fault, type GatewayError } from '../../../errors.ts'
import { createAuthenticator } from '../../../keys/authenticate.ts'
import { newEncryptionKey, wholeKeyOf } from '../../../keys/encryption.ts'
import { createKeyring } from '../../../keys/keyring.ts'
import { newSecret } from '../../../keys/secret.ts'
import { openLedger } from '../../../ledger/ledger.ts'
import type { Ledger } from '../../../ledger/types.ts'
import { builtInCatalogue } from '../../../providers/built-in.ts'
import { readCatalogueFile } from '../../../providers/catalogue-file.ts'
import { createPricedCatalogue, type PricedCatalogue } from '../../../providers/set-prices.ts'
import { createReceiptKeys } from '../../../receipts/keys.ts'
import { err, ok, type Result } from '../../../result.ts'
import { Health } from '../../../routing/health.ts'
import { createLoad } from '../../../routing/load.ts'
import { channelOf } from '../../../routing/test-parts.ts'
import { openDatabase } from '../../../runtime/database.ts'
import { nanoUsd, nanoUsdPerMtok, ONE, partsPerMillion, tokens, ZERO_USD } from '../../../units.ts'
import { createOwnFeed } from '../../live-feed.ts'
import { createControlPlane } from '../control-plane.ts'
import type { ControlPlaneApp, ControlPlaneDeps } from '../deps.ts'
import { createTails } from '../live.ts'
import { limitFactsOf } from '../overview-limits.ts'
import type { PlanFacts } from '../plan-facts.ts'

/** 2026-11-21T12:00:00Z, where the clock of these tests stands unless moved. */
export const NOON_MS = Date.UTC(2026, 10, 21, 12)
export const ADMIN = 'the-admin-key'

const BASIC: PlanFacts = {
  discount: partsPerMillion(700_000n),
  rpm: 200,
  tpm: null,
  itpm: null,
  otpm: null,
  concurrency: null,
  onDisconnect: 'delivered',
  price: ZERO_USD,
  forSale: true,
}

const FACTS: ControlPlaneDeps['facts'] = {
  plans: new Map([
    ['basic', BASIC],
    ['pro', { ...BASIC, rpm: 500, onDisconnect: 'drain', price: nanoUsd(19_000_000_000n) }],
  ]),
  groupNames: ['default', 'kiro'],
  providers: [
    { id: 'claude-main', kind: 'anthropic' },
    { id: 'openai', kind: 'openai' },
  ],
  publicUrl: 'http://127.0.0.1:8000',
  version: '0.1.0',
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Json
  readonly text: string
}

/** JSON as a test compares it. */
export type Json = { readonly [name: string]: unknown }

export interface Opened {
  readonly app: ControlPlaneApp
  readonly store: Store
  readonly ledger: Ledger
  readonly clock: { nowMs: number }
  /** What was reported as a failure of ours. */
  readonly failures: unknown[]
  /** How many wrong credentials an address may present; the next is a 429. */
  readonly guesses: { left: number }
  /** What reading the configuration again comes to, each time. */
  readonly reloads: Awaited<ReturnType<ControlPlaneDeps['reload']>>[]
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  admin(method: string, path: string, body?: unknown): Promise<Answer>
  with(key: string, method: string, path: string, body?: unknown): Promise<Answer>
  newUser(email?: string): Promise<string>
  newKey(userId: string, more?: object): Promise<{ id: string; key: string }>
  newReceipt(more: Partial<Receipt> & Pick<Receipt, 'requestId' | 'userId' | 'keyId'>): Promise<void>
  close(): Promise<void>
}

const countedId = (): (() => string) => {
  let requests = 0
  return () => `req_${++requests}`
}

/** A control plane on a real, empty database of its own, and hands to call it with. */
export const openControlPlane = async (): Promise<Opened> => {
  const clock = { nowMs: NOON_MS }
  const nowMs = (): number => clock.nowMs
  const database = await openDatabase(':memory:')
  const migrated = await migrate(database, { nowMs })
  if (!migrated.ok) throw new Error(migrated.error)
  const store = openStore(database, { nowMs })
  const ledger = openLedger(database, { nowMs })
  const failures: unknown[] = []
  const reloads: Opened['reloads'] = []
  const guesses = { left: 100 }
  const keys = createAuthenticator({
    store,
    plans: new Map(),
    ceiling: { rpm: null, tpm: null, itpm: null, otpm: null, concurrency: null },
    cacheEntriesMax: 100,
    cacheTtlMs: 60_000,
    nowMs,
  })
  const catalogue = openCatalogue()
  const app = createControlPlane({
    store,
    ledger,
    receiptKeys: createReceiptKeys({ settings: store.settings, nowMs }),
    offer: { catalogue, channels: [], aliases: new Map(), multiplierOf: () => ONE },
    publicModels: () => undefined,
    live: { feed: createOwnFeed(), enter: createTails({ tails: 2, tailsInAll: 3 }), bufferMax: 10, keepAliveMs: 20 },
    authenticate: keys.authenticate,
    isAdmin: (secret) => secret === ADMIN,
    admitUnauthenticated: () => admitGuess(guesses),
    newSecret,
    invalidateKey: keys.invalidate,
    invalidateUser: keys.invalidateUser,
    invalidateProject: keys.invalidateProject,
    catalogue,
    readPrices: async () => catalogue.setPrices(await store.prices.from(nowMs())),
    readPauses: () => undefined,
    administration: openAdministration(),
    ...openHealth(store, catalogue, nowMs),
    reload: async () => reloads.shift() ?? err([]),
    accounts: openAccounts(store, nowMs),
    ...{ operatorUserId: 'user_of_the_operator', adminProof: 'proof', admitAttempt: async () => ok(undefined) },
    actor: 'admin_key',
    ...{ facts: { ...FACTS, limits: limitFactsOf(openBase().config) }, system: SYSTEM },
    nowMs,
    newRequestId: countedId(),
    reportFailure: (failure) => failures.push(failure),
  })
  const send = sender(app)
  const admin: Opened['admin'] = (method, path, body) => send(method, path, body, { authorization: `Bearer ${ADMIN}` })
  return {
    app,
    store,
    ledger,
    clock,
    failures,
    guesses,
    reloads,
    send,
    admin,
    with: (key, method, path, body) => send(method, path, body, { 'x-api-key': key }),
    newUser: async (email = 'ada@example.com') => idOf(await admin('POST', '/api/admin/users', { email })),
    newKey: async (userId, more = {}) => {
      const made = await admin('POST', '/api/admin/keys', { user_id: userId, name: 'test', ...more })
      return { id: idOf(made), key: String(made.json.key) }
    },
    newReceipt: (more) => writeReceipt(ledger, more),
    close: () => database.close(),
  }
}

/** A process that nothing is wrong with. */
const SYSTEM: NonNullable<ControlPlaneDeps['system']> = {
  replica: { id: 'replica_1', host: 'localhost', version: '0.1.0', startedAtMs: NOON_MS },
  goneMs: 60_000,
  database: { kind: 'sqlite', load: () => ({ queued: 0, isSaturated: false }), fault: async () => null },
  ...{ hasRedis: false, onOutage: 'local' },
  limiter: () => ({ subjects: 0, evictedEarly: 0, leases: 0 }),
  canStoreKeys: true,
  requestsOpen: () => 0,
  configuration: { file: null, warnings: [] },
}

/** Nobody is sent messages, and passwords are not hashed: what people do is tested in `test/accounts`. */
const openAccounts = (store: Store, nowMs: () => number): ControlPlaneDeps['accounts'] =>
  createAccounts({
    config: openBase().config.accounts,
    store,
    rows: store.signIn,
    publicUrl: FACTS.publicUrl,
    secret: 'a secret of the tests, and long enough for one',
    mailer: undefined,
    passwords: { hash: async () => undefined, verify: async () => undefined },
    welcome: async () => undefined,
    terms: () => ({ plan: null }),
    onError: () => undefined,
    nowMs,
  })

const openAdministration = (): ControlPlaneDeps['administration'] => {
  const base = openBase()
  return {
    base: () => base,
    keyring: createKeyring([wholeKeyOf(newEncryptionKey())], { find: () => undefined, make: () => err('none') }),
    readObjects: () => undefined,
    testProvider: async (id) => (id === 'openai' ? [] : undefined),
  }
}

/** Of the two providers, each with a channel of its name. */
const openHealth = (store: Store, catalogue: PricedCatalogue, nowMs: () => number) => {
  const channels = [
    channelOf('claude-main', { kind: 'anthropic', models: ['claude-haiku-4-5'] }),
    channelOf('openai', { kind: 'openai', models: ['gpt-5.1'] }),
  ]
  const health = new Health(HEALTH_RULES, nowMs)
  return {
    providersHealth: {
      health,
      load: createLoad(120_000, nowMs),
      channels,
      pauseOf: () => undefined,
      stopOf: () => ({ dayUsd: null, monthUsd: null }),
      spending: async () => () => ({ day: ZERO_USD, month: ZERO_USD }),
      resumeSpent: async () => undefined,
    },
    status: {
      health,
      channels,
      pausedSinceMs: () => undefined,
      models: catalogue.models,
      upstreamNameOf: ({ id }: { readonly id: string }) => id,
      served: store.providerUsage.served,
      canBill: async () => true,
      nowMs,
    },
  }
}

const HEALTH_RULES = {
  failures: 5,
  failurePercent: 40,
  coolDownMs: 5_000,
  coolDownMaxMs: 300_000,
  waitMaxMs: 3_600_000,
  disabledRetryMs: null,
  subjects: 100,
}

/** A file that says what the facts do. */
const openBase = (): Base => {
  const text = `
providers: { claude-main: { kind: anthropic, keys: [a-key-of-the-file-4f2a] }, openai: { kind: openai } }
groups: { kiro: { multiplier: "1" } }
plans:
  basic: { discount: "0.7", rpm: 200 }
  pro: { discount: "0.7", rpm: 500, on_disconnect: drain, price_usd: "19" }
aliases: { house/fast: claude-haiku-4-5 }
`
  const loaded = loadBase({ text, environment: {} })
  if (!loaded.ok) throw new Error(loaded.error.map(formatFault).join('\n'))
  return loaded.value
}

/** What ships with Tollgate, and a file that changes one price of it and has a model of its own. */
const openCatalogue = (): PricedCatalogue => {
  const builtIn = builtInCatalogue()
  const models = {
    'house/model': { provider: 'house', price: { input: '1', output: '2' } },
    'claude-sonnet-4-5': { provider: 'anthropic', price_changes: [{ from: '2027-06-01T00:00:00Z', input: '4' }] },
  }
  const file = readCatalogueFile(JSON.stringify({ models }), builtIn.models)
  if (!file.ok) throw new Error(file.error[0]?.message)
  return createPricedCatalogue({ builtIn, overrides: file.value, aliases: { sonnet: 'claude-sonnet-4-5' } })
}

const admitGuess = (guesses: { left: number }): Result<void, GatewayError> => {
  if (guesses.left-- > 0) return ok(undefined)
  return err(fault('rate-limit-exceeded', 'Too many wrong keys from this address.', { retryAfterMs: 5_000 }))
}

const sender =
  (app: ControlPlaneApp): Opened['send'] =>
  async (method, path, body, headers = {}) => {
    const declared = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = new Request(`http://tollgate.test${path}`, {
      method,
      headers: { ...declared, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const response = await app.fetch(request, { ip: () => '203.0.113.9' })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      json: isJson && text !== '' ? (JSON.parse(text) as Json) : {},
      text,
    }
  }

const idOf = ({ status, json, text }: Answer): string => {
  if (status !== 201) throw new Error(`not created: ${status} ${text}`)
  return String(json.id)
}

const PRICE = nanoUsdPerMtok(3_000_000_000n)

const receiptOf = (more: Parameters<Opened['newReceipt']>[0]): Receipt => ({
  atMs: NOON_MS,
  projectId: null,
  group: 'default',
  clientFormat: 'openai-chat',
  upstreamFormat: 'openai-chat',
  action: 'generate',
  modelRequested: 'small',
  modelServed: 'small-1',
  provider: 'demo',
  channel: 'demo',
  attempts: [{ channel: 'demo', status: 200, error: null, ms: 12 }],
  status: 200,
  stream: false,
  ended: 'whole',
  usage: { ...NO_USAGE, input: tokens(1_000), output: tokens(10) },
  usageSource: 'upstream',
  rawUsage: { prompt_tokens: 1_000, completion_tokens: 10 },
  prices: {
    input: PRICE,
    output: PRICE,
    cacheRead: PRICE,
    cacheWrite5m: PRICE,
    cacheWrite1h: PRICE,
    inputAudio: undefined,
    outputAudio: undefined,
  },
  multipliers: { user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(300_000n) },
  quote: nanoUsd(5_000_000n),
  cost: nanoUsd(3_030_000n),
  uncollected: ZERO_USD,
  latencyMs: 20,
  ttftMs: null,
  overheadMs: 1,
  warnings: [],
  ...more,
})

/** Runs a request's money through the ledger, so that its receipt is where real ones are. */
const writeReceipt = async (ledger: Ledger, more: Parameters<Opened['newReceipt']>[0]): Promise<void> => {
  const receipt = receiptOf(more)
  const { requestId, userId, keyId, quote, cost } = receipt
  const money = { budgets: [], amount: quote, expiresAtMs: NOON_MS + 900_000 }
  const held = await ledger.hold({ requestId, userId, keyId, ...money, atMs: receipt.atMs, heading: receipt })
  if (!held.ok) throw new Error(held.error.message)
  await held.value.durable
  ledger.settle(requestId, cost, ({ charged, uncollected }) => ({ ...receipt, cost: charged, uncollected }))
  await ledger.flush()
}
