import { afterEach, setDefaultTimeout } from 'bun:test'
import { DIALECTS, type Stage, START_MS, startStage, stream } from '../faults/scripted.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../harness/server-process.ts'
import { storageIn } from '../harness/storage.ts'
import { customersOf, endlessly, STREAM } from './cases.ts'
import { type Case, row } from './row.ts'

setDefaultTimeout(START_MS)

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Gateways on one database, one after the other. */
const startTwice = async (config: Readonly<Record<string, unknown>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-endings-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const { database } = await storageIn(folder)
  const start = (): Promise<Stage> => startStage({ database, shutdown_timeout: '1s', ...config })
  return { first: await start(), start }
}

/** A stream that a gateway is in the middle of when it ends, as the next one knows it. */
const endsDuringStream = async (config: Readonly<Record<string, unknown>>, end: (stage: Stage) => Promise<unknown>) => {
  const { first, start } = await startTwice(config)
  const customer = await customersOf(() => first).newCustomer()
  const headers = { 'x-api-key': customer.key }
  const answer = await first.ask(DIALECTS.chat, stream(endlessly), { ...STREAM, headers })
  const reader = answer.body?.getReader()
  await reader?.read()
  await end(first)
  // What is left of the answer has nobody to come from.
  await reader?.cancel().catch(() => undefined)
  const second = await start()
  cleanups.push(() => second.stop())
  const admin = second.gateway
  await until('its receipt', async () => (await admin.requests({ user_id: customer.userId })).length > 0)
  const ended: Case = { customer, admin, seen: undefined }
  return [ended]
}

row('stopped', () => endsDuringStream({}, (stage) => stage.stop()))

row('killed', () =>
  endsDuringStream({ billing: { hold_timeout: '1s' } }, async ({ gateway, upstream }) => {
    await gateway.kill9()
    await upstream.stop()
  }),
)
