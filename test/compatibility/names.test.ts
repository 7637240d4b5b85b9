import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { START_MS } from '../faults/scripted.ts'
import { answering, type Asking, askFor, PATHS, RETIRED, startWorld, SUCCESSOR, type World } from './world.ts'

/// What names users of such services have been told to send, and what becomes of each here, in every format.

let world: World
beforeAll(async () => {
  world = await startWorld()
}, START_MS)
afterAll(() => world.stop(), START_MS)

const FORMATS = Object.keys(PATHS) as Asking['format'][]
const inEveryFormat = <T extends readonly unknown[]>(rows: readonly T[]) =>
  FORMATS.flatMap((format) => rows.map((row): readonly [Asking['format'], ...T] => [format, ...row]))

/** What was asked for, what serves it, and the name that the vendor is sent. */
const NAMES: readonly (readonly [asked: string, served: string, sent: string])[] = [
  ['claude-sonnet-4-6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['deepseek-chat', 'deepseek-chat', 'deepseek-chat'],
  ['deepseek-reasoner', 'deepseek-reasoner', 'deepseek-reasoner'],
  ['gpt-5.5', 'gpt-5.5', 'gpt-5.5'],
  ['gpt-5.3-codex', 'gpt-5.3-codex', 'gpt-5.3-codex'],
  // Aliases, which keep an editor from taking a name for one of its own.
  ['aiproxy/sonnet', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['aiproxy/haiku', 'claude-haiku-4-5', 'claude-haiku-4-5'],
  ['aiproxy/opus', 'claude-opus-4-7', 'claude-opus-4-7'],
  // Dated names of active models: the date is sent on.
  ['claude-haiku-4-5-20251001', 'claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
  ['claude-opus-4-5-20251101', 'claude-opus-4-5', 'claude-opus-4-5-20251101'],
  ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet', 'claude-3-5-sonnet-20241022'],
  ['claude-3-7-sonnet-20250219', 'claude-3-7-sonnet-latest', 'claude-3-7-sonnet-20250219'],
  ['claude-opus-4-20250514', 'claude-opus-4-0', 'claude-opus-4-20250514'],
  ['claude-3-opus', 'claude-3-opus-latest', 'claude-3-opus-latest'],
  // A provider before the model, by its id or its kind.
  ['an/claude-sonnet-4-6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['anthropic/claude-sonnet-4-6', 'claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['openai/gpt-4o', 'gpt-4o', 'gpt-4o'],
]

describe('a documented name is served', () => {
  test.each(inEveryFormat(NAMES))('in %s: %s by %s', async (format, asked, served, sent) => {
    const answer = await askFor(world, { format, model: asked }, answering)
    expect([answer.status, answer.headers.get('x-tollgate-model')]).toEqual([200, served])
    const { target = '', text = '' } = world.upstream.asked.at(-1) ?? {}
    expect((JSON.parse(text) as { model?: string }).model ?? decodeURIComponent(target)).toContain(sent)
  })
})

const told = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: Readonly<Record<string, unknown>> }
  return { status: answer.status, error, retry: answer.headers.get('x-should-retry') }
}

/** The error of each format for a refusal of ours. */
const shapes = (chat: object, messages: string, gemini: string): Readonly<Record<Asking['format'], object>> => ({
  chat,
  responses: chat,
  messages: { type: messages },
  gemini: { status: gemini },
})

describe('a name that is not served is refused, and nothing is sent', () => {
  const REFUSED: readonly (readonly [
    why: string,
    model: string,
    group: string,
    status: number,
    message: RegExp,
    shape: Readonly<Record<Asking['format'], object>>,
  ])[] = [
    [
      'nobody knows it',
      'nothing-of-the-kind',
      'default',
      404,
      /nothing-of-the-kind/,
      shapes({ type: 'not_found', code: 'model_not_found' }, 'not_found_error', 'NOT_FOUND'),
    ],
    [
      'it has been retired, and its successor is named',
      RETIRED,
      'default',
      503,
      new RegExp(SUCCESSOR),
      shapes({ type: 'upstream_error', code: 'model_not_found' }, 'not_found_error', 'NOT_FOUND'),
    ],
    [
      'no channel is there for it',
      'gemini-2.5-pro',
      'default',
      503,
      /^No available channel for model gemini-2\.5-pro under group default/,
      shapes({ type: 'upstream_error', code: 'model_not_found' }, 'overloaded_error', 'UNAVAILABLE'),
    ],
    [
      'a key of the group of Claude asks for GPT',
      'gpt-5.4',
      'claude',
      503,
      /^No available channel for model gpt-5\.4 under group claude/,
      shapes({ type: 'upstream_error', code: 'model_not_found' }, 'overloaded_error', 'UNAVAILABLE'),
    ],
    [
      'a key of the group of GPT asks for Claude',
      'claude-opus-4-7',
      'gpt',
      503,
      /^No available channel for model claude-opus-4-7 under group gpt/,
      shapes({ type: 'upstream_error', code: 'model_not_found' }, 'overloaded_error', 'UNAVAILABLE'),
    ],
  ]
  test.each(inEveryFormat(REFUSED))('in %s: %s', async (format, _why, model, group, status, message, shape) => {
    const before = world.upstream.asked.length
    const refused = await told(await askFor(world, { format, model }, answering, world.of(group).key))
    expect(refused).toMatchObject({ status, error: { message: expect.stringMatching(message), ...shape[format] } })
    expect(world.upstream.asked).toHaveLength(before)
  })

  test.each(FORMATS)('for good, in %s: a retired or unknown name is not to be tried again', async (format) => {
    for (const model of [RETIRED, 'nothing-of-the-kind'])
      expect((await told(await askFor(world, { format, model }, answering))).retry).toBe('false')
  })
})

describe('a key is bound to its group', () => {
  test.each([
    ['claude', 'claude-haiku-4-5'],
    ['gpt', 'gpt-5.3-codex'],
  ])('of %s, which serves %s', async (group, model) => {
    const answer = await askFor(world, { format: 'chat', model }, answering, world.of(group).key)
    expect(answer.status).toBe(200)
  })

  test('and the list of models shows what it serves, and no more', async () => {
    const listed = async (group: string) => {
      const headers = { authorization: `Bearer ${world.of(group).key}` }
      const { data } = (await (await fetch(`${world.gateway.url}/v1/models`, { headers })).json()) as {
        data: readonly { readonly id: string; readonly provider: string }[]
      }
      return new Set(data.map(({ provider }) => provider))
    }
    expect(await listed('claude')).toEqual(new Set(['anthropic']))
    expect(await listed('gpt')).toEqual(new Set(['openai']))
  })
})
