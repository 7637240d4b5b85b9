import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { FormPart } from './scan-multipart.ts'

/** One member of the top-level object: where its key and value lie in the bytes (`end` is exclusive). */
export interface Member {
  readonly key: string
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** What tools are declared as, in a body's `tools`. */
export interface DeclaredTools {
  /** What stands under `type` in them. */
  readonly types: ReadonlySet<string>
  /** Names of their members that are objects or lists: Gemini has no types. */
  readonly members: ReadonlySet<string>
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
  /** Parts that say of themselves that they are images. Left out: of a form, nothing says so. */
  readonly imageCount?: number
  /** Strings that name a file kept upstream: `file_id`, `fileUri`. */
  readonly storedReferences: number
  /** Absent where it declares none. */
  readonly tools?: DeclaredTools | undefined
  /** The parts of a body that is a form (`multipart/form-data`) rather than an object; such a body has no members. */
  readonly form?: readonly FormPart[]
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
