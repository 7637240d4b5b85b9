import type { Action, UpstreamFormat } from '../canon/operation.ts'
import type { Dialect } from '../canon/protocol.ts'
import type { EventMessage } from './aws/eventstream.ts'

/** How a vendor wants its key: which header, and what stands before the key. */
export interface AuthStyle {
  readonly header: string
  readonly prefix: string
}

/** What is asked of a vendor, as far as its own paths and bodies depend on it. */
export interface Ask {
  readonly format: UpstreamFormat
  readonly action: Action
  /** The name the vendor knows the model by. */
  readonly model: string
  readonly stream: boolean
}

/** How a vendor's request differs from what its format says: only what does. */
export interface VendorRequest {
  /** Under the base URL, encoded, in place of the format's own. */
  readonly path?: string
  /** Parameters that are sent unless the client sent its own of the name. */
  readonly query?: Readonly<Record<string, string>>
  /** Parameters of the format mean nothing there, and are left out. */
  readonly withoutQuery?: true
  /** The member of the body that is sent in its place, where the client's body has it. */
  readonly unwrap?: string
  /** Members of the body to set, unless the client's body has them. */
  readonly set?: Readonly<Record<string, string>>
  /** Members of the body to leave out. */
  readonly remove?: readonly string[]
}

/**
 * Credentials that are more than a header with a key: `aws`: a Bedrock API key as a Bearer token, or an access key with
 * which each request is signed (`aws/sigv4.ts`), written as `aws/credentials.ts` reads it; `google`: a service account's
 * key file, for which a token is fetched and renewed.
 */
export type CredentialKind = 'aws' | 'google'

/** What a vendor takes of Anthropic's `anthropic-beta`: one that it does not know fails the whole request there. */
export interface BetaRule {
  readonly accepted: ReadonlySet<string>
  /** `body`: as a list in `anthropic_beta`. */
  readonly place: 'header' | 'body'
}

/** A vendor as data: what it speaks and where. One row per `kind` of the configuration. */
export interface ProviderKind {
  readonly kind: string
  /** What the official SDK of the vendor takes; `undefined`: the configuration must say. */
  readonly baseUrl: string | undefined
  /** Wire formats it speaks, best first. */
  readonly formats: readonly UpstreamFormat[]
  /** A vendor of the catalogue whose models it serves in other formats than the rest: Claude at Google. */
  readonly formatsByVendor?: Readonly<Record<string, readonly UpstreamFormat[]>>
  readonly auth: AuthStyle
  /** A format that is authenticated differently from the rest. */
  readonly authByFormat?: Partial<Record<UpstreamFormat, AuthStyle>>
  /** A format that lives under another root than `baseUrl`, as a path from its origin: DeepSeek's `/anthropic`. */
  readonly rootByFormat?: Partial<Record<UpstreamFormat, string>>
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
  /**
   * Who can read the reasoning state it hands out (`canon/blocks.ts`). By default whoever made the format: `anthropic`,
   * `openai`, `google`; in Chat, this kind alone.
   */
  readonly family?: string
  /** Its own paths and bodies, where they differ from the format's; `undefined`: it has no place for this. Pure. */
  readonly requestOf?: (ask: Ask) => VendorRequest | undefined
  /** The body of an error as its format has it, where this vendor has another. Pure. */
  readonly errorOf?: (format: UpstreamFormat, status: number, body: unknown) => unknown
  /** By default every beta passes. */
  readonly betas?: BetaRule
  /** Headers of the format's clients that must not come there. */
  readonly withoutHeaders?: readonly string[]
  /** By default each key is sent as `auth` says. */
  readonly credentials?: CredentialKind
  /**
   * Its streams come in Amazon's binary messages (`aws/eventstream.ts`); this is each of them as a server-sent event of
   * the format, complete with framing, empty for one that carries none. Pure.
   */
  readonly eventOf?: (message: EventMessage, format: UpstreamFormat) => string
  /** Answered inside this process: no address, no key. */
  readonly inProcess?: true
}
