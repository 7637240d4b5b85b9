import { openStore } from '../db/store.ts'
import { configurationOf } from './configuration.ts'
import { openCommandBooks } from './database.ts'
import { type Command, CONFIG_OPTION, EXIT, JSON_OPTION } from './io.ts'

/** How often a gateway that is counting at this moment is waited for. */
const PATIENCE = 50
const WAIT_MS = 100

export const rebuildCounters: Command = {
  name: 'rebuild-counters',
  summary: 'Count usage by day anew from the receipts, also while the gateway runs, and say what had been wrong',
  options: { ...CONFIG_OPTION, ...JSON_OPTION },
  run: async (call) => {
    const config = configurationOf(call)
    if (!config) return EXIT.configuration
    const books = await openCommandBooks(config)
    try {
      const { counters } = openStore(books.database)
      const counted = await countRest(counters.feed)
      const differing = await counters.rebuild()
      call.io.out(
        call.values.json === true
          ? `${JSON.stringify({ counted, differing }, null, 2)}\n`
          : `${counted} receipts had not been counted yet. ${describe(differing)}\n`,
      )
      return EXIT.success
    } finally {
      await books.close()
    }
  },
}

/** Counts what no gateway has counted yet, so that what is made anew has everything in it. */
const countRest = async (feed: () => Promise<number | 'busy'>): Promise<number> => {
  let counted = 0
  for (let patience = PATIENCE; patience > 0; ) {
    const fed = await feed()
    if (fed === 0) break
    if (fed === 'busy') {
      patience -= 1
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
    } else counted += fed
  }
  return counted
}

const describe = (differing: number): string =>
  differing === 0 ? 'The counters were right.' : `Rows of counters that were wrong and are mended: ${differing}.`
