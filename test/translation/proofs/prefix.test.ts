import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { writeJson } from '../../../src/canon/json-text.ts'
import { readRequest, writeRequest } from '../../../src/translation/request.ts'
import { listOf } from '../validate/shapes.ts'
import { bodyOf, CARRIERS, codecFor, type Format, operationFor, PAIRS, targetFor, trials, TIMEOUT_MS } from './lanes.ts'

type Json = Record<string, unknown>

const TURNS: Readonly<Record<Format, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
}

const isOfModel = (item: Json | undefined): boolean =>
  item?.role === 'assistant' || item?.role === 'model' || /^reasoning$|_call$/.test(String(item?.type))

/** The request as it was before each of the model's turns. */
const earlier = (client: Format, body: Json): readonly Json[] => {
  const turns = listOf(body[TURNS[client]])
  return turns.flatMap((turn, index) => {
    const isBoundary = index > 0 && isOfModel(turn) && !isOfModel(turns[index - 1])
    return isBoundary ? [{ ...body, [TURNS[client]]: turns.slice(0, index) }] : []
  })
}

/** What a prompt's cache is keyed by: tools, system prompt and turns. A mark of where to cache is not part of it. */
const cachedPart = (client: Format, upstream: Format, body: Json) => {
  const bytes = Buffer.from(writeJson(body))
  const read = readRequest(codecFor(client), bytes, operationFor(client), CARRIERS)
  if (!read.ok) throw new Error(read.error.message)
  const written = writeRequest(codecFor(upstream), read.value, targetFor(upstream, false))
  if (!written.ok) return undefined
  const sent = JSON.parse(written.value.body.toString()) as Json
  const unmarked = (value: unknown): string =>
    JSON.stringify(value, (name, member) => (name === 'cache_control' ? undefined : (member as unknown))) ?? ''
  const turns = sent[TURNS[upstream]]
  return {
    head: [sent.tools, sent.system, sent.systemInstruction, sent.instructions].map(unmarked),
    turns: Array.isArray(turns) ? turns.map(unmarked) : [unmarked(turns)],
  }
}

describe('a conversation that grew', () => {
  test.each(PAIRS)(
    'of a client of %s begins for %s as it did before',
    (client, upstream) => {
      let compared = 0
      fc.assert(
        fc.property(bodyOf[client], (body) => {
          const whole = cachedPart(client, upstream, body)
          for (const before of whole ? earlier(client, body) : []) {
            const shorter = cachedPart(client, upstream, before)
            if (!shorter || !whole) continue
            compared += 1
            expect(whole.head).toEqual(shorter.head)
            expect(whole.turns.slice(0, shorter.turns.length)).toEqual(shorter.turns)
          }
        }),
        trials(),
      )
      expect(compared).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )
})
