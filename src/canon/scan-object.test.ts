import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import { elementsOf, scanObject } from './scan-object.ts'
import type { Scan } from './scan.ts'

const LIMITS = { depthMax: 100 }
const SEED = { seed: 20_261_121, numRuns: 1_000 }
/** Bun's own five seconds are too few for a thousand runs on a machine that is busy with something else. */
const PROPERTY_TIMEOUT_MS = 60_000
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const scanText = (text: string) => scanObject(bytesOf(text), LIMITS)

const scanned = (text: string): Scan => {
  const result = scanText(text)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const refused = (text: string): { kind: string; message: string } => {
  const result = scanText(text)
  if (result.ok) throw new Error(`accepted ${text}`)
  return result.error
}

/** Long enough to count as media. */
const BASE64 = 'iVBORw0KGgo/'.repeat(30)

describe('scanObject', () => {
  const accepted: [body: string, members: Record<string, string>][] = [
    ['{}', {}],
    [' \r\n\t{ } \n', {}],
    ['{"model":"m","stream":true}', { model: '"m"', stream: 'true' }],
    ['{ "a" : [1, {"b":"}"}] , "c":null }', { a: '[1, {"b":"}"}]', c: 'null' }],
    ['{"mod\\u0065l":"m"}', { model: '"m"' }],
    ['{"a\\"b":1,"c\\\\":2}', { 'a"b': '1', 'c\\': '2' }],
    ['{"ключ":"значение 🙂"}', { ключ: '"значение 🙂"' }],
    ['{"s":"\\\\","t":"\\\\\\"","u":"x\\\\\\\\"}', { s: '"\\\\"', t: '"\\\\\\""', u: '"x\\\\\\\\"' }],
    ['{"a":-0.5e+10,"b":0,"c":1E5,"d":-12,"e":10.25}', { a: '-0.5e+10', b: '0', c: '1E5', d: '-12', e: '10.25' }],
    ['{"":{},"x":[],"y":[[],{}]}', { '': '{}', x: '[]', y: '[[],{}]' }],
    ['{"__proto__":1,"constructor":2}', { ['__proto__']: '1', constructor: '2' }],
  ]
  for (const [body, members] of accepted) {
    test(`finds the members of ${JSON.stringify(body)} where they lie`, () => {
      const { bytes, members: found } = scanned(body)
      const slices = [...found.values()].map(({ key, valueStart, valueEnd }) => [
        key,
        textOf(bytes.subarray(valueStart, valueEnd)),
      ])
      expect(slices).toEqual(Object.entries(members))
      for (const { keyStart } of found.values()) expect(bytes[keyStart]).toBe(0x22)
    })
  }

  const malformed: [body: string, message: string | RegExp][] = [
    ['', 'the body is empty; send a JSON object'],
    [' \n', 'the body is empty; send a JSON object'],
    ['\ufeff{}', /byte order mark/],
    ['[]', "the body is not valid JSON: expected '{' (the body must be a JSON object) at byte 0, found '['"],
    ['null', /expected '\{'/],
    ['"text"', /expected '\{'/],
    ['model=m', /expected '\{'.* at byte 0, found 'm'/],
    ['{', 'the body is not valid JSON: expected a key in double quotes at byte 1, found the end of the body'],
    ['{"a"', "the body is not valid JSON: expected ':' at byte 4, found the end of the body"],
    ['{"a":', 'the body is not valid JSON: expected a JSON value at byte 5, found the end of the body'],
    ['{"a":1', "the body is not valid JSON: expected ',' or '}' at byte 6, found the end of the body"],
    ['{"a":1]', "the body is not valid JSON: expected ',' or '}' at byte 6, found ']'"],
    ['{"a":[1}', "the body is not valid JSON: expected ',' or ']' at byte 7, found '}'"],
    ['{"a":1,}', "the body is not valid JSON: expected a key in double quotes at byte 7, found '}'"],
    ['{,"a":1}', /a key in double quotes at byte 1/],
    ['{"a":[1,]}', /a JSON value at byte 8/],
    ['{"a":[,1]}', /a JSON value at byte 6/],
    ['{"a":1 "b":2}', /expected ',' or '\}' at byte 7/],
    ['{"a" 1}', /expected ':' at byte 5/],
    ['{a:1}', /a key in double quotes at byte 1, found 'a'/],
    ["{'a':1}", /a key in double quotes at byte 1/],
    ['{"a":1} x', "the body is not valid JSON: expected nothing after the object at byte 8, found 'x'"],
    ['{}{}', /nothing after the object at byte 2/],
    ['{"a":"b', 'the body is not valid JSON: the string that starts at byte 5 is never closed'],
    ['{"a":"b\\"}', /the string that starts at byte 5/],
    ['{"a', /the string that starts at byte 1/],
    ['{"a\\', /the string that starts at byte 1/],
    ['{"a\\x":1}', /a key with valid escapes at byte 1/],
    ['{"a":tru}', /a JSON value at byte 5, found 't'/],
    ['{"a":True}', /a JSON value at byte 5/],
    ['{"a":truex}', /expected ',' or '\}' at byte 9/],
    ['{"a":NaN}', /a JSON value/],
    ['{"a":undefined}', /a JSON value/],
    ['{"a":01}', /expected ',' or '\}' at byte 6, found '1'/],
    ['{"a":+1}', /a JSON value/],
    ['{"a":-}', /a JSON value/],
    ['{"a":.5}', /a JSON value/],
    ['{"a":1.}', /a JSON value/],
    ['{"a":1e}', /a JSON value/],
    ['{"a":1e+}', /a JSON value/],
    ['{"a":0x10}', /expected ',' or '\}' at byte 6/],
    ['{"a":1/*c*/}', /expected ',' or '\}' at byte 6/],
    ['{"a":\u00a01}', /found 0xc2/],
    ['{"a":\u00001}', /found 0x00/],
  ]
  for (const [body, message] of malformed) {
    test(`says what was expected, and where, in ${JSON.stringify(body)}`, () => {
      const { kind, message: said } = refused(body)
      expect(kind).toBe('invalid-json')
      if (typeof message === 'string') expect(said).toBe(message)
      else expect(said).toMatch(message)
    })
  }

  test('refuses a member sent twice, however its key is written, and names it', () => {
    for (const body of ['{"model":"a","model":"b"}', '{"model":"a","x":1,"mod\\u0065l":"b"}']) {
      expect(refused(body)).toMatchObject({
        kind: 'invalid-request',
        message: '`model` appears twice in the body; send it once',
        param: 'model',
      })
    }
    expect(scanText('{"a":{"model":1,"model":2},"model":3}').ok).toBe(true)
  })

  test('accepts the deepest nesting allowed and refuses one level more, however deep it goes', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(scanText(nested(100)).ok).toBe(true)
    expect(refused(nested(101))).toMatchObject({
      kind: 'invalid-request',
      message: expect.stringContaining('100 levels'),
    })
    expect(refused(nested(2_000_000)).kind).toBe('invalid-request')
    expect(refused('{"a":'.repeat(101)).kind).toBe('invalid-request')
  })

  test('refuses a body of nothing but members, and a key of kilobytes', () => {
    const many = `{${Array.from({ length: 1_001 }, (_, index) => `"k${index}":0`).join(',')}}`
    expect(refused(many)).toMatchObject({ kind: 'invalid-request', message: expect.stringContaining('1000') })
    expect(refused(`{"${'k'.repeat(2_000)}":0}`)).toMatchObject({ kind: 'invalid-request' })
  })

  test('leaves the content of strings to the upstream: a raw line feed or a bad escape is no business of ours', () => {
    expect(scanText('{"a":"line\nfeed","b":"\\x","c":{"\\y":1}}').ok).toBe(true)
  })

  test('reads a part of a larger buffer', () => {
    const whole = bytesOf('xx{"model":"m"}yy')
    const result = scanObject(whole.subarray(2, whole.length - 2), LIMITS)
    expect(result.ok && [...result.value.members.keys()]).toEqual(['model'])
  })
})

