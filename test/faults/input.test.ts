import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Customer } from '../harness/admin.ts'
import { type Replayed, startReplayed } from '../harness/replayed.ts'
import { clientRequest } from '../recorded/ask.ts'
import { FORMATS } from './formats.ts'

let stage: Replayed
let customer: Customer

beforeAll(async () => {
  stage = await startReplayed(FORMATS.map(({ unary }) => unary))
  customer = await stage.gateway.createCustomer('10')
})
afterAll(() => stage.stop())

/** What a client gets, and the error in the shape of its format: Anthropic and Gemini each have their own. */
interface Refused {
  readonly status: number
  readonly error: Readonly<Record<string, unknown>>
}

const send = async (
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Refused> => {
  const answer = await fetch(stage.gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json', ...headers },
    body: body as Uint8Array<ArrayBuffer>,
  })
  const text = await answer.text()
  return { status: answer.status, error: (JSON.parse(text) as { error: Record<string, unknown> }).error }
}

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** Each format's own words for a refusal of this status. */
const shapeOf = (format: string, status: number): Record<string, unknown> => {
  if (format === 'gemini')
    return { code: status, message: expect.any(String), status: expect.stringMatching(/^[A-Z_]+$/) }
  if (format === 'anthropic-messages')
    return { type: expect.stringMatching(/^[a-z_]+_error$|^request_too_large$/), message: expect.any(String) }
  return { type: expect.any(String), code: expect.any(String), message: expect.any(String) }
}

describe('bad input', () => {
  for (const { name, unary } of FORMATS) {
    const request = (model = unary.id): { path: string; body: Record<string, unknown> } => {
      const { target, body } = clientRequest({ ...unary, id: model }, 'unused', 0)
      return { path: target, body: JSON.parse(body) as Record<string, unknown> }
    }
    const { path, body } = request()
    const inBody =
      name === 'gemini' ? [] : ([['a model that is a number', 400, JSON.stringify({ ...body, model: 7 })]] as const)
    const streamInBody =
      name === 'gemini'
        ? []
        : ([['a stream flag that is a word', 400, JSON.stringify({ ...body, stream: 'yes' })]] as const)

    test.each([
      ['no JSON', 400, '{"model": '],
      ['an empty body', 400, ''],
      ['JSON that is a list', 400, '[]'],
      ['JSON with more after it', 400, `${JSON.stringify(body)} {}`],
      ['a hundred and one levels', 400, JSON.stringify({ ...body, x: 0 }).replace('"x":0', `"x":${deep(101)}`)],
      ['60 MB', 413, JSON.stringify({ ...body, x: 'x'.repeat(60_000_000) })],
      ...inBody,
      ...streamInBody,
    ] as const)(
      `of %s is refused to a client of ${name} in its own shape`,
      async (_what, status, text) => {
        expect(await send(path, text)).toMatchObject({ status, error: shapeOf(name, status) })
      },
      30_000,
    )

    test(`of an unknown model, or one with a NUL in it, is refused to a client of ${name} in its own shape`, async () => {
      const unknown = request('no-such-model')
      expect(await send(unknown.path, JSON.stringify(unknown.body))).toMatchObject({
        status: 404,
        error: shapeOf(name, 404),
      })
      const nul = request('gpt\u00004o')
      const refused = await send(nul.path, JSON.stringify(nul.body))
      expect([400, 404]).toContain(refused.status)
      expect(refused.error).toMatchObject(shapeOf(name, refused.status))
    })

    test(`of a wrong key, and of no key, is refused to a client of ${name} in its own shape`, async () => {
      for (const authorization of ['Bearer sk-tg-wrong', '']) {
        expect(await send(path, JSON.stringify(body), { authorization })).toMatchObject({
          status: 401,
          error: shapeOf(name, 401),
        })
      }
    })
  }

  test('of an unknown path is a 404 that says so', async () => {
    expect(await send('/v1/chat/completion', '{}')).toMatchObject({ status: 404, error: shapeOf('openai-chat', 404) })
  })

  test('never reached a vendor, held nothing and cost nothing', async () => {
    expect(stage.replay.requests()).toEqual([])
    expect(await stage.gateway.balance(customer.userId)).toMatchObject({
      posted_usd: '10.000000000',
      held_usd: '0.000000000',
    })
    expect(await stage.gateway.ledgerCheck()).toMatchObject({ ok: true, open_holds: 0 })
  })
})
