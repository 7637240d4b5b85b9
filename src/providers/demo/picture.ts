import { Buffer } from 'node:buffer'
import { crc32 } from '../aws/crc32.ts'

const SIDE = 64
const BYTES_PER_PIXEL = 3

/** A small picture as PNG (RFC 2083), drawn from a text: the same text gives the same picture. */
export const drawPng = (text: string): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(SIDE, 0)
  header.writeUInt32BE(SIDE, 4)
  // Eight bits of each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', zlibStored(pixels(text))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Rings around the middle, in colours that the text chooses. Each row begins with a nought: it is not filtered. */
const pixels = (text: string): Buffer => {
  const tint = [...text].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7)
  const rows = Buffer.alloc(SIDE * (1 + SIDE * BYTES_PER_PIXEL))
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const distance = Math.round(Math.hypot(x - SIDE / 2, y - SIDE / 2))
      const at = y * (1 + SIDE * BYTES_PER_PIXEL) + 1 + x * BYTES_PER_PIXEL
      rows.set([(tint + distance * 5) & 0xff, ((tint >> 4) + distance * 3) & 0xff, ((tint >> 8) + x * 3) & 0xff], at)
    }
  }
  return rows
}

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named) >>> 0)
  return Buffer.concat([length, named, sum])
}

/** RFC 1950 and 1951: one block that is stored as it is, which holds up to 65,535 bytes. */
const zlibStored = (data: Buffer): Buffer => {
  const head = Buffer.from([0x78, 0x01, 0x01, 0, 0, 0, 0])
  head.writeUInt16LE(data.length, 3)
  head.writeUInt16LE(~data.length & 0xffff, 5)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(adler32(data))
  return Buffer.concat([head, data, sum])
}

const adler32 = (data: Buffer): number => {
  let [low, high] = [1, 0]
  for (const byte of data) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return high * 65_536 + low
}
