import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { bodyOf, FOREIGN_PAIRS, trials, TIMEOUT_MS } from './lanes.ts'
import { faultsOfTranslation } from './translated.ts'

describe('a request for an upstream of another format', () => {
  test.each(FOREIGN_PAIRS)(
    'of a client of %s is one that %s accepts, and tells all that was not declared or is refused by name',
    (client, upstream) => {
      let refused = 0
      let written = 0
      fc.assert(
        fc.property(bodyOf[client], (value) => {
          const faults = faultsOfTranslation(client, upstream, value)
          if (faults) written += 1
          else refused += 1
          expect(faults ?? []).toEqual([])
        }),
        trials(),
      )
      // A refusal proves little: most requests must get through.
      expect(written).toBeGreaterThan(refused)
    },
    TIMEOUT_MS,
  )
})
