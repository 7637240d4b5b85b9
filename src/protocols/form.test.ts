import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import type { Envelope } from '../canon/envelope.ts'
import type { Action } from '../canon/operation.ts'
import { scanMultipart } from '../canon/scan-multipart.ts'
import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import { PROTOCOLS } from './index.ts'

const SEED = { seed: 20_261_121, numRuns: 300 }
const PROPERTY_TIMEOUT_MS = 60_000
const DIALECT = { acceptsStreamOptions: false }

type Part = readonly [name: string, value: string, fileName?: string]

const written = (parts: readonly Part[], boundary = 'x1'): string =>
  `${parts
    .map(([name, value, fileName]) => {
      const file = fileName === undefined ? '' : `; filename="${fileName}"`
      return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
    })
    .join('')}--${boundary}--\r\n`

const read = (text: string, action: Action, boundary = 'x1'): Result<Envelope, GatewayError> => {
  const format = action === 'edit-image' ? 'openai-images' : 'openai-audio'
  const scan = scanMultipart(new Uint8Array(Buffer.from(text, 'latin1')), `multipart/form-data; boundary="${boundary}"`)
  return scan.ok ? PROTOCOLS[format].readEnvelope(scan.value, { format, action }) : scan
}

const envelopeOf = (text: string, action: Action, boundary?: string): Envelope => {
  const result = read(text, action, boundary)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const sent = (envelope: Envelope, model: string): string => {
  const operation = { format: 'openai-audio', action: 'transcribe' } as const
  const body = PROTOCOLS['openai-audio'].rewrite(envelope, operation, { model, dialect: DIALECT })
  return Buffer.from(body).toString('latin1')
}

const FILE: Part = ['file', '\x00\xff', 'a.wav']
const MODEL: Part = ['model', 'm']

describe('a form', () => {
  const accepted: [what: string, parts: Part[], envelope: object][] = [
    ['its model', [FILE, MODEL], { model: 'm', stream: false, providers: [], fallbacks: [] }],
    ['a switch in any of the ways that it is written', [FILE, MODEL, ['stream', 'True']], { stream: true }],
    ['a switch that is off', [FILE, MODEL, ['stream', '0']], { stream: false }],
    [
      'its providers and fallbacks',
      [['provider', 'a'], FILE, MODEL, ['fallbacks[]', 'x'], ['fallbacks[]', 'y']],
      { providers: ['a'], fallbacks: ['x', 'y'] },
    ],
  ]
  test.each(accepted)('is read for %s', (_what, parts, envelope) => {
    expect(envelopeOf(written(parts), 'transcribe')).toMatchObject(envelope)
  })

  const refused: [parts: Part[], param: string][] = [
    [[FILE], 'model'],
    [[MODEL], 'file'],
    [[FILE, MODEL, MODEL], 'model'],
    [[FILE, ['model', 'm', 'm.txt']], 'model'],
    [[FILE, ['model', '']], 'model'],
    [[FILE, ['model', 'a\r\nb']], 'model'],
    [[FILE, ['model', '\xff\xfe']], 'model'],
    [[FILE, ['model', 'm'.repeat(5_000)]], 'model'],
    [[FILE, MODEL, ['Model', 'other']], 'Model'],
    [[FILE, MODEL, ['model[]', 'other']], 'model[]'],
    [[FILE, FILE, MODEL], 'file'],
    [[['file', '', 'a.wav'], MODEL], 'file'],
    [[['file', 'text'], MODEL], 'file'],
    [[FILE, MODEL, ['stream', 'perhaps']], 'stream'],
    [[FILE, MODEL, ['stream', 'true'], ['stream', 'false']], 'stream'],
    [[FILE, MODEL, ['provider', '']], 'provider'],
    [[FILE, MODEL, ...Array.from({ length: 17 }, (): Part => ['fallbacks', 'x'])], 'fallbacks'],
  ]
  test.each(refused)('of %j is refused, naming %s', (parts, param) => {
    const result = read(written(parts), 'transcribe')
    if (result.ok) throw new Error('accepted')
    expect([result.error.kind, result.error.param]).toEqual(['invalid-request', param])
  })

  test('for images may name them in every way that SDKs do, and its numbers are read', () => {
    const parts: Part[] = [
      ['image[]', 'a', 'a.png'],
      ['image[]', 'b', 'b.png'],
      ['mask', 'c', 'c.png'],
      MODEL,
      ['prompt', 'p'],
      ['n', '3'],
    ]
    const { choices, demand } = envelopeOf(written(parts), 'edit-image')
    expect([choices, demand?.most.units, demand?.usual.input]).toEqual([3, { images: 3 }, 3_001])
  })

  test('that names the model as the upstream does is sent as it came', () => {
    const envelope = envelopeOf(written([FILE, MODEL]), 'transcribe')
    const operation = { format: 'openai-audio', action: 'transcribe' } as const
    const body = PROTOCOLS['openai-audio'].rewrite(envelope, operation, { model: 'm', dialect: DIALECT })
    expect(body).toBe(envelope.scan.bytes)
  })
})

const content = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const parts = fc.array(fc.tuple(fc.constantFrom('prompt', 'language', 'x[y]', 'temperature', 'include[]'), content), {
  maxLength: 4,
})
const boundary = fc.stringMatching(/^[A-Za-z0-9'()+_,./:=?-]{1,70}$/)
const name = fc.stringMatching(/^[a-z0-9./-]{1,40}$/)
const own = fc.constantFrom<Part[]>(
  [],
  [['provider', 'laptop']],
  [
    ['fallbacks', 'x'],
    ['fallbacks', 'y'],
  ],
)

test(
  'of any form only the model’s name is changed, and our own fields are gone without a trace',
  () => {
    fc.assert(
      fc.property(parts, parts, own, own, boundary, name, name, (some, more, first, last, border, model, upstream) => {
        fc.pre(![...some, ...more].some(([, value]) => `\n${value}`.includes(`\n--${border}`)))
        fc.pre(first.length === 0 || last.length === 0 || first[0]?.[0] !== last[0]?.[0])
        const around = (middle: string, mine: boolean): string =>
          written([...(mine ? first : []), ...some, FILE, ['model', middle], ...more, ...(mine ? last : [])], border)
        const envelope = envelopeOf(around(model, true), 'transcribe', border)
        expect(sent(envelope, upstream)).toBe(around(upstream, false))
      }),
      SEED,
    )
  },
  PROPERTY_TIMEOUT_MS,
)
