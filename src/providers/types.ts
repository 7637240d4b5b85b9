import type { WireFormat } from '../canon/operation.ts'
import type { Dialect } from '../canon/protocol.ts'

/** How a vendor wants its key: which header, and what stands before the key. */
export interface AuthStyle {
  readonly header: string
  readonly prefix: string
}

/** A vendor as data: what it speaks and where. One row per `kind` of the configuration. */
export interface ProviderKind {
  readonly kind: string
  /** What the official SDK of the vendor takes; `undefined`: the configuration must say. */
  readonly baseUrl: string | undefined
  /** Wire formats it speaks, best first. */
  readonly formats: readonly WireFormat[]
  readonly auth: AuthStyle
  /** A format that is authenticated differently from the rest. */
  readonly authByFormat?: Partial<Record<WireFormat, AuthStyle>>
  /** A format that lives under another root than `baseUrl`, as a path from its origin: DeepSeek's `/anthropic`. */
  readonly rootByFormat?: Partial<Record<WireFormat, string>>
  /** Headers every request carries unless the client sent its own (`anthropic-version`). */
  readonly headers: Readonly<Record<string, string>>
  readonly dialect: Dialect
  /** Vendors of the catalogue whose models it serves; empty: any, as for a generic compatible server. */
  readonly vendors: readonly string[]
  /** The environment variable that, set and without a configuration file, enables this provider. */
  readonly keyVariable: string | undefined
  /** Servers of this kind may ask for no key, so that without one requests go out all the same. */
  readonly keyOptional?: true
  /** Words in an error body that tell of the operator's account, whatever its status: no key, no money left. */
  readonly accountFaultMarks?: readonly string[]
  /** Answered inside this process: no address, no key. */
  readonly inProcess?: true
}
