import { expect, test } from 'bun:test'
import { Health } from '../routing/health.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import { channelOf } from '../routing/test-parts.ts'
import { forgetChangedKeys } from './steering.ts'

const RULES = {
  failures: 3,
  failurePercent: 40,
  coolDownMs: 1_000,
  coolDownMaxMs: 5_000,
  waitMaxMs: 5_000,
  disabledRetryMs: null,
  subjects: 100,
}

test('another secret under the name of a key is asked, whatever became of the one before', () => {
  const health = new Health(RULES, () => 0)
  const subjects = ['key:a/1', 'key:a/2', 'key-model:a/2/m1', 'channel:a']
  for (const subject of subjects)
    health.failed(subject, { reason: 'key-refused', effect: 'disable', retryAfterMs: undefined })
  const before = [channelOf('a', { keys: plainKeys('same', 'old') })]
  const after = [channelOf('a', { keys: plainKeys('same', 'new') }), channelOf('b')]
  forgetChangedKeys(health, before, after)
  expect(subjects.map((subject) => health.standingOf(subject))).toEqual(['blocked', 'ready', 'ready', 'blocked'])
})
