import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import type { Envelope } from '../canon/envelope.ts'
import type { Operation, WireFormat } from '../canon/operation.ts'
import type { Protocol } from '../canon/protocol.ts'
import { scanObject } from '../canon/scan-object.ts'
import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import * as anthropicMessages from './anthropic-messages/request.ts'
import * as gemini from './gemini/request.ts'
import * as openaiAudio from './openai-audio/request.ts'
import * as openaiChat from './openai-chat/request.ts'
import * as openaiCompletions from './openai-completions/request.ts'
import * as openaiEmbeddings from './openai-embeddings/request.ts'
import * as openaiImages from './openai-images/request.ts'
import * as openaiModerations from './openai-moderations/request.ts'
import * as openaiResponses from './openai-responses/request.ts'
import * as rerank from './rerank/request.ts'

type RequestSide = Pick<Protocol, 'readEnvelope' | 'rewrite' | 'upstreamPath'>

/** The least each format takes, so that the tables below hold for all of them. */
const FORMATS: Readonly<
  Record<WireFormat, { side: RequestSide; least: Readonly<Record<string, unknown>>; operation: Operation }>
> = {
  'openai-chat': {
    side: openaiChat,
    least: { model: 'm', messages: [] },
    operation: { format: 'openai-chat', action: 'generate' },
  },
  'openai-responses': {
    side: openaiResponses,
    least: { model: 'm', input: 'hi' },
    operation: { format: 'openai-responses', action: 'generate' },
  },
  'anthropic-messages': {
    side: anthropicMessages,
    least: { model: 'm', max_tokens: 5, messages: [] },
    operation: { format: 'anthropic-messages', action: 'generate' },
  },
  gemini: {
    side: gemini,
    least: { contents: [] },
    operation: { format: 'gemini', action: 'generate', pathModel: 'm' },
  },
  'openai-completions': {
    side: openaiCompletions,
    least: { model: 'm', prompt: 'hi' },
    operation: { format: 'openai-completions', action: 'generate' },
  },
  'openai-embeddings': {
    side: openaiEmbeddings,
    least: { model: 'm', input: 'hi' },
    operation: { format: 'openai-embeddings', action: 'embed' },
  },
  'openai-images': {
    side: openaiImages,
    least: { model: 'm', prompt: 'a buoy' },
    operation: { format: 'openai-images', action: 'generate-image' },
  },
  'openai-audio': {
    side: openaiAudio,
    least: { model: 'm', input: 'hi', voice: 'alloy' },
    operation: { format: 'openai-audio', action: 'speak' },
  },
  'openai-moderations': {
    side: openaiModerations,
    least: { model: 'm', input: 'hi' },
    operation: { format: 'openai-moderations', action: 'moderate' },
  },
  rerank: {
    side: rerank,
    least: { model: 'm', query: 'hi', documents: ['a', 'b'] },
    operation: { format: 'rerank', action: 'rerank' },
  },
}

const ASKED_NOTHING = { model: 'm', dialect: { acceptsStreamOptions: false } }

