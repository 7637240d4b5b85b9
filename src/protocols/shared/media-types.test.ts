import { describe, expect, test } from 'bun:test'
import { sniffMediaType, trueMediaType } from './media.ts'

const base64 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64')

describe('content says by its first bytes what it is', () => {
  test.each([
    ['image/png', '\x89PNG\r\n\x1a\n'],
    ['image/jpeg', '\xff\xd8\xff'],
    ['image/gif', 'GIF87a'],
    ['image/gif', 'GIF89a'],
    ['image/webp', 'RIFF1234WEBP'],
    ['audio/wav', 'RIFF1234WAVE'],
    ['application/pdf', '%PDF-'],
    ['image/bmp', 'BM1234\0\0\0\0'],
    ['image/tiff', 'II*\0'],
    ['image/tiff', 'MM\0*'],
    ['image/avif', '1234ftypavif'],
    ['image/heic', '1234ftypheic'],
    ['image/heic', '1234ftypheix'],
    ['image/heif', '1234ftypmif1'],
    ['video/quicktime', '1234ftypqt'],
    ['audio/mp4', '1234ftypM4A'],
    ['video/mp4', '1234ftypisom'],
    ['video/webm', '\x1a\x45\xdf\xa3'],
    ['audio/ogg', 'OggS\0'],
    ['audio/flac', 'fLaC'],
    ['audio/mpeg', 'ID3'],
    ['audio/mpeg', '\xff\xfb'],
    ['audio/mpeg', '\xff\xf3'],
    ['audio/mpeg', '\xff\xf2'],
    [undefined, 'BM1234abcd'],
    [undefined, 'Some text.'],
  ])('%p: %j', (mediaType, bytes) => {
    expect(sniffMediaType(base64(bytes))).toBe(mediaType)
  })
})

describe('where the bytes say nothing, the client’s word counts', () => {
  test.each([
    ['image/jpg', 'image/jpeg'],
    ['image/pjpeg', 'image/jpeg'],
    ['image/x-png', 'image/png'],
    ['audio/x-wav', 'audio/wav'],
    ['audio/wave', 'audio/wav'],
    ['audio/vnd.wave', 'audio/wav'],
    ['audio/mp3', 'audio/mpeg'],
    ['application/x-pdf', 'application/pdf'],
    ['Text/Plain; charset=utf-8', 'text/plain'],
    [undefined, 'application/octet-stream'],
  ])('%p is %s', (said, mediaType) => {
    expect(trueMediaType(said, base64('Some text.'))).toBe(mediaType)
  })
})

describe('a container holds what the client says it does, and nothing that cannot be in it', () => {
  test.each([
    ['1234ftypisom', 'audio/m4a', 'audio/m4a'],
    ['1234ftypisom', 'audio/ogg', 'video/mp4'],
    ['\x1a\x45\xdf\xa3', 'audio/webm', 'audio/webm'],
    ['\x1a\x45\xdf\xa3', 'image/png', 'video/webm'],
    ['OggS\0', 'video/ogg', 'video/ogg'],
    ['OggS\0', 'image/png', 'audio/ogg'],
  ])('%j called %s is %s', (bytes, said, mediaType) => {
    expect(trueMediaType(said, base64(bytes))).toBe(mediaType)
  })
})
