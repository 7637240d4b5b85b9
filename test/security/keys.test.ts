import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { DIALECTS, type Script, START_MS } from '../faults/scripted.ts'
import { answering, BODIES, type Breaking, breaking, FORMS, inPieces, refusing, WIRES, writing } from './repeats.ts'
import { findSecrets } from './scanner.ts'
import {
  ADMIN_KEY,
  asking,
  MODELS,
  PASS_KEY,
  PROVIDERS,
  readEverything,
  secretPart,
  type Said,
  type Session,
  startSession,
  storedBy,
  VENDOR_KEYS,
} from './session.ts'

/// A long session in which vendors repeat the key they were asked with. Then everything is looked through that left the
/// gateway, was logged by it, or is stored.

setDefaultTimeout(120_000)

let session: Session
beforeAll(async () => {
  session = await startSession()
}, START_MS)
afterAll(() => session.stop(), START_MS)

const SECRETS = [...Object.values(VENDOR_KEYS), PASS_KEY, ADMIN_KEY]
const CLIENTS = Object.values(DIALECTS)
const AT_ONCE = 8

/** What was found, in a form that says where to look; each place once. */
const foundIn = (said: readonly Said[], secrets: readonly string[]): readonly string[] =>
  said.flatMap(({ what, text }) =>
    findSecrets(text, secrets).map(({ form, around }) => `${what} (${form}): …${JSON.stringify(around)}…`),
  )

interface Row {
  readonly what: string
  readonly path: string
  readonly init: RequestInit
}

