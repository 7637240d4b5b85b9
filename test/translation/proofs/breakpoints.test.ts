import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Target, UpstreamCodec } from '../../../src/canon/codec.ts'
import { writeJson } from '../../../src/canon/json-text.ts'
import { anthropicMessagesCodec } from '../../../src/protocols/anthropic-messages/codec.ts'
import { bedrockConverseCodec } from '../../../src/protocols/bedrock-converse/codec.ts'
import { openAiChatCodec } from '../../../src/protocols/openai-chat/codec.ts'
import { profileOf } from '../../../src/providers/profiles.ts'
import { kindOf, modelOf } from '../../../src/providers/profiles/test-parts.ts'
import { placeBreakpoints } from '../../../src/translation/breakpoints.ts'
import { readRequest, writeRequest } from '../../../src/translation/request.ts'
import { listOf, objectOf } from '../validate/shapes.ts'
import { faultsOf } from '../validate/validate.ts'
import { bodyOf, CARRIERS, codecFor, type Format, operationFor, trials, TIMEOUT_MS } from './lanes.ts'

type Json = Record<string, unknown>

const targetOf = (kind: 'anthropic' | 'bedrock' | 'openrouter', model: string, { format }: UpstreamCodec): Target => ({
  model,
  profile: profileOf({ kind: kindOf(kind), model: modelOf(model, 6_000), upstreamModel: model, format }),
  stream: false,
})

/** What a client's request becomes with marks and without, or nothing where it is refused. */
const sent = (client: Format, body: Json, codec: UpstreamCodec, target: Target, places: boolean) => {
  const read = readRequest(codecFor(client), Buffer.from(writeJson(body)), operationFor(client), CARRIERS)
  if (!read.ok) throw new Error(read.error.message)
  const { conversation, losses } = read.value
  const placed = places ? placeBreakpoints(conversation, target.profile, undefined) : conversation
  const written = writeRequest(codec, { conversation: placed, losses }, target)
  return written.ok
    ? { body: JSON.parse(written.value.body.toString()) as Json, losses: written.value.losses }
    : undefined
}

interface Piece {
  readonly text: string
  readonly isMarked: boolean
}

/** A prompt as it is cached: piece by piece, in the vendor's order, without the marks themselves. */
const piecesOf = (body: Json): readonly Piece[] => {
  const nodes = [
    ...listOf(body.tools ?? objectOf(body.toolConfig).tools).map((tool) => ['tool', tool] as const),
    ...listOf(body.system).map((block) => ['system', block] as const),
    ...listOf(body.messages).flatMap(({ role, content, ...rest }) =>
      typeof content === 'string' || content === null
        ? [[role, { content, ...rest }] as const]
        : listOf(content).map((block) => [role, { ...block, ...rest }] as const),
    ),
  ]
  return nodes.flatMap(([place, { cache_control: mark, ...node }], at): readonly Piece[] => {
    if ('cachePoint' in node) return []
    const next = nodes[at + 1]?.[1]
    return [
      { text: JSON.stringify([place, node]), isMarked: mark !== undefined || (next && 'cachePoint' in next) === true },
    ]
  })
}

/** What each mark covers. */
const cachedBy = (body: Json): readonly string[] => {
  const pieces = piecesOf(body)
  return pieces.flatMap(({ isMarked }, at) =>
    isMarked
      ? [
          pieces
            .slice(0, at + 1)
            .map(({ text }) => text)
            .join('\n'),
        ]
      : [],
  )
}

const TOOL = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }
const callOf = (id: string): Json => ({ id, type: 'function', function: { name: 'weather', arguments: '{"at":1.0}' } })

/** A conversation as its client sends it, turn by turn: words, calls in parallel, then words and a picture. */
const MESSAGES: readonly Json[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Let me see.', tool_calls: [callOf('a'), callOf('b')] },
  { role: 'tool', tool_call_id: 'b', content: 'rain' },
  { role: 'tool', tool_call_id: 'a', content: 'sun' },
  { role: 'assistant', content: 'Both.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'And here?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ],
  },
]
const TURNS = [2, 5, 7].map((length) => ({ model: 'm', tools: [TOOL], messages: MESSAGES.slice(0, length) }))

