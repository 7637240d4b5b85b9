import fc from 'fast-check'
import type { AnswerEvent, Opening, StopReason } from '../../../src/canon/answer.ts'
import type { Citation, Opaque } from '../../../src/canon/blocks.ts'
import { NO_USAGE, type Usage } from '../../../src/canon/usage.ts'
import { tokens } from '../../../src/units.ts'
import { base64Text, prose } from './arbitraries-scripts.ts'
import { FAMILY, type Format } from './lanes.ts'

/** One block of an answer, cut into pieces, and what stands behind its last piece. */
interface Block {
  readonly opening: Opening
  readonly pieces: readonly string[]
  readonly citations: readonly Citation[]
  readonly opaque: Opaque | undefined
}

/** An answer as an upstream tells it; `shape` is what it consists of, for messages about it. */
export interface Told {
  readonly events: readonly AnswerEvent[]
}

/** A text in pieces, cut anywhere: between the halves of a character as well. */
const piecesOf = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  fc.tuple(text, fc.array(fc.nat(200), { maxLength: 3 })).map(([whole, cuts]) => {
    const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].toSorted((one, other) => one - other)
    return [0, ...places].map((from, index) => whole.slice(from, places[index] ?? whole.length))
  })

const ARGUMENTS = ['{}', '{"city":"Köln 👩‍💻","n":3}', '{"n":9007199254740993,"f":1.0}', '{"a":{"b":[1,null,"x\\ny"]}}']

/** State of the kind that an upstream of a format hands out with its reasoning. */
const stateOf = (format: Format, text: string, signature: string): Opaque => {
  const family = FAMILY[format]
  switch (format) {
    case 'openai-chat':
      return { family, kind: 'reasoning-text', data: text }
    case 'openai-responses': {
      const summary = text === '' ? [] : [{ type: 'summary_text', text }]
      const item = { type: 'reasoning', id: idOf(signature), summary, encrypted_content: `gAAAA${signature}` }
      return { family, kind: 'reasoning-item', data: JSON.stringify(item) }
    }
    case 'anthropic-messages':
      return text === ''
        ? { family, kind: 'redacted-thinking', data: signature }
        : { family, kind: 'thinking', data: JSON.stringify({ thinking: text, signature }) }
    case 'gemini':
      return { family, kind: 'thought-signature', data: JSON.stringify({ signature, on: 'thought' }) }
  }
}

const idOf = (signature: string): string => `rs_${Buffer.from(signature).toString('hex')}`

const reasoningBlock = (format: Format): fc.Arbitrary<Block> =>
  fc
    .tuple(piecesOf(prose), base64Text, fc.boolean(), fc.boolean())
    .map(([said, signature, isSigned, isHidden]): Block => {
      const pieces = isHidden && isSigned && format !== 'openai-chat' ? [] : said
      const opaque = isSigned ? stateOf(format, pieces.join(''), signature) : undefined
      const opening: Opening =
        format === 'openai-responses' ? { kind: 'reasoning', id: idOf(signature) } : { kind: 'reasoning' }
      return { opening, pieces, citations: [], opaque }
    })

const textBlock: fc.Arbitrary<Block> = piecesOf(prose).map((pieces) => ({
  opening: { kind: 'text' },
  pieces,
  citations: [],
  opaque: undefined,
}))

const callBlock = (format: Format): fc.Arbitrary<Block> =>
  fc
    .tuple(
      piecesOf(fc.constantFrom(...ARGUMENTS)),
      fc.constantFrom('get_weather', 'read-file'),
      fc.option(base64Text, { nil: undefined }),
    )
    .map(
      ([pieces, name, signature]): Block => ({
        opening: { kind: 'tool-call', id: '', name, form: 'function' },
        pieces,
        citations: [],
        opaque:
          format === 'gemini' && signature !== undefined
            ? { family: 'google', kind: 'thought-signature', data: JSON.stringify({ signature, on: 'call' }) }
            : undefined,
      }),
    )

export const usage: fc.Arbitrary<Usage> = fc
  .record({
    input: fc.nat(5_000),
    cacheRead: fc.nat(900),
    cacheWrite5m: fc.nat(300),
    output: fc.nat(2_000),
    reasoning: fc.nat(2_000),
  })
  .map(({ input, cacheRead, cacheWrite5m, output, reasoning }) => ({
    ...NO_USAGE,
    input: tokens(input),
    cacheRead: tokens(cacheRead),
    cacheWrite5m: tokens(cacheWrite5m),
    output: tokens(output),
    reasoning: tokens(Math.min(output, reasoning)),
  }))