/** Asks each, some at once, and gives what of it told a key. */
const leaksOf = async (rows: readonly Row[]): Promise<readonly string[]> => {
  const from = session.said.length
  const waiting = [...rows]
  const worker = async (): Promise<void> => {
    for (let row = waiting.pop(); row; row = waiting.pop()) await session.tell(row.what, row.path, row.init)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  expect(session.said.length - from).toBe(rows.length)
  return foundIn(session.said.slice(from), SECRETS)
}

const rowsOf = (
  provider: (typeof PROVIDERS)[number],
  streamed: boolean,
  scripts: readonly (readonly [string, Script])[],
): readonly Row[] =>
  CLIENTS.flatMap((dialect) =>
    scripts.map(([what, script]) => {
      const [path, init] = asking(session, dialect, MODELS[provider], streamed, script)
      return { what: `${dialect.name} over ${provider}, ${streamed ? 'streamed' : 'whole'}, ${what}`, path, init }
    }),
  )

/** A third of some, another with each number: all pairs of two lists are more than need be asked. */
const third = <T>(all: readonly T[], number: number): readonly T[] => all.filter((_, at) => (at + number) % 3 === 0)
const SHAPES = Object.entries(BODIES)
const SPELLINGS = Object.entries(FORMS)

const STATUSES = [200, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 529]

describe.each(PROVIDERS)('what provider %s repeats of its key reaches no client', (provider) => {
  const key = VENDOR_KEYS[provider]
  test.each([false, true])('in a refusal, whatever its status, shape and spelling (streamed: %p)', async (streamed) => {
    const byForm = SPELLINGS.flatMap(([form, write], at) =>
      third(SHAPES, at).map(
        ([shape, body]) => [`400 as ${shape}, ${form}`, refusing(400, body, write(key), key)] as const,
      ),
    )
    const byStatus = STATUSES.flatMap((status, at) =>
      third(SHAPES, at).map(([shape, body]) => [`${status} as ${shape}`, refusing(status, body, key, key)] as const),
    )
    expect(await leaksOf(rowsOf(provider, streamed, [...byForm, ...byStatus]))).toEqual([])
  })

  const ways = [0, 1, 2].flatMap((error) =>
    [false, true].flatMap((afterContent) =>
      [7, 100_000].map((pieceLength): Breaking => ({ error, afterContent, pieceLength })),
    ),
  )
  const events = SPELLINGS.flatMap(([form, write], at) =>
    third(ways, at).map((way): readonly [string, Script] => [
      `${JSON.stringify(way)}, ${form}`,
      breaking(way, write(key), key),
    ]),
  )
  test('in an event of a stream, at its beginning or after content, however it is cut', async () => {
    expect(await leaksOf(rowsOf(provider, true, events))).toEqual([])
  })

  test.each([false, true])('in an answer that is no error (streamed: %p)', async (streamed) => {
    const from = session.said.length
    expect(await leaksOf(rowsOf(provider, streamed, [['an answer', answering(key)]]))).toEqual([])
    for (const { what, text } of session.said.slice(from)) {
      expect(`${what}: ${text}`).toStartWith(`${what}: 200`)
      expect(`${what}: ${text}`).toContain('[key]')
    }
  })

  test.each([false, true])('by an answer that is no HTTP, or hardly (streamed: %p)', async (streamed) => {
    const scripts = Object.entries(WIRES).map(([what, write]) => [what, writing(write(key))] as const)
    expect(await leaksOf(rowsOf(provider, streamed, scripts))).toEqual([])
  })
})

describe('what a provider repeats of its key reaches no client by a pass-through', () => {
  const passing = (what: string, script: Script): Row => ({
    what: `passed through, ${what}`,
    path: '/v1/pa/any/thing',
    init: {
      method: 'POST',
      headers: { authorization: `Bearer ${session.customer.key}`, 'content-type': 'text/plain' },
      body: session.upstream.plays(script),
    },
  })

  const expectAsked = async (rows: readonly Row[]): Promise<void> => {
    const before = session.upstream.asked.length
    expect(await leaksOf(rows)).toEqual([])
    expect(session.upstream.asked.length - before).toBeGreaterThanOrEqual(rows.length)
  }

  test('in a refusal, whatever its status, shape and spelling', async () => {
    const rows = SHAPES.flatMap(([shape, body], at) => [
      ...third(SPELLINGS, at).map(([form, write]) =>
        passing(`400 as ${shape}, ${form}`, refusing(400, body, write(PASS_KEY), PASS_KEY)),
      ),
      ...third(STATUSES, at).map((status) =>
        passing(`${status} as ${shape}`, refusing(status, body, PASS_KEY, PASS_KEY)),
      ),
    ])
    await expectAsked(rows)
  })

  test('in an answer of any type, wherever it is cut', async () => {
    const types = ['text/event-stream', 'text/plain', 'application/octet-stream', 'application/json']
    await expectAsked(types.map((type) => passing(type, inPieces(PASS_KEY, type))))
    for (const { text } of session.said.slice(-types.length))
      expect(text.match(/"Bearer \[key\]"/g)).toHaveLength(PASS_KEY.length - 1)
  })
})

describe('after all of this', () => {
  const ownKey = (): string => secretPart(session.customer.key)

  test('no key is in what the operator and the owner of a key can read', async () => {
    const from = session.said.length
    await session.settled()
    await readEverything(session)
    const read = session.said.slice(from)
    expect(read.filter(({ text }) => text.startsWith('200')).length).toBeGreaterThan(30)
    expect(foundIn(read, [...SECRETS, ownKey()])).toEqual([])
  })

  test('no key is in the log, though it tells everything', () => {
    const log = session.gateway.output()
    expect(log.length).toBeGreaterThan(100_000)
    expect(foundIn([{ what: 'the log', text: log }], [...SECRETS, ownKey()])).toEqual([])
  })

  test('no key is stored', () => {
    const stored = storedBy(session)
    expect(stored.length).toBeGreaterThan(0)
    expect(foundIn(stored, [...SECRETS, ownKey()])).toEqual([])
  })

  test('no client was told its own key, or any other of Tollgate', () => {
    expect(foundIn(session.said, [ownKey(), ADMIN_KEY])).toEqual([])
  })

  test('nothing is held, and the books add up', async () => {
    expect(await session.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
  })
})
