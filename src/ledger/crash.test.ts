import { expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { DATABASES, makePlace } from '../../test/harness/databases.ts'
import { type Bench, makeUser, openBench, usd } from './fixture.ts'

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

/** What the dead process had sent to a server is still done there, or given up. */
const untilAlone = async (bench: Bench): Promise<void> => {
  if (bench.database.dialect === 'sqlite') return
  const sql = `SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`
  while ((await rowsOf(bench, sql)).length > 0) await Bun.sleep(10)
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

test.each(DATABASES)(
  '%s: a process killed at any moment loses nothing it said was done, and blocks no money',
  async (kind) => {
    const place = await makePlace(kind)
    const path = place.address.replace(/^sqlite:/, '')
    const first = await openBench(path)
    const who = await makeUser(first, 1_000_000_000n)
    await first.close()
    for (let round = 0; round < ROUNDS; round++) {
      const said = await runAndKill([path, String(round), who.userId, who.keyId], 50 + round * 217)
      expect(said.length).toBeGreaterThan(30)
      const bench = await openBench(path)
      await untilAlone(bench)
      expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [] })
      await expectOnDisk(bench, said)
      await bench.ledger.sweep(Date.now())
      await bench.ledger.flush()
      expect(await bench.ledger.check()).toMatchObject({ ok: true, faults: [], openHolds: 0 })
      const spent = await rowsOf(bench, 'SELECT SUM(cost_nano) AS spent FROM receipts')
      const counted = await rowsOf(bench, 'SELECT "window", held_nano FROM spends ORDER BY "window"')
      expect(counted.map((row) => [row['window'], Number(row['held_nano'])])).toEqual([
        ['month', 0],
        ['total', 0],
      ])
      const given = await rowsOf(bench, "SELECT COUNT(*) AS credits FROM transactions WHERE kind = 'credit'")
      const posted =
        1_000_000_000n + (BigInt(String(given[0]?.['credits'])) - 1n) * 5_000n - BigInt(String(spent[0]?.['spent']))
      expect(await bench.ledger.balance(who.userId)).toEqual({
        ok: true,
        value: { posted: usd(posted), held: usd(0n), available: usd(posted) },
      })
      await bench.close()
    }
    await place.remove()
  },
  60_000,
)
