import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../src/cli/main.ts'
import type { Gateway } from '../harness/gateway.ts'
import { type Replayed, startReplayed } from '../harness/replayed.ts'
import { ask, fixture, until } from './formats.ts'

const unary = fixture('own-openai-chat-text')
const dataFolder = mkdtempSync(join(tmpdir(), 'tollgate-usage-'))

let stage: Replayed
let gateway: Gateway

beforeAll(async () => {
  // What is cached of a key is believed for longer than any test takes.
  stage = await startReplayed([unary], { dataFolder, config: { limits: { key_cache_ttl: '1h' } } })
  gateway = stage.gateway
})
afterAll(async () => {
  await gateway.stop()
  await stage.replay.stop()
  rmSync(dataFolder, { recursive: true, force: true })
})

/** A command beside the gateway, on the same database. */
const command = async (...args: string[]): Promise<{ readonly code: number | undefined; readonly out: string }> => {
  let out = ''
  const environment = { ...process.env, TOLLGATE_CONFIG: join(dataFolder, 'tollgate.yaml') }
  const code = await runCommand(args, { environment, out: (text) => (out += text), problem: () => undefined })
  return { code, out }
}

const usageOf = async (key: string) => {
  const answer = await fetch(`${gateway.url}/api/me/usage?group_by=provider,model`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return (await answer.json()) as { data: { provider: string; model: string }[]; totals: Record<string, unknown> }
}

test('what was charged is in the usage of the day, soon and to the nano-dollar, and was right all along', async () => {
  const customer = await gateway.createCustomer('10')
  const ids: string[] = []
  for (let count = 0; count < 3; count++) {
    const answer = await ask(gateway.url, unary, customer.key)
    await answer.text()
    ids.push(answer.headers.get('x-request-id') ?? '')
  }
  await until('the counters', async () => (await usageOf(customer.key)).totals['requests'] === 3)
  const receipts = await Promise.all(ids.map((id) => gateway.receipt(id, customer.key)))
  const cost = receipts.reduce((sum, { cost_usd: usd }) => sum + BigInt(usd.replace('.', '')), 0n)
  const { totals } = await usageOf(customer.key)
  expect(BigInt(String(totals['cost_usd']).replace('.', ''))).toBe(cost)
  const rebuilt = await command('rebuild-counters', '--json')
  expect([rebuilt.code, JSON.parse(rebuilt.out)]).toEqual([0, { counted: 0, differing: 0 }])
})

test('a key revoked on the command line is refused by the gateway beside it, whatever it has cached', async () => {
  const customer = await gateway.createCustomer('10')
  const first = await ask(gateway.url, unary, customer.key)
  await first.text()
  expect(first.status).toBe(200)
  const listed = JSON.parse((await command('keys', 'list', '--json')).out) as {
    data: { id: string; user_id: string }[]
  }
  const key = listed.data.find(({ user_id: userId }) => userId === customer.userId)
  expect((await command('keys', 'revoke', key?.id ?? '')).code).toBe(0)
  await until('the refusal', async () => {
    const answer = await ask(gateway.url, unary, customer.key)
    await answer.text()
    return answer.status === 401
  })
})

test('a drift found on the command line is in the metrics and in the log of the gateway', async () => {
  const customer = await gateway.createCustomer('10')
  await (await ask(gateway.url, unary, customer.key)).text()
  await until('the counters', async () => (await usageOf(customer.key)).totals['requests'] === 1)
  const [row] = (await usageOf(customer.key)).data
  const day = new Date().toISOString().slice(0, 10)
  const file = join(dataFolder, 'export.csv')
  writeFileSync(
    file,
    `usage_date_utc,model_version,usage_input_tokens_no_cache,usage_output_tokens\n${day},${row?.model},7000000,0\n`,
  )
  expect((await command('reconcile', '--provider', row?.provider ?? '', '--file', file)).code).toBe(1)
  await until('the metrics', async () => {
    const told = await (await fetch(`${gateway.url}/metrics`)).text()
    return told.includes(`tollgate_reconciliation_drift_ratio{provider="${row?.provider}",measure="input"} -0.9`)
  })
  await until('the log', () => gateway.output().includes('our receipts differ from what the provider says'))
})
