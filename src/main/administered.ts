import type { PauseRecord, Store } from '../db/types.ts'
import type { PricedCatalogue, SetPrice } from '../providers/set-prices.ts'

/** What administrators set while the gateway runs, as this process knows it. */
export interface Administered {
  isPaused(providerId: string): boolean
  /** The pause of a provider; `undefined`: it is not paused. */
  pauseOf(providerId: string): PauseRecord | undefined
  /** Reads the prices again that were set, and lays them over the catalogue. */
  readPrices(): Promise<void>
  /** Reads again which providers are paused. */
  readPauses(): Promise<void>
  /** Lays the prices over another catalogue from now on. */
  useCatalogue(catalogue: Pick<PricedCatalogue, 'setPrices'>): void
}

/** A request is billed at the prices of the moment it came in, and its body may take long to arrive. */
const LOOK_BACK_MS = 86_400_000

/** Nothing is known before it has been read. */
export const createAdministered = (
  store: Pick<Store, 'prices' | 'pauses'>,
  nowMs: () => number = Date.now,
): Administered => {
  let prices: readonly SetPrice[] = []
  let paused: ReadonlyMap<string, PauseRecord> = new Map()
  let current: Pick<PricedCatalogue, 'setPrices'> | undefined
  return {
    isPaused: (providerId) => paused.has(providerId),
    pauseOf: (providerId) => paused.get(providerId),
    readPrices: newestOf(
      () => store.prices.from(nowMs() - LOOK_BACK_MS),
      (found) => {
        prices = found
        current?.setPrices(prices)
      },
    ),
    readPauses: newestOf(
      () => store.pauses.open(),
      (open) => {
        paused = new Map(open.map((pause) => [pause.providerId, pause]))
      },
    ),
    useCatalogue: (catalogue) => {
      catalogue.setPrices(prices)
      current = catalogue
    },
  }
}

/** Of several readings under way at once, one that began earlier never takes the place of one that began later. */
const newestOf = <T>(read: () => Promise<T>, take: (value: T) => void): (() => Promise<void>) => {
  let [begun, taken] = [0, 0]
  return async () => {
    begun += 1
    const turn = begun
    const value = await read()
    if (turn < taken) return
    taken = turn
    take(value)
  }
}
