import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import { type FormPart, isMultipart, scanMultipart } from './scan-multipart.ts'
import type { Scan } from './scan.ts'
import { applySplices } from './splice.ts'

const SEED = { seed: 20_261_121, numRuns: 500 }
const PROPERTY_TIMEOUT_MS = 60_000
const TYPE = 'multipart/form-data; boundary=x1'

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
const scan = (text: string, type = TYPE): Result<Scan, GatewayError> => scanMultipart(bytesOf(text), type)
const partsOf = (result: Result<Scan, GatewayError>): readonly FormPart[] => {
  if (!result.ok) throw new Error(result.error.message)
  return result.value.form ?? []
}

const field = (name: string, value: string, more = ''): string =>
  `--x1\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
const END = '--x1--\r\n'

describe('a form', () => {
  test('is found part by part: names, file names, and where their contents lie', () => {
    const text = `${field('model', 'm')}${field('file', 'a\r\nb\x00\xff', '; filename="é ;.wav"')}${field('x', '')}${END}`
    const result = scan(text)
    expect(partsOf(result).map(({ name, fileName }) => [name, fileName])).toEqual([
      ['model', undefined],
      ['file', Buffer.from('é ;.wav', 'latin1').toString()],
      ['x', undefined],
    ])
    expect(partsOf(result).map(({ valueStart, valueEnd }) => text.slice(valueStart, valueEnd))).toEqual([
      'm',
      'a\r\nb\x00\xff',
      '',
    ])
    expect(
      partsOf(result)
        .map(({ start, end }) => text.slice(start, end))
        .join('') + END,
    ).toBe(text)
    expect(result).toMatchObject({ ok: true, value: { textBytes: 1, mediaCount: 1, mediaBytes: 8 } })
  })

  const accepted: [what: string, text: string, type: string][] = [
    ['with a quoted boundary', `${field('a', 'b')}${END}`, 'multipart/form-data; boundary="x1"'],
    ['whose type has other parameters', `${field('a', 'b')}${END}`, 'Multipart/Form-Data;charset=utf-8;boundary=x1'],
    ['with an empty line above it', `\r\n${field('a', 'b')}${END}`, TYPE],
    ['that ends without a line end', `${field('a', 'b')}--x1--`, TYPE],
    ['whose name is a plain word', '--x1\r\ncontent-disposition:form-data;name=a\r\n\r\nb\r\n--x1--', TYPE],
    [
      'with other headers in its parts',
      '--x1\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x1--',
      TYPE,
    ],
    ['with its boundary inside a line', `${field('a', 'see --x1 there')}${END}`, TYPE],
  ]
  test.each(accepted)('%s is read', (_what, text, type) => {
    expect(isMultipart(type)).toBe(true)
    expect(partsOf(scan(text, type)).map(({ name }) => name)).toEqual(['a'])
  })

  const refused: [what: string, text: string, param: string, type?: string][] = [
    ['without a boundary', field('a', 'b') + END, 'content-type', 'multipart/form-data'],
    ['with two boundaries', field('a', 'b') + END, 'content-type', `${TYPE}; boundary=x2`],
    ['with a boundary of odd signs', field('a', 'b') + END, 'content-type', 'multipart/form-data; boundary="x 1"'],
    ['with a long boundary', field('a', 'b') + END, 'content-type', `multipart/form-data; boundary=${'x'.repeat(71)}`],
    ['that is empty', '', 'body'],
    ['without parts', '--x1--\r\n', 'model'],
    ['of another boundary', field('a', 'b') + END, 'body', 'multipart/form-data; boundary=x2'],
    ['that begins with something else', `hello\r\n${field('a', 'b')}${END}`, 'body'],
    ['that goes on behind its end', `${field('a', 'b')}${END}more`, 'body'],
    [
      'that is cut off in a file',
      field('model', 'm') + '--x1\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc',
      'file',
    ],
    ['that is cut off in a head', '--x1\r\nContent-Dispo', 'body'],
    ['with line feeds alone', '--x1\nContent-Disposition: form-data; name="a"\n\nb\n--x1--\n', 'body'],
    [
      'with a delimiter behind a line feed alone',
      '--x1\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\n--x1--\r\n',
      'body',
    ],
    ['with its boundary at the beginning of a line', field('a', 'b\r\n--x1y') + END, 'body'],
    ['of a part without a head', '--x1\r\n\r\nb\r\n--x1--', 'body'],
    ['of a part without a blank line', '--x1\r\nContent-Disposition: form-data; name="a"\r\n--x1--', 'body'],
    ['of a part without a name', '--x1\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x1--', 'body'],
    ['of a part with an empty name', field('', 'b') + END, 'body'],
    ['of a part with two names', field('a', 'b', '; name="c"') + END, 'a'],
    ['of a part with another name for other readers', field('a', 'b', "; name*=utf-8''model") + END, 'a'],
    ['of a name with an escape', field('mod\\el', 'b') + END, 'body'],
    ['of a name with a code', field('mode%6c', 'b') + END, 'body'],
    ['of a folded header', '--x1\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\nb\r\n--x1--', 'a'],
    [
      'of a part that is encoded',
      '--x1\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name="a"\r\n\r\nbQ==\r\n--x1--',
      'a',
    ],
    [
      'of a part with two dispositions',
      '--x1\r\nContent-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"\r\n\r\nb\r\n--x1--',
      'a',
    ],
    ['of more parts than anybody sends', field('a', 'b').repeat(257) + END, 'body'],
    [
      'of a head without end',
      `--x1\r\nContent-Disposition: form-data; name="a"\r\nX: ${'x'.repeat(9_000)}\r\n\r\nb\r\n--x1--`,
      'body',
    ],
  ]
  test.each(refused)('%s is refused, and the message names what is wrong', (_what, text, param, type = TYPE) => {
    const result = scan(text, type)
    if (result.ok) throw new Error('accepted')
    const { error } = result
    expect([error.kind, error.param, typeof error.issue]).toEqual(['invalid-request', param, 'string'])
  })
})

/** Bytes as a string of code units: what a file can hold. */
const content = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const boundaries = fc.stringMatching(/^[A-Za-z0-9'()+_,./:=?-]{1,70}$/)
const names = fc.stringMatching(/^[a-z_[\]]{1,20}$/).filter((name) => name !== 'model')

const forms = fc.record({
  boundary: boundaries,
  before: fc.array(fc.tuple(names, content, fc.boolean()), { maxLength: 4 }),
  after: fc.array(fc.tuple(names, content, fc.boolean()), { maxLength: 4 }),
  model: fc.stringMatching(/^[a-z0-9./-]{1,40}$/),
  other: fc.stringMatching(/^[a-z0-9./-]{1,40}$/),
  close: fc.constantFrom('', '\r\n'),
})

type Form = Parameters<Parameters<typeof forms.map>[0]>[0]

const writtenWith = ({ boundary, before, after, close }: Form, model: string): string => {
  const part = (name: string, value: string, isFile: boolean): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${isFile ? '; filename="f"' : ''}\r\n\r\n${value}\r\n`
  const all = [...before, ['model', model, false] as const, ...after]
  return `${all.map(([name, value, isFile]) => part(name, value, isFile)).join('')}--${boundary}--${close}`
}

