import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { dataUrl, readDataUrl, sniffMediaType, standardBase64, trueMediaType } from './media.ts'

const base64 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('base64')
const PNG = base64('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')
const JPEG = base64('\xff\xd8\xff\xe0\0\x10JFIF')

describe('readDataUrl', () => {
  const rows: readonly (readonly [title: string, url: string, mediaType: string, data: string])[] = [
    ['53 believes the bytes and not the name', `data:image/png;base64,${JPEG}`, 'image/jpeg', JPEG],
    ['53 reads image/jpg as image/jpeg', `data:image/jpg;base64,${JPEG}`, 'image/jpeg', JPEG],
    ['53 finds the type of a URL without one', `data:;base64,${PNG}`, 'image/png', PNG],
    ['54 skips parameters', `data:image/png;charset=x;base64,${PNG}`, 'image/png', PNG],
    ['54 reads any case', `DATA:IMAGE/PNG;BASE64,${PNG}`, 'image/png', PNG],
    ['54 reads percent-encoded content', 'data:text/plain,a%20b%C3%A9', 'text/plain', base64('a b\xc3\xa9')],
    ['54 skips line breaks', `data:image/png;base64,\n${PNG.slice(0, 9)}\r\n ${PNG.slice(9)}\n`, 'image/png', PNG],
    ['54 reads the URL-safe alphabet', 'data:application/x;base64,-_-_', 'application/x', '+/+/'],
    ['54 adds missing padding', 'data:text/x;base64,YQ', 'text/x', 'YQ=='],
    ['54 reads percent-encoded base64', 'data:text/x;base64,YQ%3D%3D', 'text/x', 'YQ=='],
    ['54 keeps commas of the content', 'data:text/csv,a,b', 'text/csv', base64('a,b')],
    ['55 claims no type it does not know', 'data:;base64,YWJj', 'application/octet-stream', 'YWJj'],
    ['reads a URL without anything as text', 'data:,', 'text/plain', ''],
  ]
  test.each(rows)('%s', (_, url, mediaType, data) => {
    expect(readDataUrl(url)).toEqual({ mediaType, data })
  })

  test.each([
    'https://a/b,c',
    'data:image/png;base64',
    'data:x;base64,!!!!',
    'data:x;base64,abcde',
    '',
    'data',
    ',data:',
  ])('refuses %p', (url) => {
    expect(readDataUrl(url)).toBeUndefined()
  })

  test('any bytes come back from the URL made of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const data = Buffer.from(bytes).toString('base64')
        expect(readDataUrl(dataUrl('application/x-test', data))?.data).toBe(data)
        expect(standardBase64(Buffer.from(bytes).toString('base64url'))).toBe(data)
      }),
      { seed: 54, numRuns: 300 },
    )
  })

  test('no text makes it fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readDataUrl(`data:${text}`)
        sniffMediaType(text)
      }),
      { seed: 54, numRuns: 500 },
    )
  })
})

describe('sniffMediaType', () => {
  const rows: readonly (readonly [mediaType: string | undefined, bytes: string])[] = [
    ['image/png', '\x89PNG\r\n\x1a\n'],
    ['image/jpeg', '\xff\xd8\xff\xdb'],
    ['image/gif', 'GIF89a'],
    ['image/webp', 'RIFF\x10\0\0\0WEBPVP8 '],
    ['audio/wav', 'RIFF\x10\0\0\0WAVEfmt '],
    ['application/pdf', '%PDF-1.7'],
    ['image/heic', '\0\0\0\x18ftypheic'],
    ['video/mp4', '\0\0\0\x18ftypisom'],
    ['audio/mpeg', 'ID3\x04'],
    [undefined, 'RIFF\x10\0\0\0AVI '],
    [undefined, 'plain text'],
    [undefined, ''],
  ]
  test.each(rows)('says %p', (mediaType, bytes) => {
    expect(sniffMediaType(base64(bytes))).toBe(mediaType as string)
  })

  test('a container that may hold sound or pictures is what the client says', () => {
    const mp4 = base64('\0\0\0\x18ftypisom')
    expect([trueMediaType('audio/mp4', mp4), trueMediaType('image/png', mp4)]).toEqual(['audio/mp4', 'video/mp4'])
    expect(trueMediaType('text/plain; charset=utf-8', base64('hello'))).toBe('text/plain')
  })
})
