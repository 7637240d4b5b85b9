import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import { audioSeconds } from './audio-length.ts'

const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
const text = (letters: string): number[] => [...Buffer.from(letters, 'latin1')]
const little = (value: number): number[] => u32(value).reverse()
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0)

const wav = (bytesPerSecond: number, data: number, said = data): number[] => [
  ...text('RIFF'),
  ...little(36 + data),
  ...text('WAVE'),
  ...text('LIST'),
  ...little(3),
  ...zeros(4),
  ...text('fmt '),
  ...little(16),
  1,
  0,
  1,
  0,
  ...little(8_000),
  ...little(bytesPerSecond),
  2,
  0,
  16,
  0,
  ...text('data'),
  ...little(said),
  ...zeros(data),
]
const flac = (rate: number, samples: number): number[] => [
  ...text('fLaC'),
  0,
  0,
  0,
  34,
  ...zeros(10),
  (rate >> 12) & 255,
  (rate >> 4) & 255,
  (rate & 15) << 4,
  0,
  ...u32(samples),
  ...zeros(16),
]
const page = (position: number, body: number[]): number[] => [
  ...text('OggS'),
  0,
  0,
  ...little(position),
  ...zeros(4),
  ...zeros(13),
  ...body,
]
const opus = (samples: number): number[] => [...page(0, text('OpusHead')), ...page(samples, zeros(9))]
const vorbis = (rate: number, samples: number): number[] => [
  ...page(0, [...text('\x01vorbis'), ...zeros(5), ...little(rate)]),
  ...page(samples, zeros(9)),
]
const box = (name: string, body: number[]): number[] => [...u32(8 + body.length), ...text(name), ...body]
const mp4 = (scale: number, length: number): number[] => [
  ...box('ftyp', text('M4A ')),
  ...box('free', zeros(5)),
  ...box('moov', [
    ...box('udta', zeros(3)),
    ...box('mvhd', [...u32(0), ...u32(0), ...u32(0), ...u32(scale), ...u32(length)]),
  ]),
]
/** MPEG 1, layer III, 128 kbit/s at 44.1 kHz: 417 bytes, 1,152 samples. */
const frame = [0xff, 0xfb, 0x90, 0x00, ...zeros(413)]
/** MPEG 2, 64 kbit/s at 24 kHz: 192 bytes, 576 samples. */
const slow = [0xff, 0xf3, 0x84, 0x00, ...zeros(188)]
const frames = (one: number[], count: number): number[] => Array.from({ length: count }, () => one).flat()
const id3 = [...text('ID3'), 4, 0, 0, 0, 0, 1, 2, ...zeros(130)]

const known: [what: string, file: number[], seconds: number][] = [
  ['WAV, by its bytes a second', wav(16_000, 40_000), 2.5],
  ['WAV of a stream, whose head does not know', wav(16_000, 40_000, 0xffffffff), 2.5],
  ['FLAC', flac(44_100, 88_200), 2],
  ['Ogg Opus', opus(72_000), 1.5],
  ['Ogg Vorbis', vorbis(22_050, 44_100), 2],
  ['MP4', mp4(1_000, 4_250), 4.25],
  ['MP3 of a constant rate', frames(frame, 100), (100 * 1_152) / 44_100],
  ['MP3 behind a tag', [...id3, ...frames(frame, 3)], (3 * 1_152) / 44_100],
  ['MP3 of a low rate', frames(slow, 10), (10 * 576) / 24_000],
  ['MP3 of a variable rate', [...frame, ...slow, 0, 0, ...frame], (2 * 1_152) / 44_100 + 576 / 24_000],
]

const unknown: [what: string, file: number[]][] = [
  ['nothing', []],
  ['text', text('hello')],
  ['WebM', [0x1a, 0x45, 0xdf, 0xa3, ...zeros(100)]],
  ['WAV without data', wav(16_000, 0)],
  ['WAV of no bytes a second', wav(0, 40)],
  ['FLAC of unknown length', flac(44_100, 0)],
  ['FLAC that is cut', flac(44_100, 9).slice(0, 20)],
  ['MP4 without a header', box('ftyp', text('M4A '))],
  ['MP4 of no scale', mp4(0, 5)],
  ['MP4 of an impossible box', [...box('ftyp', []), 0, 0, 0, 3, ...text('moov')]],
  ['Ogg of something else', page(48_000, text('Speex   '))],
  ['a tag alone', id3],
]

describe('how long a recording is', () => {
  test.each(known)('is told by %s', (_what, file, seconds) => {
    expect(audioSeconds(Uint8Array.from(file))).toBeCloseTo(seconds, 9)
  })

  test.each(unknown)('is not told by %s', (_what, file) => {
    expect(audioSeconds(Uint8Array.from(file))).toBeUndefined()
  })

  test('is a sensible number or unknown, whatever is cut off or broken', () => {
    const files = known.map(([, file]) => file)
    const broken = fc.tuple(
      fc.constantFrom(...files),
      fc.nat(400),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
    )
    fc.assert(
      fc.property(broken, ([file, length, changes]) => {
        const bytes = Uint8Array.from(file).slice(0, length)
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const seconds = audioSeconds(bytes)
        expect(seconds === undefined || (seconds > 0 && seconds <= 1_000_000)).toBe(true)
      }),
      { seed: 20_261_121, numRuns: 2_000 },
    )
  })
})
