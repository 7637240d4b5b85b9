import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { answerOf } from './arbitraries-answers.ts'
import { FOREIGN_PAIRS, TIMEOUT_MS, trials } from './lanes.ts'
import { HABITS } from './replay.ts'
import { isRepeatable, round } from './round.ts'

const statesOf = (turn: readonly string[]): readonly string[] => turn.filter((token) => token.startsWith('state '))

describe('a conversation that goes on', () => {
  for (const habit of HABITS)
    test.each(FOREIGN_PAIRS)(
      `with a client of %s that ${habit} tells %s its own words, calls and reasoning, byte for byte`,
      (client, upstream) => {
        fc.assert(
          fc.property(
            answerOf(upstream).filter((told) => isRepeatable(client, told)),
            (told) => {
              const outcome = round(client, upstream, told, habit)
              expect(outcome.faults).toEqual([])
              const isLost = client === 'openai-chat' && habit === 'keeps what its SDK knows'
              // A message of Chat has nowhere to keep state that its SDK knows of: then none is made up.
              if (isLost) expect(statesOf(outcome.told)).toEqual([])
              else expect(outcome.told).toEqual(outcome.said)
            },
          ),
          trials(0.5),
        )
      },
      TIMEOUT_MS,
    )
})
