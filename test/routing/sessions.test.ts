import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { FORMATS, textOf } from '../faults/formats.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { copyOf, nameless, ownSession, seenSessions, type Session, type SessionRequest } from './sessions.ts'

setDefaultTimeout(120_000)

const KEYS = 4

/** What every path answers, as a stream; it counts whose key was used. */
const ANSWERS: readonly (readonly [RegExp, number])[] = [
  [/chat\/completions/, 0],
  [/responses/, 1],
  [/messages/, 2],
  [/Content/, 3],
]

interface Vendor {
  readonly url: string
  /** The last key that was used. */
  used(): string
  /** From now on nobody is answered who uses this key. */
  die(key: string): void
  stop(): void
}

const startVendor = (): Vendor => {
  let used = ''
  let dead = ''
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async ({ url, headers }) => {
      const key = `${headers.get('authorization')} ${headers.get('x-api-key')} ${headers.get('x-goog-api-key')}`
      const named = /vendor-key-\w+/.exec(key)?.[0] ?? ''
      if (named === dead) return Response.json({ error: { message: 'gone' } }, { status: 503 })
      used = named
      const index = ANSWERS.find(([path]) => path.test(url))?.[1] ?? 0
      const text = FORMATS[index] ? textOf(FORMATS[index].streamed) : ''
      return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    used: () => used,
    die: (key) => {
      dead = key
    },
    stop: () => void server.stop(true),
  }
}

const SEEN = seenSessions()
/** Sessions of real clients where there are any, and always some of our own. */
const SESSIONS: readonly Session[] = [...SEEN, ...['a', 'b', 'c', 'd'].map((name) => ownSession(name, 4))]
const COPIES = 3

let vendor: Vendor
let gateway: Gateway
const keys: Record<string, string> = {}
beforeAll(async () => {
  vendor = startVendor()
  const models = [...new Set(SESSIONS.flatMap(({ turns }) => turns.map(({ model }) => model)))]
  const chat = { provider: 'acme', type: 'chat', context_window: 1_000_000, max_output_tokens: 1_000 }
  const kinds = { anthropic: '', openai: '/v1', gemini: '' }
  const places = Object.entries(kinds).flatMap(([kind, root]) =>
    Array.from({ length: KEYS }, (_, index) => [
      `${kind}-${index}`,
      { kind, base_url: vendor.url + root, keys: [`vendor-key-${index}`] },
    ]),
  )
  gateway = await startGateway({
    catalogue: {
      models: Object.fromEntries(models.map((model) => [model, { ...chat, price: { input: '1', output: '1' } }])),
    },
    config: {
      providers: Object.fromEntries(places),
      // Each format at home: a conversation may be such that no other vendor takes it.
      channels: places.map(([id]) => ({ id, provider: id, models, groups: [String(id).split('-')[0]] })),
      groups: Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { strategy: 'cache_affinity' }])),
      health: {},
      log: { level: 'error' },
    },
  })
  for (const group of Object.keys(kinds)) keys[group] = (await gateway.createCustomer('1000000', { group })).key
})
afterAll(async () => {
  await gateway.stop()
  vendor.stop()
})

const groupOf = (path: string): string =>
  path.includes('/messages') ? 'anthropic' : path.includes('Content') ? 'gemini' : 'openai'

const askTurn = async ({ path, headers, body, model }: SessionRequest): Promise<string> => {
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'x-api-key': keys[groupOf(path)] ?? '' },
    body,
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${path} of ${model}: ${answer.status} ${text}`)
  return vendor.used()
}

/** Of the turns that follow another, how many reach the key that answered that one. */
const warmShare = async (sessions: readonly Session[], from: number, homes: Map<string, string>): Promise<number> => {
  let [followed, warm] = [0, 0]
  for (const { name, turns } of sessions) {
    for (const turn of from === 0 ? turns.slice(0, -1) : turns.slice(-1)) {
      const home = homes.get(name)
      const used = await askTurn(turn)
      if (home !== undefined) followed += 1
      if (home === used) warm += 1
      homes.set(name, used)
    }
  }
  return followed === 0 ? 1 : warm / followed
}

describe.each([
  ['as their clients sent them', (session: Session) => session],
  ['without any name for them', nameless],
] as const)(`${SEEN.length} sessions of real clients and 4 of our own, ${COPIES} times each, %s`, (_, change) => {
  const sessions = SESSIONS.flatMap((session) =>
    Array.from({ length: COPIES }, (_, copy) => change(copyOf(session, copy + 1))),
  )

  test('reach the key that holds their cache; when a channel dies those of the others still do', async () => {
    vendor.die('')
    const homes = new Map<string, string>()
    const before = await warmShare(sessions, 0, homes)
    const first = new Map(homes)
    vendor.die('vendor-key-2')
    const after = await warmShare(sessions, 1, homes)
    const strays = [...first].filter(([name, home]) => home !== 'vendor-key-2' && homes.get(name) !== home)
    const moved = [...first.values()].filter((home) => home === 'vendor-key-2').length
    console.log(
      `warm before: ${(before * 100).toFixed(1)} %; after one of four died: ${(after * 100).toFixed(1)} %, ${moved} of ${sessions.length} sessions had it`,
    )
    expect(new Set(first.values()).size).toBe(KEYS)
    expect(before).toBe(1)
    // Nobody moves but those who must.
    expect(strays).toEqual([])
    expect(after).toBeCloseTo(1 - moved / sessions.length, 5)
    // And who moved stays where they are now.
    const again = await warmShare(sessions, 1, homes)
    expect(again).toBe(1)
  })
})
