import { expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { type Bench, makeUser, openBench, temporaryFolder, usd } from './fixture.ts'

const ROUNDS = 6

/** Runs the writer until it has said `lines` lines, kills it there, and gives back what it said to be on disk. */
const runAndKill = (args: readonly string[], lines: number): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const writer = new URL('./crash-writer.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [writer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (data) => {
      said += data
      if (said.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.once('error', reject)
    // A line cut short by the kill was not said.
    child.once('close', () => resolve(said.split('\n').slice(0, -1)))
  })

const rowsOf = async ({ database }: Bench, sql: string) => {
  const answer = await database.run([{ sql, parameters: [] }])
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value[0]?.rows ?? []
}

const expectOnDisk = async (bench: Bench, said: readonly string[]): Promise<void> => {
  const holds = new Set((await rowsOf(bench, 'SELECT request_id FROM holds')).map((row) => row['request_id']))
  const receipts = await rowsOf(bench, 'SELECT request_id, cost_nano FROM receipts')
  const costs = new Map(receipts.map((row) => [row['request_id'], String(row['cost_nano'])]))
  const credits = await rowsOf(bench, "SELECT reference FROM transactions WHERE kind = 'credit'")
  const keys = new Set(credits.map((row) => row['reference']))
  for (const line of said) {
    const [word, id = '', charged = ''] = line.split(' ')
    // What was held is still held, or has ended with a receipt.
    if (word === 'held') expect(holds.has(id) || costs.has(id)).toBe(true)
    else if (word === 'settled') expect(costs.get(id)).toBe(charged)
    else expect(keys).toContain(id)
  }
}

test('a process killed at any moment loses nothing it said was done, and blocks no money', async () => {
  const folder = temporaryFolder()
  const path = `${folder.path}/test.db`
  const first = await openBench(path)
  const who = await makeUser(first, 1_000_000_000n)
  await first.close()
  for (let round = 0; round < ROUNDS; round++) {
    const said = await runAndKill([path, String(round), who.userId, who.keyId], 50 + round * 217)
    expect(said.length).toBeGreaterThan(30)
    const bench = await openBench(path)
    expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [] })
    await expectOnDisk(bench, said)
    await bench.ledger.sweep(Date.now())
    await bench.ledger.flush()
    expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [], openHolds: 0 })
    const spent = await rowsOf(bench, 'SELECT SUM(cost_nano) AS spent FROM receipts')
    const given = await rowsOf(bench, "SELECT COUNT(*) AS credits FROM transactions WHERE kind = 'credit'")
    const posted =
      1_000_000_000n + (BigInt(String(given[0]?.['credits'])) - 1n) * 5_000n - BigInt(String(spent[0]?.['spent']))
    expect(await bench.ledger.balance(who.userId)).toEqual({
      ok: true,
      value: { posted: usd(posted), held: usd(0n), available: usd(posted) },
    })
    await bench.close()
  }
  folder.remove()
}, 60_000)
