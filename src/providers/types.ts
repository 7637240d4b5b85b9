import type { Loss } from '../canon/losses.ts'
import type { Action, UpstreamFormat } from '../canon/operation.ts'
import type { Dialect } from '../canon/protocol.ts'
import type { GatewayError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { EventMessage } from './aws/eventstream.ts'

/**
 * How a vendor says that a key is no good or its money spent. `field`: where in the error's object; a `message` counts by how
 * it begins, since the rest may repeat what the client wrote.
 */
export interface AccountFault {
  readonly field: 'type' | 'code' | 'reason' | 'message'
  readonly is: string
  readonly means: 'key-refused' | 'quota-exhausted'
}

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

/** `realtime`: spoken conversations at `/realtime`; `responses`: the Responses API at `/responses`. */
export type SocketKind = 'realtime' | 'responses'

/**
 * By whose API something is kept there: `openai`: `/files` and `/batches`, `anthropic`: `/v1/files` and
 * `/v1/messages/batches`, under the base URL.
 */
export type StoreApi = 'openai' | 'anthropic'

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
  /**
   * What is asked for, under the base URL, to know whether a key is good: it costs nothing, and no other key gets it. By
   * default the list of models, where the format has it; `null`: there is nothing of the kind.
   */
  readonly checkPath?: string | null
  /** Servers of this kind may ask for no key, so that without one requests go out all the same. */
  readonly keyOptional?: true
  /** Errors that tell of the operator's account under a status that does not: no key, no money left. */
  readonly accountFaults?: readonly AccountFault[]
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
  /** What it keeps for its clients, beyond one answer. Left out: nothing that Tollgate knows. */
  readonly supports?: { readonly files?: StoreApi; readonly batches?: StoreApi }
  /** What it serves over WebSocket, under its base URL. */
  readonly webSockets?: readonly SocketKind[]
  /** Answered inside this process: no address, no key. */
  readonly inProcess?: true
  /** Answered by a program of the operator's that this process runs: its own address is made of the provider's id. */
  readonly runsCommand?: true
  /**
   * What a body of a format loses there although the format has it, with pointers into the body; or why it cannot be
   * answered there at all. Pure.
   */
  readonly lossesOf?: (format: UpstreamFormat, body: unknown) => Result<readonly Loss[], GatewayError>
}