const UPSTREAMS: readonly (readonly [string, UpstreamCodec, Target, readonly number[]])[] = [
  ['Messages', anthropicMessagesCodec, targetOf('anthropic', 'claude-sonnet-4-5', anthropicMessagesCodec), [3, 4, 4]],
  [
    'Converse (Claude)',
    bedrockConverseCodec,
    targetOf('bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0', bedrockConverseCodec),
    [3, 4, 4],
  ],
  // Marks nothing of tools: of the second turn, which is only results, there is none.
  [
    'Converse (Nova)',
    bedrockConverseCodec,
    targetOf('bedrock', 'amazon.nova-pro-v1:0', bedrockConverseCodec),
    [2, 2, 3],
  ],
]

describe('three turns of a Chat client', () => {
  test.each(UPSTREAMS)('for %s each begins with all that the one before had cached', (_, codec, target, counts) => {
    const bodies = TURNS.map((body) => sent('openai-chat', body, codec, target, true)?.body ?? {})
    expect(bodies.map((body) => cachedBy(body).length)).toEqual([...counts])
    for (const [at, body] of bodies.entries()) {
      const before = bodies[at - 1]
      const furthest = before && cachedBy(before).at(-1)
      if (furthest !== undefined) expect(cachedBy(body)).toContain(furthest)
    }
  })

  test.each(UPSTREAMS)('for %s the bytes are the same without the marks', (_, codec, target) => {
    for (const body of TURNS) {
      const marked = sent('openai-chat', body, codec, target, true)
      const plain = sent('openai-chat', body, codec, target, false)
      expect(marked?.losses).toEqual(plain?.losses ?? [])
      const textOf = (one: Json | undefined): string[] => piecesOf(one ?? {}).map(({ text }) => text)
      expect(textOf(marked?.body)).toEqual(textOf(plain?.body))
    }
  })

  test('end for Messages on the result of the last call', () => {
    const [, codec, target] = UPSTREAMS[0] ?? []
    const { body } = (codec && target && TURNS[1] && sent('openai-chat', TURNS[1], codec, target, true)) ?? {}
    expect(listOf(body?.messages).at(-1)?.content).toMatchObject([
      { type: 'tool_result', tool_use_id: 'a' },
      { type: 'tool_result', tool_use_id: 'b', cache_control: { type: 'ephemeral' } },
    ])
  })
})

describe('marks in requests of any kind', () => {
  const clients: readonly Format[] = ['openai-chat', 'openai-responses', 'gemini']
  const marked = (body: Json): Json[] => [body.tools, body.system, body.messages].flatMap((part) => listOf(part))

  test.each(clients)(
    'of clients of %s are taken by Messages and lose nothing',
    (client) => {
      let placed = 0
      const target = targetOf('anthropic', 'claude-sonnet-4-5', anthropicMessagesCodec)
      fc.assert(
        fc.property(bodyOf[client], (body) => {
          const after = sent(client, body, anthropicMessagesCodec, target, true)
          const before = sent(client, body, anthropicMessagesCodec, target, false)
          expect(after?.losses).toEqual(before?.losses)
          if (!after || !before) return
          expect(faultsOf('anthropic-messages', after.body)).toEqual(faultsOf('anthropic-messages', before.body))
          expect(cachedBy(after.body).length).toBeLessThanOrEqual(4)
          if (JSON.stringify(marked(after.body)) !== JSON.stringify(marked(before.body))) placed += 1
        }),
        trials(),
      )
      expect(placed).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )

  test('of clients of Responses are taken by OpenRouter and lose nothing', () => {
    const target = targetOf('openrouter', 'anthropic/claude-sonnet-4.5', openAiChatCodec)
    fc.assert(
      fc.property(bodyOf['openai-responses'], (body) => {
        const after = sent('openai-responses', body, openAiChatCodec, target, true)
        const before = sent('openai-responses', body, openAiChatCodec, target, false)
        expect(after?.losses).toEqual(before?.losses)
      }),
      trials(),
    )
  })
})
