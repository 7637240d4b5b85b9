import type { Base } from '../config/load.ts'
import { newId } from '../db/ids.ts'
import { openStore } from '../db/store.ts'
import { fault } from '../errors.ts'
import { createControlPlane } from '../http/admin/control-plane.ts'
import { createTails } from '../http/admin/live.ts'
import { planFactsOf } from '../http/admin/plan-facts.ts'
import { entriesOf, withoutSecrets } from '../http/admin/stored-entries.ts'
import { createOwnFeed } from '../http/live-feed.ts'
import { newSecret } from '../keys/secret.ts'
import { accountsOf } from '../main/accounts.ts'
import { openKeyring } from '../main/keyring.ts'
import { createReceiptKeys } from '../receipts/keys.ts'
import { catalogueOf } from '../main/routing.ts'
import { err, ok } from '../result.ts'
import { baseOf } from './configuration.ts'
import { type CommandBooks, openCommandBooks } from './database.ts'
import { type Call, EXIT } from './io.ts'
import { VERSION } from '../version.ts'

/** What the admin API answered: the body as JSON, read. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Asks the admin API, in this process. */
export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<Answer>

// Never leaves the process: the admin API is called as a function.
const ORIGIN = 'http://localhost'

/**
 * Runs a command on the admin API without a server: same checks, same answers, on the database of the configuration.
 * `use` gives the exit code.
 */
export const withAdmin = async (call: Call, base: Base, use: (ask: Ask) => Promise<number>): Promise<number> => {
  const books = await openCommandBooks(base.config)
  try {
    return await use(await openAsk(base, books, call))
  } finally {
    await books.close()
  }
}

/** The same for a command that needs the configuration for nothing else. */
export const askAdmin = async (call: Call, use: (ask: Ask) => Promise<number>): Promise<number> => {
  const base = baseOf(call)
  return base ? withAdmin(call, base, use) : EXIT.configuration
}

const openAsk = async (base: Base, books: CommandBooks, call: Call): Promise<Ask> => {
  const store = openStore(books.database)
  const whole = base.with(entriesOf(await store.objects.read(), withoutSecrets))
  // Commands are for mending it, too.
  const config = whole.ok ? whole.value : base.config
  const keyring = await openKeyring(config, store.settings)
  const app = createControlPlane({
    store,
    ledger: books.ledger,
    receiptKeys: createReceiptKeys({ settings: store.settings, nowMs: Date.now }),
    // Nobody follows requests on the command line.
    live: { feed: createOwnFeed(), enter: createTails({ tails: 0, tailsInAll: 0 }), bufferMax: 1 },
    authenticate: async () => err(fault('invalid-api-key', 'There are no keys on the command line.')),
    // Whoever can open the database file already is the operator.
    isAdmin: () => true,
    admitUnauthenticated: () => ok(undefined),
    newSecret,
    invalidateKey: () => undefined,
    invalidateUser: () => undefined,
    invalidateProject: () => undefined,
    catalogue: catalogueOf(config),
    readPrices: () => undefined,
    readPauses: () => undefined,
    administration: {
      base: () => base,
      keyring,
      readObjects: () => undefined,
      testProvider: async (id, model) => {
        // Loaded only now: the other commands need none of it.
        const { testProviderHere } = await import('./provider-test.ts')
        return testProviderHere(call, base, store.objects, keyring)(id, model)
      },
    },
    // It was read to get here. Gateways read theirs.
    reload: async () => ok({ file: config.file, changed: [], needsRestart: [], warnings: config.warnings }),
    accounts: accountsOf({ ...books, config, store, plans: () => config.plans, log: SILENT }, ''),
    operatorUserId: '',
    adminProof: '',
    admitAttempt: async () => ok(undefined),
    actor: 'command_line',
    facts: {
      plans: planFactsOf(config),
      groupNames: [...config.groups.keys()],
      providers: [...config.providers].map(([id, { kind }]) => ({ id, kind })),
      publicUrl: config.publicUrl ?? ORIGIN,
      version: VERSION,
    },
    nowMs: Date.now,
    newRequestId: () => newId('req_', Date.now()),
    reportFailure: (failure) => call.io.problem(`${failure instanceof Error ? failure.message : String(failure)}\n`),
  })
  return async (method, path, body) => {
    const headers = { authorization: 'Bearer operator', 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const request = new Request(new URL(path, ORIGIN), { method, headers, ...sent })
    const response = await app.fetch(request, { ip: () => '127.0.0.1' })
    return { status: response.status, body: await response.json() }
  }
}

/** Nobody signs in to a command. */
const SILENT = { error: () => undefined, warn: () => undefined }

/** Prints an answer, as JSON or as `describe` says it; a refusal goes to standard error. Gives the exit code. */
export const report = (call: Call, { status, body }: Answer, describe: (body: Fields) => string): number => {
  if (status >= 400) {
    call.io.problem(`${refusalOf(body)}\n`)
    return status === 400 ? EXIT.usage : EXIT.failure
  }
  call.io.out(call.values.json === true ? `${JSON.stringify(body, null, 2)}\n` : `${describe(fieldsOf(body))}\n`)
  return EXIT.success
}

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

export const listIn = (body: Fields): readonly Fields[] => (Array.isArray(body.data) ? body.data.map(fieldsOf) : [])

/** A text or number of an answer, for a sentence or a table; `-` where there is none. */
export const textFrom = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '-'

/** Rows under headings, padded; the last column is left as it is. */
export const table = (headings: readonly string[], rows: readonly (readonly unknown[])[]): string => {
  const cells = [headings, ...rows.map((row) => row.map(textFrom))]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .join('\n')
}

const refusalOf = (body: unknown): string => {
  const { message } = fieldsOf(fieldsOf(body).error)
  return typeof message === 'string' ? message : 'It failed, without a reason.'
}

/** A whole number as JSON has it; anything else as it is, for the API to refuse by name. */
export const wholeOf = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text

/** `a,b` as a list. */
export const listOf = (text: string | undefined): readonly string[] | undefined =>
  text?.split(',').flatMap((part) => part.trim() || [])
