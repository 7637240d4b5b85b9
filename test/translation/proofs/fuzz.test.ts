import { describe, test } from 'bun:test'
import fc from 'fast-check'
import type { AnswerEvent } from '../../../src/canon/answer.ts'
import type { JsonObject } from '../../../src/canon/codec.ts'
import { collect } from '../../../src/canon/collect.ts'
import { writeJson } from '../../../src/canon/json-text.ts'
import { createStreamTranslation, translateAnswer } from '../../../src/translation/answer.ts'
import { isObject } from '../validate/shapes.ts'
import { answerOf } from './arbitraries-answers.ts'
import {
  bodyOf,
  CARRIERS,
  codecFor,
  FORMATS,
  type Format,
  operationFor,
  targetFor,
  trials,
  wire,
  TIMEOUT_MS,
} from './lanes.ts'
import { chunksOf, laneOf, streamed, whole } from './streams.ts'

/** JSON of any kind: of the wrong type, the wrong depth, with names that mean something to an engine. */
const anyJson = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 1e308, '', 'text', 'tg1.a.b.c.d', [], {}, [[]], [null], { type: 'text' }),
  fc.constant<unknown>(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": null}')),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
)

interface Wound {
  readonly path: readonly number[]
  readonly value: unknown
  readonly kind: 'replace' | 'remove' | 'repeat'
}

const wounds: fc.Arbitrary<readonly Wound[]> = fc.array(
  fc.record({
    path: fc.array(fc.nat(7), { minLength: 1, maxLength: 6 }),
    value: anyJson,
    kind: fc.constantFrom('replace', 'replace', 'remove', 'repeat'),
  }),
  { minLength: 1, maxLength: 4 },
)

/** A value with something wrong somewhere inside. */
const wounded = (value: unknown, { path, value: other, kind }: Wound): unknown => {
  const [step = 0, ...rest] = path
  if (Array.isArray(value)) {
    if (value.length === 0) return other
    const at = step % value.length
    if (rest.length > 0) return value.with(at, wounded(value[at], { path: rest, value: other, kind }))
    if (kind === 'remove') return value.toSpliced(at, 1)
    return kind === 'repeat' ? [...value, value[at]] : value.with(at, other)
  }
  if (!isObject(value)) return other
  const names = Object.keys(value)
  const name = names[step % Math.max(1, names.length)]
  if (name === undefined) return other
  if (rest.length > 0) return { ...value, [name]: wounded(value[name], { path: rest, value: other, kind }) }
  if (kind === 'remove') return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
  return { ...value, [name]: other }
}

const broken = (value: unknown, all: readonly Wound[]): JsonObject => {
  const result = all.reduce(wounded, value)
  return wire(isObject(result) ? result : { result })
}

describe('nothing throws', () => {
  test.each(FORMATS)(
    'on a request of %s with anything wrong in it, nor where it is written',
    (client) => {
      fc.assert(
        fc.property(bodyOf[client], wounds, (value, all) => {
          const parsed = codecFor(client).parseRequest(broken(value, all), operationFor(client), CARRIERS)
          if (!parsed.ok) return
          for (const upstream of FORMATS) {
            const rendered = codecFor(upstream).renderRequest(parsed.value.conversation, targetFor(upstream, true))
            if (rendered.ok) writeJson(rendered.value.body)
          }
        }),
        trials(3),
      )
    },
    TIMEOUT_MS,
  )

  test.each(FORMATS)(
    'on any JSON as a request of %s',
    (client) => {
      fc.assert(
        fc.property(fc.object({ maxDepth: 3 }), (value) => {
          codecFor(client).parseRequest(wire(JSON.parse(JSON.stringify(value))), operationFor(client), CARRIERS)
        }),
        trials(3),
      )
    },
    TIMEOUT_MS,
  )

  test.each(FORMATS)(
    'on an answer of %s with anything wrong in it, nor where it is written',
    (upstream) => {
      fc.assert(
        fc.property(answerOf(upstream), wounds, ({ events }, all) => {
          const body = broken(JSON.parse(whole(upstream, events).toString()), all)
          for (const client of FORMATS) translateAnswer(laneOf(upstream, client), Buffer.from(writeJson(body)))
        }),
        trials(3),
      )
    },
    TIMEOUT_MS,
  )

  test.each(FORMATS)(
    'on a stream of %s with anything wrong in its events, nor where it is written',
    (upstream) => {
      fc.assert(
        fc.property(
          answerOf(upstream),
          wounds,
          fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
          ({ events }, all, places) => {
            const text = brokenStream(streamed(upstream, events).toString(), all, places)
            for (const client of FORMATS) {
              const translation = createStreamTranslation(laneOf(upstream, client), 1_048_576)
              for (const chunk of chunksOf(Buffer.from(text), 512)) translation.push(chunk)
              translation.end()
            }
          },
        ),
        trials(3),
      )
    },
    TIMEOUT_MS,
  )

  test.each(FORMATS)(
    'on bytes that are no stream of %s at all',
    (upstream) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          for (const client of FORMATS) {
            const translation = createStreamTranslation(laneOf(upstream, client), 1_024)
            translation.push(bytes)
            translation.end()
          }
        }),
        trials(2),
      )
    },
    TIMEOUT_MS,
  )

  test.each(FORMATS)(
    'on events in any order, where they are written for a client of %s',
    (client: Format) => {
      fc.assert(
        fc.property(answerOf(client), fc.array(fc.nat(99), { maxLength: 20 }), ({ events }, dice) => {
          const shuffled = dice.reduce<readonly AnswerEvent[]>(
            (all, roll) =>
              [...all.slice(roll % all.length), ...all.slice(0, roll % all.length)].toSpliced(roll % 5, roll % 2),
            events,
          )
          streamed(client, shuffled)
          codecFor(client).renderResponse(collect(shuffled), laneOf(client, client).reversal)
        }),
        trials(3),
      )
    },
    TIMEOUT_MS,
  )
})

const brokenStream = (text: string, all: readonly Wound[], places: readonly number[]): string => {
  const blocks = text.split(/\r?\n\r?\n/)
  const chosen = new Set(places.map((place) => place % blocks.length))
  return blocks
    .map((block, index) => {
      const at = block.indexOf('data: {')
      if (!chosen.has(index) || at === -1) return block
      return `${block.slice(0, at)}data: ${writeJson(broken(JSON.parse(block.slice(at + 6)), all))}`
    })
    .join('\n\n')
}
