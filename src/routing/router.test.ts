import { expect, test } from 'bun:test'
import type { Envelope } from '../canon/envelope.ts'
import { scanObject } from '../canon/scan-object.ts'
import { createAffinity } from './affinity.ts'
import { Health } from './health.ts'
import { createLoad } from './load.ts'
import { plainKeys } from './provider-keys.ts'
import { createRouter } from './router.ts'
import { candidateOf, seeded } from './test-parts.ts'
import { createTurns } from './turns.ts'
import type { Candidate } from './types.ts'

const HEALTH = {
  ...{ failures: 3, failurePercent: 40, coolDownMs: 1, coolDownMaxMs: 1 },
  ...{ waitMaxMs: 1, disabledRetryMs: 1, subjects: 5 },
}

const newRouter = () =>
  createRouter({
    strategyOf: () => 'cache_affinity',
    health: new Health(
      HEALTH,
      () => 0,
      () => undefined,
    ),
    load: createLoad(1_000, () => 0),
    affinity: createAffinity({ ttlMs: 1_000, conversationsMax: 10, nowMs: () => 0 }),
    turns: createTurns(),
    costOf: () => undefined,
    random: seeded(1),
  })

const newEnvelope = (): Envelope => {
  const scan = scanObject(Buffer.from('{"messages":[{"role":"user","content":"Hi"}]}'), { depthMax: 10 })
  if (!scan.ok) throw new Error(scan.error.message)
  return { scan: scan.value, stream: false } as Envelope
}

const oneKey = candidateOf('one')
const twoKeys = candidateOf('two', { keys: plainKeys('first', 'second') })

const ways: readonly (readonly [string, readonly Candidate[], boolean])[] = [
  ['not where there is one way only', [oneKey], false],
  ['among the keys of one channel', [twoKeys], true],
  ['among channels of one key each', [oneKey, candidateOf('other')], true],
]
test.each(ways)('a conversation is told apart %s', (_, candidates, isTold) => {
  const router = newRouter()
  const envelope = newEnvelope()
  const asking = { group: 'default', operation: { format: 'openai-chat', action: 'generate' }, envelope } as const
  const ranked = router.rank(candidates, { ...asking, headers: new Headers(), scope: 'somebody' })
  const [candidate = oneKey] = ranked
  const [key] = candidate.channel.provider.keys
  if (!key) throw new Error('it has no key')
  router.answered(envelope, candidate, key)
  const { home } = router.look(ranked, envelope)
  expect([home?.channel]).toEqual([isTold ? candidate.channel.id : undefined])
})
