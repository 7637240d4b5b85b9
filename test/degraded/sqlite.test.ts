import { afterEach, expect } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, startStage } from '../faults/scripted.ts'
import { newAsker } from './customer.ts'
import { limitFiles, prepareDisk } from './disk.ts'
import { expectRefused, expectSeen, refusalsCounted, row, SAID, type Said } from './row.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const startOn = async (folder: string, env: Readonly<Record<string, string>> = {}): Promise<Stage> => {
  const stage = await startStage({ database: `sqlite:${join(folder, 'tollgate.db')}`, log: { level: 'info' } }, env)
  cleanups.push(() => stage.stop())
  return stage
}

/** What was admitted is served and paid for; nothing else is admitted while writes fail. */
const liveThrough = async (said: Said, stage: Stage, begin: () => void, end: () => void): Promise<void> => {
  const asker = await newAsker(stage)
  const unknown = await newAsker(stage)
  await asker.expectServed()
  const finish = await asker.beginStream()
  const refusedBefore = await refusalsCounted(stage)
  begin()
  try {
    // A full disk has room for this one here and that one there: they are served, and paid for like everything else.
    for (let refused = 0, asked = 0; refused < 5; asked++) {
      expect(asked).toBeLessThan(1_000)
      const answer = await asker.servedOrRefused()
      if (answer === undefined) continue
      await expectRefused(said, async () => answer)
      refused++
    }
    await finish()
    await expectSeen(said, stage)
    expect((await stage.gateway.call('GET', '/api/admin/users')).status).toBe(200)
    const asked = { headers: { 'x-api-key': unknown.customer.key } }
    expect((await fetch(`${stage.gateway.url}/v1/receipts/req_1`, asked)).status).toBe(404)
    expect(await refusalsCounted(stage)).toBeGreaterThanOrEqual(refusedBefore + 5)
  } finally {
    end()
  }
  await asker.untilServed()
  await asker.expectBooks()
  expect((await unknown.ask()).status).toBe(200)
}

row('sqlite-full', async (said) => {
  const disk = prepareDisk()
  // Where none may be mounted, a disk that fails is as near as it gets; its words are another row's.
  if (!disk) return failing(SAID.find(({ id }) => id === 'sqlite-unwritable') ?? said)
  cleanups.push(() => disk.remove())
  const stage = await startOn(disk.folder, disk.env)
  const { pid } = stage.gateway
  await liveThrough(
    said,
    stage,
    () => disk.fill(pid),
    () => disk.empty(pid),
  )
})

const failing = async (said: Said): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-degraded-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const stage = await startOn(folder)
  const { pid } = stage.gateway
  await liveThrough(
    said,
    stage,
    () => limitFiles(pid, 0),
    () => limitFiles(pid, undefined),
  )
}

row('sqlite-unwritable', failing)
