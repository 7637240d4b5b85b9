import { expect, test } from 'bun:test'
import type { Model } from '../canon/model.ts'
import type { Call } from '../gateway/call.ts'
import type { Principal } from '../keys/types.ts'
import { createCatalogue } from '../providers/catalogue.ts'
import { ok } from '../result.ts'
import type { Channel } from '../routing/types.ts'
import { ONE, partsPerMillion } from '../units.ts'
import { createModelsEndpoint } from './models-endpoint.ts'

const model = (id: string): Model => ({
  id,
  vendor: 'test',
  type: 'chat',
  displayName: id,
  contextWindow: 1_000,
  maxOutputTokens: 100,
  multiplier: ONE,
  capabilities: [],
  createdAt: 0,
  priceVersions: [],
})

/** What `GET` at `path` lists to a key with this list of models, on a server where `m3` is served to nobody. */
const listed = async (models: readonly string[] | null, path = '/v1/models'): Promise<unknown> => {
  const catalogue = createCatalogue({
    builtIn: { models: [model('m1'), model('m2'), model('m3')], spellings: new Map() },
    aliases: { fast: 'm1', slow: 'm3' },
  })
  const principal = { group: 'default', models: models && new Set(models) } as Principal
  const channel = { groups: new Set(['default']), models: new Set(['m1', 'm2']) } as unknown as Channel
  const endpoint = createModelsEndpoint({
    catalogue,
    channels: [channel],
    nowMs: () => 0,
    multipliersOf: () => ({ user: ONE, model: ONE, group: ONE, planDiscount: partsPerMillion(300_000n) }),
    enter: async () => ok({ principal, headers: {} }),
    refuse: (_, { kind }) => Response.json({ kind }),
  })
  const call = { id: 'req_1', request: new Request(`http://tollgate.test${path}`), search: new URLSearchParams() }
  const answer = await endpoint(call as Call, path)
  return answer?.json()
}

const ids = async (models: readonly string[] | null): Promise<readonly string[]> => {
  const { data } = (await listed(models)) as { readonly data: readonly { readonly id: string }[] }
  return data.map(({ id }) => id)
}

const lists: readonly (readonly [string, readonly string[] | null, readonly string[]])[] = [
  ['no list lists every model that is served', null, ['m1', 'm2']],
  ['a list of ids lists those', ['m2'], ['m2']],
  ['a list of an alias lists its model by the only name the key may use', ['fast'], ['fast']],
  ['a list of an id and its alias lists the model once', ['fast', 'm1'], ['m1']],
  ['a list of what nobody serves, or nobody knows, lists nothing', ['slow', 'm3', 'unknown'], []],
  ['an empty list lists nothing', [], []],
]
test.each(lists)('%s', async (_, models, expected) => {
  expect(await ids(models)).toEqual([...expected])
})

test('one model is shown by a name the key may use, and refused by one it may not', async () => {
  expect(await listed(['fast'], '/v1/models/fast')).toMatchObject({ id: 'fast' })
  expect(await listed(['fast'], '/v1/models/m1')).toEqual({ kind: 'model-not-allowed' })
  expect(await listed(null, '/v1/models/fast')).toMatchObject({ id: 'm1' })
})