for (const [format, { side, least, operation }] of Object.entries(FORMATS)) {
  const read = (body: string): Result<Envelope, GatewayError> => {
    const scan = scanObject(new TextEncoder().encode(body), { depthMax: 100 })
    return scan.ok ? side.readEnvelope(scan.value, operation) : scan
  }
  const envelope = (body: string): Envelope => {
    const result = read(body)
    if (!result.ok) throw new Error(result.error.message)
    return result.value
  }
  const fault = (more: Record<string, unknown>): GatewayError => {
    const result = read(JSON.stringify({ ...least, ...more }))
    if (result.ok) throw new Error('accepted')
    return result.error
  }
  const rewritten = (body: string, model = 'm'): string =>
    new TextDecoder().decode(side.rewrite(envelope(body), operation, { ...ASKED_NOTHING, model }))

  describe(`${format}: every request`, () => {
    test('goes out as the very same bytes when nothing in it concerns Tollgate', () => {
      const strange = ` {"unknown" : [1.0, "\\u00e9"],\n ${JSON.stringify(least).slice(1)} `
      const read = envelope(strange)
      expect(side.rewrite(read, operation, ASKED_NOTHING)).toBe(read.scan.bytes)
    })

    test('may name providers and fallbacks, which are read and do not leave', () => {
      const own: [more: Record<string, unknown>, providers: string[], fallbacks: string[]][] = [
        [{ provider: 'laptop' }, ['laptop'], []],
        [{ provider: ['a', 'b'], fallbacks: ['x', 'y'] }, ['a', 'b'], ['x', 'y']],
        [{ provider: [], fallbacks: [] }, [], []],
        [{ provider: null, fallbacks: null }, [], []],
      ]
      for (const [more, providers, fallbacks] of own) {
        for (const body of [
          { ...least, ...more },
          { ...more, ...least },
        ]) {
          expect(envelope(JSON.stringify(body))).toMatchObject({ providers, fallbacks })
          expect(rewritten(JSON.stringify(body))).toBe(JSON.stringify(least))
        }
      }
    })

    test('may carry an object under provider, which is the upstream’s own and goes there untouched', () => {
      const body = JSON.stringify({ ...least, provider: { order: ['a'], model: 'z' } })
      expect(envelope(body).providers).toEqual([])
      expect(rewritten(body)).toBe(body)
    })

    test('is refused with the field’s name when the type of one of ours is wrong', () => {
      const wrong: [field: string, value: unknown][] = [
        ['provider', 1],
        ['provider', ''],
        ['provider', true],
        ['provider', [1]],
        ['provider', ['a', '']],
        ['provider', 'a\u0000b'],
        ['provider', Array.from({ length: 17 }, () => 'a')],
        ['provider', 'a'.repeat(40_000)],
        ['fallbacks', 'default'],
        ['fallbacks', [{ model: 'x' }]],
        ['fallbacks', {}],
        ['fallbacks', Array.from({ length: 17 }, () => 'a')],
      ]
      for (const [field, value] of wrong) {
        const error = fault({ [field]: value })
        expect(error).toMatchObject({
          kind: 'invalid-request',
          param: field,
          issue: expect.stringContaining('must be'),
        })
        expect(error.message).toContain(`\`${field}\``)
      }
    })

    test('that names an uploaded file refers to what is stored', () => {
      expect(envelope(JSON.stringify(least)).refersToStored).toBe(false)
      expect(envelope(JSON.stringify({ ...least, x: [{ file: { file_id: 'f' } }] })).refersToStored).toBe(true)
    })

    if (format === 'gemini') return

    test('names its model in the body, which is the one thing replaced', () => {
      const body = ` ${JSON.stringify({ z: 1.5, ...least, y: [] }, null, 1)}`
      expect(rewritten(body, 'vendor/"n"')).toBe(body.replace('"model": "m"', '"model": "vendor/\\"n\\""'))
      expect(envelope(body.replace('"m"', '"\\u006d"')).model).toBe('m')
    })

    test('is refused when it names no model a model could have', () => {
      for (const model of [
        undefined,
        null,
        '',
        5,
        true,
        ['m'],
        {},
        'a\u0000b',
        'a\nb',
        '\u007f',
        '\ud800',
        'm'.repeat(257),
        'm'.repeat(99_999),
      ]) {
        // Moderations have a model of the format's own where a body names none.
        if (model === undefined && format === 'openai-moderations') continue
        expect(fault({ model })).toMatchObject({ kind: 'invalid-request', param: 'model' })
      }
      expect(read(JSON.stringify(least).replace('"m"', '"\\x"'))).toMatchObject({
        ok: false,
        error: { param: 'model' },
      })
      expect(read(JSON.stringify({ ...least, Model: 'other' }))).toMatchObject({ ok: false, error: { param: 'Model' } })
      expect(envelope(JSON.stringify({ ...least, model: 'm'.repeat(256) })).model).toHaveLength(256)
    })
  })
}

/** Bun's own five seconds are too few for thousands of runs on a machine that is busy with something else. */
const PROPERTY_TIMEOUT_MS = 60_000

test(
  'no body whatever makes a reader throw, and an accepted one is rewritten to an object',
  () => {
    const keys = fc.constantFrom(
      'model',
      'messages',
      'input',
      'prompt',
      'contents',
      'stream',
      'stream_options',
      'max_tokens',
      'n',
      'best_of',
      'provider',
      'fallbacks',
      'thread',
      'container',
      'generationConfig',
      'generateContentRequest',
      'requests',
      'content',
      'conversation',
    )
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('m', [], {}, { model: 'models/x' }, [{ model: 'a' }], null, true),
    )
    const bodies = fc.dictionary(keys, values, { maxKeys: 8 })
    const actions = fc.constantFrom('generate', 'count-tokens', 'embed', 'embed-batch')
    let accepted = 0
    fc.assert(
      fc.property(
        bodies,
        actions,
        fc.constantFrom(...Object.values(FORMATS)),
        (body, action, { side, least, operation }) => {
          const scan = scanObject(new TextEncoder().encode(JSON.stringify({ ...least, ...body })), { depthMax: 100 })
          if (!scan.ok) throw new Error(scan.error.message)
          const result = side.readEnvelope(scan.value, { ...operation, action })
          if (!result.ok) return expect(result.error.param).toBeString()
          accepted++
          const sent = side.rewrite(
            result.value,
            { ...operation, action },
            { model: 'n', dialect: { acceptsStreamOptions: true } },
          )
          expect(scanObject(sent, { depthMax: 100 }).ok).toBe(true)
        },
      ),
      { seed: 20_261_121, numRuns: 2_000 },
    )
    expect(accepted).toBeGreaterThan(100)
  },
  PROPERTY_TIMEOUT_MS,
)
