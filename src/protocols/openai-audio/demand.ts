import type { Demand, Quantities } from '../../canon/envelope.ts'
import { audioSeconds } from '../../canon/audio-length.ts'

/** OpenAI's audio tokens: one for 100 ms taken in, one for 50 ms spoken. */
const TOKENS_PER_SECOND = { heard: 10, spoken: 20 }
/** Speech is 12 to 15 bytes of UTF-8 a second in any script: 14 letters, or 4 characters of three bytes. */
const BYTES_PER_SECOND_SPOKEN = { usual: 14, least: 5 }
const OVERHEAD_TOKENS = 512

export interface Spoken {
  /** Bytes of the text to be spoken. */
  readonly bytes: number
  /** Code points of it. */
  readonly characters: number
  /** Bytes of the whole request. */
  readonly textBytes: number
  /** 1: as people speak. */
  readonly speed: number
  readonly format: string | undefined
}

/** Bytes a second of OpenAI's formats, for a stream that is cut: PCM is exact, the others are what they usually take. */
const BYTES_PER_SECOND: Readonly<Record<string, number>> = {
  pcm: 48_000,
  wav: 48_000,
  flac: 24_000,
  mp3: 16_000,
  aac: 12_000,
  opus: 6_000,
}

/** What reading a text aloud uses: its characters, or the seconds that come out as tokens. */
export const speechDemand = ({ bytes, characters, textBytes, speed, format = 'mp3' }: Spoken): Demand => {
  const at = (input: number, bytesPerSecond: number): Quantities => {
    const outputSeconds = Math.ceil(bytes / bytesPerSecond / speed)
    const outputAudio = outputSeconds * TOKENS_PER_SECOND.spoken
    return { input, inputAudio: 0, output: 0, outputAudio, units: { characters, outputSeconds } }
  }
  const perSecond = BYTES_PER_SECOND[format] ?? BYTES_PER_SECOND.mp3 ?? 1
  return {
    most: at(Math.ceil(textBytes / 2) + OVERHEAD_TOKENS, BYTES_PER_SECOND_SPOKEN.least),
    usual: at(Math.ceil(bytes / 4), BYTES_PER_SECOND_SPOKEN.usual),
    outputPerMillionPieces: Math.ceil((TOKENS_PER_SECOND.spoken * 1_000_000) / perSecond),
  }
}

/** Where a recording does not say how long it is: 8 kbit/s is the least that speech is kept at, 32 kbit/s is usual. */
const FILE_BYTES_PER_SECOND = { least: 1_000, usual: 4_000 }
const HEARD_FACTOR = 2
/** Three words a second, in tokens of any script, and some room. */
const TEXT_TOKENS_PER_SECOND = { most: 12, usual: 4 }

/** What listening to a recording uses: seconds, or tokens of sound and of the text that comes out. */
export const listeningDemand = (file: Uint8Array, textBytes: number): Demand => {
  const told = audioSeconds(file)
  const most = Math.max(1, Math.ceil(told ?? file.length / FILE_BYTES_PER_SECOND.least))
  const usual = Math.max(1, Math.ceil(told ?? file.length / FILE_BYTES_PER_SECOND.usual))
  return {
    most: {
      input: Math.ceil(textBytes / 2) + OVERHEAD_TOKENS,
      inputAudio: most * TOKENS_PER_SECOND.heard * HEARD_FACTOR,
      output: most * TEXT_TOKENS_PER_SECOND.most + OVERHEAD_TOKENS,
      outputAudio: 0,
      units: { inputSeconds: most },
    },
    usual: {
      input: Math.ceil(textBytes / 4),
      inputAudio: usual * TOKENS_PER_SECOND.heard,
      output: usual * TEXT_TOKENS_PER_SECOND.usual,
      outputAudio: 0,
      units: { inputSeconds: usual },
    },
    outputPerMillionPieces: 0,
  }
}
