import { Buffer } from 'node:buffer'

const RATE = 8_000
const BYTES_PER_SAMPLE = 2
const HERTZ = 440
const LOUDNESS = 8_000

/** A tone of so many seconds as WAV: mono, 8,000 samples a second of 16 bits. */
export const toneWav = (seconds: number): Buffer => {
  const samples = Math.round(seconds * RATE)
  const wav = Buffer.alloc(44 + samples * BYTES_PER_SAMPLE)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(wav.length - 8, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(RATE, 24)
  wav.writeUInt32LE(RATE * BYTES_PER_SAMPLE, 28)
  wav.writeUInt16LE(BYTES_PER_SAMPLE, 32)
  wav.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(samples * BYTES_PER_SAMPLE, 40)
  for (let at = 0; at < samples; at++) {
    const value = Math.round(LOUDNESS * Math.sin((2 * Math.PI * HERTZ * at) / RATE))
    wav.writeInt16LE(value, 44 + at * BYTES_PER_SAMPLE)
  }
  return wav
}
