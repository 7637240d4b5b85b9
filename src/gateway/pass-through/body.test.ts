import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { modelIn, readPassBody, scanOf, smallValue, withModel } from './body.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
const form = (parts: readonly string[], end = '--B--\r\n'): string =>
  parts.map((part) => `--B\r\n${part}\r\n`).join('') + end
const field = (name: string, value: string): string => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`
const file = (name: string, content: string): string =>
  `Content-Disposition: form-data; name="${name}"; filename="x.bin"\r\nContent-Type: audio/wav\r\n\r\n${content}`
const FORM = 'multipart/form-data; boundary=B'

const read = (text: string, type: string | null = 'application/json') => {
  const body = readPassBody(bytes(text), type, 100)
  if (!body.ok) throw new Error(body.error.message)
  return body.value
}

describe('a body that is passed through', () => {
  test('names its model as a member or as a field', () => {
    expect(modelIn(read('{"input":[1],"model":"m-1"}'))).toEqual({ ok: true, value: 'm-1' })
    expect(modelIn(read(form([file('file', '\0\r\n--b'), field('model', 'm-2')]), FORM))).toEqual({
      ok: true,
      value: 'm-2',
    })
    expect(modelIn(read('{"input":1}'))).toEqual({ ok: true, value: undefined })
    expect(modelIn(read('[{"model":"x"}]'))).toEqual({ ok: true, value: undefined })
    expect(modelIn(read('\0\u0001', 'audio/wav'))).toEqual({ ok: true, value: undefined })
    expect(modelIn(read('', null))).toEqual({ ok: true, value: undefined })
  })

  test.each([
    ['{"model":"a","Model":"b"}', 'application/json'],
    ['{"MODEL":"b"}', 'application/json'],
    ['{"model":["a"]}', 'application/json'],
    ['{"model":""}', 'application/json'],
    ['{"model":"a","models":["b"]}', 'application/json'],
    [form([field('model', 'a'), field('model', 'b')]), FORM],
    [form([field('model', 'a\r\nb')]), FORM],
    [form([file('model', 'a')]), FORM],
    [form([field('models[]', 'a')]), FORM],
  ])('%p is refused: readers could find another model', (text, type) => {
    expect(modelIn(read(text, type)).ok).toBe(false)
  })

  test.each([
    ['{"a":1,"a":2}', 'application/json'],
    ['{', 'application/json; charset=utf-8'],
    ['nonsense', null],
    ['x', 'application/vnd.api+json'],
    ['nonsense', FORM],
    [form([field('a', 'b')], ''), FORM],
    [form([field('a', 'b')], '--B--\r\n--B\r\n'), FORM],
    [`preamble\r\n${form([field('a', 'b')])}`, FORM],
    [form(['X: y\r\n\r\nno name']), FORM],
    [form(['Content-Disposition: form-data; name=model\r\n\r\nx']), FORM],
    [form(['Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nx']), FORM],
    [form([field('a', 'b')]), 'multipart/form-data'],
    [form([field('a', 'b')]), 'multipart/form-data; boundary=B; boundary=C'],
    [form([field('a', 'b')]), 'multipart/form-data; boundary=C'],
  ])('%p as %p is refused', (text, type) => {
    expect(readPassBody(bytes(text), type, 100).ok).toBe(false)
  })

  test('keeps every byte but those of the model it names', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 20 }), (content, name) => {
        const binary = Buffer.from(content).toString('latin1')
        const written = form([field('prompt', 'é'), field('model', 'alias'), file('image', binary)])
        const expected = Buffer.concat([
          Buffer.from(form([field('prompt', 'é')], `--B\r\n${field('model', '')}`), 'latin1'),
          Buffer.from(name.toWellFormed()),
          Buffer.from(form([file('image', binary)], '--B--\r\n').replace(/^/, '\r\n'), 'latin1'),
        ])
        expect(Buffer.from(withModel(read(written, FORM), name.toWellFormed()) ?? [])).toEqual(expected)
      }),
      { seed: 3, numRuns: 200 },
    )
    const json = read('{ "a" : [1.0e5,"\\u00e9"], "model" : "alias" , "z":{} }')
    expect(Buffer.from(withModel(json, 'real"') ?? []).toString()).toBe(
      '{ "a" : [1.0e5,"\\u00e9"], "model" : "real\\"" , "z":{} }',
    )
    const other = bytes('abc')
    expect(withModel({ kind: 'other', bytes: other }, 'real')).toBe(other)
  })

  test('is measured: files are media, the rest is text', () => {
    expect(scanOf(read(form([file('f', 'x'.repeat(300))]), FORM))).toMatchObject({ mediaCount: 1, mediaBytes: 400 })
    expect(scanOf(read('x'.repeat(300), 'audio/wav'))).toMatchObject({ mediaCount: 1, mediaBytes: 400, textBytes: 0 })
    expect(scanOf(read('', null))).toMatchObject({ mediaCount: 0, textBytes: 0 })
    expect(smallValue(read('{"n":3}'), 'n')).toBe(3)
    expect(smallValue(read(form([field('n', '3')]), FORM), 'n')).toBe('3')
  })
})
