import { bufferOf } from '../bytes.ts'
import { Buffer } from 'node:buffer'

/**
 * How long a recording is, in seconds, as its container says; `undefined` where it does not say, or in a way that is not
 * read here. What it says is not proved: it is good for a quote and an estimate, and never in place of a provider's word.
 */
export const audioSeconds = (bytes: Uint8Array): number | undefined => {
  const data = bufferOf(bytes)
  const seconds = readerOf(data)?.(data)
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 && seconds <= SECONDS_MAX
    ? seconds
    : undefined
}

/** Eleven days: beyond what any body can hold. */
const SECONDS_MAX = 1_000_000

type Read = (data: Buffer) => number | undefined

const readerOf = (data: Buffer): Read | undefined => {
  const tag = data.toString('latin1', 0, 4)
  if (tag === 'RIFF' && data.toString('latin1', 8, 12) === 'WAVE') return wavSeconds
  if (tag === 'fLaC') return flacSeconds
  if (tag === 'OggS') return oggSeconds
  if (data.toString('latin1', 4, 8) === 'ftyp') return mp4Seconds
  return tag.startsWith('ID3') || mpegFrame(data, 0) ? mp3Seconds : undefined
}

/** RIFF: the bytes of `data` by the bytes a second of `fmt `. A stream's length is not known when its head is written. */
const wavSeconds: Read = (data) => {
  let bytesPerSecond = 0
  for (let at = 12; at + 8 <= data.length; ) {
    const [id, size] = [data.toString('latin1', at, at + 4), data.readUInt32LE(at + 4)]
    if (id === 'fmt ' && at + 24 <= data.length) bytesPerSecond = data.readUInt32LE(at + 16)
    if (id === 'data') return bytesPerSecond > 0 ? Math.min(size, data.length - at - 8) / bytesPerSecond : undefined
    at += 8 + size + (size % 2)
  }
  return undefined
}

/** STREAMINFO: 20 bits of sample rate, 36 of samples. */
const flacSeconds: Read = (data) => {
  if (data.length < 26) return undefined
  const rate = data.readUIntBE(18, 3) >>> 4
  const samples = ((data[21] ?? 0) & 0x0f) * 2 ** 32 + data.readUInt32BE(22)
  return rate > 0 && samples > 0 ? samples / rate : undefined
}

const PAGE = Buffer.from('OggS')
const OPUS_RATE = 48_000

/** The position of the last page, in samples: Opus counts 48,000 a second whatever it was made from (RFC 7845). */
const oggSeconds: Read = (data) => {
  const last = data.lastIndexOf(PAGE)
  const head = data.subarray(0, 128)
  const vorbis = head.indexOf('\x01vorbis', 0, 'latin1')
  const isOpus = head.includes('OpusHead')
  if (last + 14 > data.length || (!isOpus && (vorbis === -1 || vorbis + 16 > data.length))) return undefined
  const rate = isOpus ? OPUS_RATE : data.readUInt32LE(vorbis + 12)
  const samples = Number(data.readBigInt64LE(last + 6))
  return rate > 0 && samples > 0 ? samples / rate : undefined
}

/** ISO 14496-12: `moov` has `mvhd`, which has a time scale and a length in it. */
const mp4Seconds: Read = (data) => {
  const moov = boxIn(data, 'moov')
  const header = moov && boxIn(moov, 'mvhd')
  if (!header || header.length < 20) return undefined
  const isLong = header[0] === 1
  if (isLong && header.length < 32) return undefined
  const scale = header.readUInt32BE(isLong ? 20 : 12)
  const length = isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16)
  return scale > 0 ? length / scale : undefined
}

const boxIn = (data: Buffer, wanted: string): Buffer | undefined => {
  for (let at = 0; at + 8 <= data.length; ) {
    const isLong = data.readUInt32BE(at) === 1 && at + 16 <= data.length
    const size = isLong ? Number(data.readBigUInt64BE(at + 8)) : data.readUInt32BE(at)
    const head = isLong ? 16 : 8
    // Zero: to the end of the file.
    const end = size === 0 ? data.length : at + size
    if (size !== 0 && size < head) return undefined
    if (data.toString('latin1', at + 4, at + 8) === wanted) return data.subarray(at + head, end)
    at = end
  }
  return undefined
}

/** One frame of MPEG audio: how many bytes, and how long. */
interface Frame {
  readonly bytes: number
  readonly seconds: number
}

const KBPS_V1_L3 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const KBPS_V2_L3 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const RATES_V1 = [44_100, 48_000, 32_000]

/** ISO 11172-3, layer III, with the halved rates of 13818-3 and the quartered ones of MPEG 2.5. */
const mpegFrame = (data: Buffer, at: number): Frame | undefined => {
  if (data[at] !== 0xff || ((data[at + 1] ?? 0) & 0xe6) !== 0xe2) return undefined
  const version = ((data[at + 1] ?? 0) >> 3) & 3
  const third = data[at + 2] ?? 0
  const isFirst = version === 3
  const kbps = (isFirst ? KBPS_V1_L3 : KBPS_V2_L3)[third >> 4] ?? 0
  const divisor = isFirst ? 1 : version === 2 ? 2 : 4
  const rate = (RATES_V1[(third >> 2) & 3] ?? 0) / divisor
  if (version === 1 || kbps === 0 || rate === 0) return undefined
  const samples = isFirst ? 1_152 : 576
  return { bytes: Math.floor((samples / 8) * ((kbps * 1_000) / rate)) + ((third >> 1) & 1), seconds: samples / rate }
}

/** Frame by frame, because a variable rate has no other true length; bytes between frames are passed over. */
const mp3Seconds: Read = (data) => {
  let at = data.toString('latin1', 0, 3) === 'ID3' ? 10 + syncSafe(data) : 0
  let seconds = 0
  while (at + 4 <= data.length) {
    const frame = mpegFrame(data, at)
    if (frame) seconds += frame.seconds
    at += frame?.bytes ?? 1
  }
  return seconds
}

/** Four bytes of seven bits. */
const syncSafe = (data: Buffer): number => [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((data[at] ?? 0) & 0x7f), 0)