describe('scanObject weighs', () => {
  const weights: [what: string, value: unknown, count: number, mediaBytes: number, stored: number][] = [
    ['a base64 data URL, whatever its key', { x: `data:image/png;base64,${BASE64}` }, 1, BASE64.length + 22, 0],
    ['a data URL in a list', [`data:image/png;base64,${BASE64}`], 1, BASE64.length + 22, 0],
    ['base64 under data', { data: BASE64 }, 1, BASE64.length, 0],
    ['base64 under file_data', { file_data: BASE64 }, 1, BASE64.length, 0],
    ['base64 under b64_json', { b64_json: BASE64 }, 1, BASE64.length, 0],
    ['base64 under image_data', { image_data: BASE64 }, 1, BASE64.length, 0],
    ['base64 under any other key as text', { signature: BASE64 }, 0, 0, 0],
    ['base64 in a list under data as text', { data: [BASE64] }, 0, 0, 0],
    ['a short string under data as text', { data: 'aGVsbG8=' }, 0, 0, 0],
    ['a text document under data as text', { data: 'Once upon a time. '.repeat(50) }, 0, 0, 0],
    ['a pasted event stream as text', { content: `data: {"a":1}\n\n`.repeat(50) }, 0, 0, 0],
    ['an address of an image', { url: 'https://example.com/a.png' }, 1, 0, 0],
    ['an address in image_url', { image_url: 'http://example.com/a.png' }, 1, 0, 0],
    ['a bucket address as stored', { fileUri: 'gs://bucket/a.mp4' }, 1, 0, 1],
    ['an uploaded file as stored', { file_uri: 'https://example.com/v1beta/files/a' }, 1, 0, 1],
    ['a relative url as nothing', { url: '/a.png' }, 0, 0, 0],
    ['a file id as stored', { file_id: 'file-1' }, 1, 0, 1],
    ['a missing file id as nothing', { file_id: null, url: '' }, 0, 0, 0],
    ['a referred item as stored', { type: 'item_reference', id: 'msg_1' }, 0, 0, 1],
    ['the address of a file as stored', { type: 'input_file', file_url: 'https://example.com/a' }, 1, 0, 1],
    ['the address of a document as stored', { document_url: 'https://example.com/a' }, 1, 0, 1],
    ['the address of a file in place of its data as stored', { file_data: 'https://example.com/a' }, 1, 0, 1],
    ['a document at an address as stored', { type: 'document', source: { type: 'url', url: 'https://a' } }, 1, 0, 1],
    ['a document whose type comes last', { source: { url: 'https://a' }, type: 'document' }, 1, 0, 1],
    ['a video at an address as stored', { type: 'video_url', video_url: { url: 'https://a/b' } }, 1, 0, 1],
    ['a document in base64 by its bytes', { type: 'document', source: { data: BASE64 } }, 1, BASE64.length, 0],
    ['an image at an address', { type: 'image', source: { type: 'url', url: 'https://a' } }, 1, 0, 0],
    ['an image beside a document', [{ type: 'document' }, { type: 'image', url: 'https://a' }], 1, 0, 0],
    ['a PDF passed for an image as stored', { image_url: { url: 'HTTPS://a/b.PDF?c=d#e' } }, 1, 0, 1],
    ['an address that only mentions a PDF in its query', { url: 'https://a/b?c=d.pdf' }, 1, 0, 0],
    ['a cited PDF', { type: 'url_citation', url: 'https://a/b.pdf' }, 1, 0, 0],
    ['several of them', [{ file_id: 'a' }, { data: BASE64 }, { url: 'https://a' }], 3, BASE64.length, 1],
  ]
  for (const [what, value, mediaCount, mediaBytes, storedReferences] of weights) {
    test(what, () => {
      const body = JSON.stringify({ model: 'm', nested: [{ value }] })
      expect(scanned(body)).toMatchObject({
        mediaCount,
        mediaBytes,
        storedReferences,
        textBytes: body.length - mediaBytes,
      })
    })
  }

  test('a file id whose key is written with escapes', () => {
    expect(scanned('{"a":{"\\u0066ile\\u005Fid":"file-1"},"b":["x"]}').storedReferences).toBe(1)
  })

  test('a document whose type and address are written with escapes', () => {
    const url = '"\\u0068ttps:\\/\\/a"'
    expect(scanned(`{"x":{"type":"docum\\u0065nt","url":${url}}}`).storedReferences).toBe(1)
  })

  test('base64 whose slashes are escaped', () => {
    const body = `{"data":"${BASE64.replaceAll('/', '\\/')}"}`
    expect(scanned(body).mediaCount).toBe(1)
  })
})