const STOPS: readonly StopReason[] = ['natural', 'natural', 'output-limit', 'filter']

/**
 * What an upstream of a format may answer: reasoning, words and calls, the calls in parallel and in pieces between each
 * other, usage and pings anywhere, a last call that the output limit may have cut.
 */
export const answerOf = (format: Format): fc.Arbitrary<Told> =>
  fc
    .record({
      groups: fc.array(
        fc.record({
          reasoning: fc.option(reasoningBlock(format), { nil: undefined }),
          text: fc.option(textBlock, { nil: undefined }),
          calls: fc.array(callBlock(format), { maxLength: 3 }),
        }),
        // One message of Chat says its reasoning, its words and its calls, each once.
        { minLength: 1, maxLength: format === 'openai-chat' ? 1 : 2 },
      ),
      usages: fc.array(usage, { minLength: 1, maxLength: 2 }),
      stop: fc.constantFrom(...STOPS),
      isCut: fc.boolean(),
      dice: fc.array(fc.nat(999), { minLength: 24, maxLength: 24 }),
      early: fc.boolean(),
    })
    .map(({ groups, usages, stop, isCut, dice, early }) => {
      let ordinal = 0
      let rolled = 0
      const roll = (sides: number): number => (dice[rolled++ % dice.length] ?? 0) % sides
      const events: AnswerEvent[] = [{ type: 'start', id: 'resp_upstream', model: 'upstream-model' }]
      const [first, last = first] = usages
      if (early && first) events.push({ type: 'usage', usage: first })
      const lastGroup = groups.findLastIndex(({ calls }) => calls.length > 0)
      for (const [index, { reasoning, text, calls }] of signedFromTheFirst(groups).entries()) {
        for (const block of [reasoning, text]) if (block) events.push(...played(block, ordinal++))
        const cuts = isCut && stop === 'output-limit' && index === lastGroup && index === groups.length - 1
        const played_ = calls.map((block, place) =>
          playedCall(block, format, ordinal++, cuts && place === calls.length - 1),
        )
        events.push(...interleaved(played_, roll))
        if (roll(4) === 0) events.push({ type: 'ping' })
      }
      if (last) events.push({ type: 'usage', usage: last })
      events.push({ type: 'stop', stop: { reason: stop } }, { type: 'end' })
      return { events }
    })

/** Gemini signs the calls of an answer from the first on: behind one without a signature stands no other with one. */
const signedFromTheFirst = <Group extends { readonly calls: readonly Block[] }>(groups: readonly Group[]) => {
  let isSigned = true
  return groups.map((group) => ({
    ...group,
    calls: group.calls.map((call): Block => {
      isSigned &&= call.opaque !== undefined
      return isSigned ? call : { ...call, opaque: undefined }
    }),
  }))
}

const played = ({ opening, pieces, opaque }: Block, key: number): readonly AnswerEvent[] => [
  { type: 'open', key, opening },
  ...pieces.map((text): AnswerEvent => ({ type: 'delta', key, text })),
  ...(opaque ? [{ type: 'opaque', key, opaque } as const] : []),
  { type: 'close', key },
]

const playedCall = (block: Block, format: Format, key: number, isCut: boolean): readonly AnswerEvent[] => {
  // Some servers of Chat make ids of the tool's name, of signs that others do not take, and look for their own.
  const id = format === 'openai-chat' && key % 2 === 0 ? `functions.f:${key}` : `call_${key}_up`
  const opening = { ...block.opening, id } as Opening
  if (!isCut) return played({ ...block, opening }, key)
  return [
    { type: 'open', key, opening },
    { type: 'delta', key, text: '{"city":"Kö' },
    { type: 'close', key, cut: true },
  ]
}

/** The events of calls that come at once, in some order that keeps each call's own, the calls opened in theirs. */
const interleaved = (
  queues: readonly (readonly AnswerEvent[])[],
  roll: (sides: number) => number,
): readonly AnswerEvent[] => {
  const rest = queues.map((queue) => [...queue])
  const out: AnswerEvent[] = []
  let opened = 0
  while (rest.some((queue) => queue.length > 0)) {
    const ready = rest.filter((queue, index) => queue.length > 0 && index <= opened)
    const queue = ready[roll(ready.length)]
    const event = queue?.shift()
    if (!event) continue
    if (event.type === 'open') opened += 1
    out.push(event)
  }
  return out
}
