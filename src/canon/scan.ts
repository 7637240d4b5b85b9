import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'

/** One member of the top-level object: where its key and value lie in the bytes (`end` is exclusive). */
export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** A JSON object seen from outside: its top-level members, and sizes for an estimate. Nothing inside is decoded. */
export interface Scan {
  readonly bytes: Uint8Array
  /** In the order of the body. */
  readonly members: ReadonlyMap<string, Member>
  /** Bytes of the body that are not base64 media: an upper bound on text. */
  readonly textBytes: number
  /** Strings that hold or name an image, a document, audio or video. */
  readonly mediaCount: number
  readonly mediaBytes: number
  /** Strings that name a file kept upstream: `file_id`, `fileUri`. */
  readonly storedReferences: number
}

export interface ScanLimits {
  readonly depthMax: number
}

/** A replacement of `bytes[start, end)` by `text`; splices do not overlap. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

export type ScanResult = Result<Scan, GatewayError>