describe('elementsOf', () => {
  const arrays: [array: string, elements: string[]][] = [
    ['[]', []],
    ['[ \n ]', []],
    ['[1]', ['1']],
    ['[1,2 , 3]', ['1', '2', '3']],
    ['["a,b","]\\"",[1,[2]],{"a":[",",{}]},null]', ['"a,b"', '"]\\""', '[1,[2]]', '{"a":[",",{}]}', 'null']],
  ]
  for (const [array, elements] of arrays) {
    test(`finds the elements of ${JSON.stringify(array)}`, () => {
      const scan = scanned(`{"x":0,"list": ${array} }`)
      const member = scan.members.get('list')
      if (!member) throw new Error('no list')
      expect(elementsOf(scan, member, 1)).toHaveLength(Math.min(1, elements.length))
      expect(
        elementsOf(scan, member, 100).map(({ start, end }) => textOf(scan.bytes.subarray(start, end)).trim()),
      ).toEqual(elements)
    })
  }
})

describe('scanObject agrees with JSON.parse', () => {
  const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 })
  const spaced = fc
    .tuple(objects, fc.constantFrom('', ' ', '\t', 2, 4))
    .map(([value, indent]) => JSON.stringify(value, null, indent))

  test(
    'on the members of any object',
    () => {
      fc.assert(
        fc.property(spaced, (text) => {
          const { bytes, members } = scanned(text)
          const parsed: Record<string, unknown> = JSON.parse(text)
          expect([...members.keys()].sort()).toEqual(Object.keys(parsed).sort())
          for (const { key, keyStart, valueStart, valueEnd } of members.values()) {
            expect(JSON.parse(textOf(bytes.subarray(valueStart, valueEnd)))).toEqual(parsed[key])
            expect(textOf(bytes.subarray(keyStart))).toStartWith('"')
          }
        }),
        SEED,
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  /** JSON.parse's verdict with the insides of strings taken out of it, as far as `scanObject` does not look at them. */
  const isObject = (text: string): boolean => {
    const blank = text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""')
    try {
      const value: unknown = JSON.parse(blank)
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    } catch {
      return false
    }
  }

  test(
    'on what is no object, after any cut or change, and never throws',
    () => {
      const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ 0-1.eEtfn\n\u0000x/')), {
        minLength: 1,
        maxLength: 3,
      })
      fc.assert(
        fc.property(
          spaced,
          fc.nat(),
          changes,
          fc.constantFrom('cut', 'insert', 'replace', 'drop'),
          (text, place, edits, how) => {
            let changed = how === 'cut' ? text.slice(0, place % (text.length + 1)) : text
            for (const [at, letter] of how === 'cut' ? [] : edits) {
              const index = at % (changed.length + 1)
              changed =
                changed.slice(0, index) +
                (how === 'drop' ? '' : letter) +
                changed.slice(how === 'insert' ? index : index + 1)
            }
            const result = scanText(changed)
            const verdict = isObject(changed)
            if (result.ok) expect(verdict).toBe(true)
            else if (verdict) expect(result.error.message).toMatch(/appears twice|valid escapes/)
          },
        ),
        { ...SEED, numRuns: 2_000 },
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  test(
    'and never throws on bytes that are no text at all',
    () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
          expect(scanObject(bytes, LIMITS).ok || bytes.length >= 0).toBe(true)
          expect(() =>
            scanObject(new Uint8Array([0x7b, 0x22, ...bytes, 0x22, 0x3a, ...bytes, 0x7d]), LIMITS),
          ).not.toThrow()
        }),
        SEED,
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
