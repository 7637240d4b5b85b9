import { afterAll, beforeAll, expect, test } from 'bun:test'
import { post, type Stand, startStand, USAGE } from './stand.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand({ health: { failures: 1, cool_down: '1ms', cool_down_max: '1ms' } })
})
afterAll(() => stand.stop())

interface Known {
  readonly standing: string
  readonly block: unknown
  readonly recent: { readonly outcomes: number; readonly failures: number }
  readonly models?: readonly unknown[]
}

/** What is known of the vendor's key and channel. */
const known = async (): Promise<readonly Known[]> => {
  const { body } = await stand.gateway.call('GET', '/api/admin/health')
  const { providers } = body as unknown as {
    readonly providers: readonly { readonly id: string; readonly keys: Known[]; readonly channels: Known[] }[]
  }
  return providers
    .filter(({ id }) => id === 'vendor')
    .flatMap(({ keys, channels }) => [...keys, ...channels])
    .map(({ standing, block, recent, models }) => ({ standing, block, recent, models: models ?? [] }))
}

const EVENT = `data: {"delta":"word"}\n\n`
const stream = (body: ReadableStream | string): Response =>
  new Response(body, { headers: { 'content-type': 'text/event-stream' } })

const cut = (): Response =>
  stream(
    new ReadableStream({
      async start(controller) {
        controller.enqueue(Buffer.from(EVENT))
        await Bun.sleep(20)
        controller.error(new Error('gone'))
      },
    }),
  )

/** However a pass-through can end, as its vendor has it. */
const ENDINGS: readonly (readonly [string, () => Response])[] = [
  ['a stream that is cut after its content began', cut],
  ['a stream to its end', () => stream(EVENT)],
  ['an answer', () => Response.json({ usage: USAGE })],
  ['a refusal of the request', () => Response.json({}, { status: 422 })],
  ['a refusal of the key', () => Response.json({}, { status: 401 })],
  ['a failure', () => Response.json({}, { status: 500 })],
]

const passThrough = async (answer: () => Response): Promise<void> => {
  stand.vendor.answers.set('infer', answer)
  const answered = await stand.ask('/v1/vendor/infer', post({ model: 'writer', stream: true }))
  await answered.text().catch(() => 'broken')
}

test.each(ENDINGS)('%s says nothing of a route that is well', async (_what, answer) => {
  const before = await known()
  expect(before.map(({ standing, recent }) => [standing, recent.outcomes])).toEqual([
    ['ready', 0],
    ['ready', 0],
  ])
  await passThrough(answer)
  expect(await known()).toEqual(before)
})

test('none of them ends a block, or makes it last', async () => {
  stand.vendor.answers.set('chat/completions', () => Response.json({}, { status: 500 }))
  const chat = await stand.ask('/v1/vendor/chat/completions', post({ model: 'writer', messages: [] }))
  expect(chat.status).toBe(502)
  await Bun.sleep(10)
  const before = await known()
  expect(before.map(({ standing }) => standing)).toContain('probe')
  for (const [what, answer] of ENDINGS) {
    await passThrough(answer)
    expect([what, await known()]).toEqual([what, before])
  }
})
