import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { bodyOf, FORMATS, trials, TIMEOUT_MS } from './lanes.ts'
import { REAL_TARGETS } from './real-targets.ts'
import { faultsOfTranslation } from './translated.ts'

const CASES = REAL_TARGETS.flatMap((target) =>
  FORMATS.filter((client) => client !== target.format).map((client) => [client, target.name, target] as const),
)

describe('a request for a model that there is', () => {
  test.each(CASES)(
    'of a client of %s for %s is accepted, and tells all that was not declared',
    (client, _, target) => {
      fc.assert(
        fc.property(bodyOf[client], (value) => {
          expect(faultsOfTranslation(client, target.format, value, target.profile, target.knows) ?? []).toEqual([])
        }),
        trials(0.5),
      )
    },
    TIMEOUT_MS,
  )
})
