import { expect, test } from 'bun:test'
import type { PauseRecord, PriceRecord, Store } from '../db/types.ts'
import { createAdministered } from './administered.ts'

const pauseOf = (providerId: string): PauseRecord => ({ providerId, atMs: 0, by: 'admin_key', reason: null })

test('of two readings at once the one that began later stands, in whichever order they end', async () => {
  const readings: PromiseWithResolvers<readonly PauseRecord[]>[] = []
  const open = () => {
    const reading = Promise.withResolvers<readonly PauseRecord[]>()
    readings.push(reading)
    return reading.promise
  }
  const store = { pauses: { open }, prices: {} } as unknown as Store
  const administered = createAdministered(store)
  const both = [administered.readPauses(), administered.readPauses()]
  readings[1]?.resolve([pauseOf('new')])
  await both[1]
  readings[0]?.resolve([pauseOf('old')])
  await both[0]
  expect([administered.isPaused('new'), administered.isPaused('old')]).toEqual([true, false])
})

test('a catalogue that is used later gets the prices that were read before', async () => {
  const price = { model: 'm' } as PriceRecord
  const asked: number[] = []
  const from = async (atMs: number) => {
    asked.push(atMs)
    return [price]
  }
  const store = { pauses: {}, prices: { from } } as unknown as Store
  const administered = createAdministered(store, () => 100_000_000)
  const laid: unknown[] = []
  administered.useCatalogue({ setPrices: (prices) => void laid.push(['first', prices]) })
  await administered.readPrices()
  administered.useCatalogue({ setPrices: (prices) => void laid.push(['second', prices]) })
  await administered.readPrices()
  expect(laid).toEqual([
    ['first', []],
    ['first', [price]],
    ['second', [price]],
    ['second', [price]],
  ])
  // A body may take a day to arrive, and is billed at the prices of the moment it began to.
  expect(asked[0]).toBe(100_000_000 - 86_400_000)
})