const isAmbiguous = ({ boundary, before, after }: Form): boolean =>
  [...before, ...after].some(([, value]) => `\n${value}`.includes(`\n--${boundary}`))

describe('whatever is in it', () => {
  test(
    'a form with another model’s name is the same bytes but for that name',
    () => {
      fc.assert(
        fc.property(forms, (form) => {
          fc.pre(!isAmbiguous(form))
          const type = `multipart/form-data; boundary="${form.boundary}"`
          const body = bytesOf(writtenWith(form, form.model))
          const scanned = scanMultipart(body, type)
          const parts = partsOf(scanned)
          const [model] = parts.filter(({ name }) => name === 'model')
          if (!model) throw new Error('the model is not found')
          const spliced = applySplices(body, [{ start: model.valueStart, end: model.valueEnd, text: form.other }])
          expect(Buffer.from(spliced).toString('latin1')).toBe(writtenWith(form, form.other))
          expect(parts.map(({ name }) => name)).toEqual(
            [...form.before, ['model'], ...form.after].map(([name]) => name),
          )
        }),
        SEED,
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  test(
    'a form that is cut off anywhere before its closing boundary is refused, and nothing is thrown',
    () => {
      fc.assert(
        fc.property(forms, fc.double({ min: 0, max: 1, noNaN: true }), (form, share) => {
          const text = writtenWith(form, form.model)
          const end = text.length - form.close.length
          const cut = scanMultipart(
            bytesOf(text.slice(0, Math.min(Math.floor(share * end), end - 1))),
            `multipart/form-data; boundary="${form.boundary}"`,
          )
          expect(cut.ok).toBe(false)
        }),
        SEED,
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  test(
    'a body of any bytes is read or refused, never thrown at',
    () => {
      const pieces = fc.array(
        fc.constantFrom(
          '--x1',
          '--x1--',
          '\r\n',
          '\n',
          '\r',
          'Content-Disposition: form-data; name="model"',
          ': ',
          '"',
          '\\',
          'a',
          '\x00',
          '\xff',
        ),
      )
      fc.assert(
        fc.property(pieces, (some) => {
          const result = scan(some.join(''))
          if (result.ok)
            for (const { valueStart, valueEnd } of result.value.form ?? [])
              expect(valueEnd).toBeGreaterThanOrEqual(valueStart)
        }),
        SEED,
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
