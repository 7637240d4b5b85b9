import { describe, expect, test } from 'bun:test'
import { createReceiptKeys } from './keys.ts'
import { readTrustedKeys, verifySignature } from './signature.ts'
import { memorySettings, RECEIPT } from './test-parts.ts'

const open = (settings = memorySettings(), clock = { nowMs: Date.UTC(2026, 10, 21) }) => ({
  settings,
  clock,
  keys: createReceiptKeys({ settings, nowMs: () => clock.nowMs }),
})

describe('receipt keys', () => {
  test('are one, made on first use and written once', async () => {
    const { keys, settings } = open()
    expect(settings.rows.size).toBe(0)
    const [one, two] = await Promise.all([keys.sign(RECEIPT), keys.sign(RECEIPT)])
    expect(one.signature).toEqual(two.signature)
    expect(settings.rows.size).toBe(1)
    expect(await keys.published()).toMatchObject([{ kid: one.signature.key_id, valid_to: null }])
  })

  test('are the same on replicas that start at once, and after a restart', async () => {
    const settings = memorySettings()
    const replicas = [open(settings), open(settings), open(settings)]
    const signed = await Promise.all(replicas.map(({ keys }) => keys.sign(RECEIPT)))
    signed.push(await open(settings).keys.sign(RECEIPT))
    expect(new Set(signed.map(({ signature }) => signature.key_id)).size).toBe(1)
  })

  test('are never shown with their secret half', async () => {
    const { keys, settings } = open()
    const published = JSON.stringify(await keys.published())
    const { d } = JSON.parse([...settings.rows.values()][0] ?? '{}') as { d: string }
    expect(d.length).toBeGreaterThan(40)
    expect(published).not.toContain(d)
  })

  test('rotate: the new one signs, and what the old one signed is still proven', async () => {
    const { keys, clock } = open()
    const before = await keys.sign(RECEIPT)
    clock.nowMs += 86_400_000
    const [newest, oldest] = await keys.rotate()
    expect([newest?.valid_to, oldest?.valid_to]).toEqual([null, newest?.valid_from ?? ''])
    const after = await keys.sign(RECEIPT)
    expect(after.signature.key_id).toBe(newest?.kid ?? '')
    const trusted = readTrustedKeys({ keys: await keys.published() })
    expect([before, after].map((receipt) => verifySignature(receipt, trusted).ok)).toEqual([true, true])
  })

  test('of another replica’s making are used within a second', async () => {
    const here = open()
    const there = open(here.settings, here.clock)
    await here.keys.sign(RECEIPT)
    const [newest] = await there.keys.rotate()
    here.clock.nowMs += 1_001
    expect((await here.keys.sign(RECEIPT)).signature.key_id).toBe(newest?.kid ?? '')
  })

  test('made by two replicas at once are one', async () => {
    const here = open()
    const there = open(here.settings, here.clock)
    await here.keys.sign(RECEIPT)
    const [one, two] = await Promise.all([here.keys.rotate(), there.keys.rotate()])
    expect(one).toEqual(two)
    expect(one.length).toBe(2)
  })
})
