import type { WireFormat } from './operation.ts'

/** A node as its own format wrote it, kept so that the same format can be written back without loss. */
export interface Native {
  readonly format: WireFormat
  readonly value: Readonly<Record<string, unknown>>
}

/** "Remember everything up to here." `ttl` undefined: the vendor's default (five minutes). */
export interface CacheMark {
  readonly ttl: '5m' | '1h' | undefined
  /** Where it stands, if that is not in the node's `cache_control`. */
  readonly pointer?: string
}

/**
 * State of a vendor's reasoning that must come back to that vendor byte for byte, and means nothing to any other.
 * `family`: who can read it (`anthropic`, `openai`, `google`, or a compatible vendor's own).
 */
export interface Opaque {
  readonly family: string
  readonly kind: OpaqueKind
  /**
   * The least that the vendor needs back:
   * `thinking`: JSON `{"thinking","signature"}`; `redacted-thinking`: the `data` string;
   * `reasoning-item`: JSON of the Responses item (`id`, `summary`, `encrypted_content`, `content`);
   * `thought-signature`: JSON `{"signature","on"}` with `on` one of `text`, `call`, `thought`;
   * `reasoning-text`: the text of `reasoning_content`; `reasoning-details`: JSON of `reasoning_details`;
   * `phase`: which part of an answer a text is, in OpenAI's word; that a text has one is said by its `phase`, and this is
   * how it travels through a client without a place for it;
   * `native-block`: JSON of a whole block or item that only its vendor understands (server tools, compaction).
   */
  readonly data: string
}
export const OPAQUE_KINDS = [
  'thinking',
  'redacted-thinking',
  'reasoning-item',
  'thought-signature',
  'reasoning-text',
  'reasoning-details',
  'phase',
  'native-block',
] as const
export type OpaqueKind = (typeof OPAQUE_KINDS)[number]

interface BlockBase {
  /** Where it stood in the client's body, as a JSON pointer: `/messages/2/content/0`. Absent in answers. */
  readonly pointer?: string
  readonly native?: Native
}

export interface TextBlock extends BlockBase {
  readonly kind: 'text'
  readonly text: string
  readonly cache?: CacheMark
  readonly citations?: readonly Citation[]
  /** A Gemini thought signature that stood on this text. */
  readonly opaque?: Opaque
  /** OpenAI's `commentary` or `final_answer`. */
  readonly phase?: string
  /** In answers, where the client asked: the tokens it was made of. */
  readonly logprobs?: readonly TokenLogprob[]
}

/** A token and the natural logarithm of its likelihood. `bytes`: its UTF-8, where it is told. */
export interface TokenAlternative {
  readonly token: string
  readonly logprob: number
  readonly bytes?: readonly number[]
}

/** A token of an answer, and what else could have stood there. */
export interface TokenLogprob extends TokenAlternative {
  readonly top: readonly TokenAlternative[]
}

export interface RefusalBlock extends BlockBase {
  readonly kind: 'refusal'
  readonly text: string
}

export type MediaKind = 'image' | 'document' | 'audio' | 'video'

export type MediaSource =
  /** Standard padded base64, its media type checked against the bytes. */
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  /** A file kept by one vendor. */
  | { readonly kind: 'file'; readonly id: string; readonly family: string }
  | { readonly kind: 'text'; readonly text: string; readonly mediaType: string }

export interface MediaBlock extends BlockBase {
  readonly kind: 'media'
  readonly media: MediaKind
  readonly source: MediaSource
  readonly filename?: string
  readonly title?: string
  readonly context?: string
  readonly detail?: 'low' | 'high' | 'original' | 'auto'
  readonly citationsEnabled?: boolean
  readonly cache?: CacheMark
}

/** What a model thought. Text may be empty where a vendor hides it and sends only the state. */
export interface ReasoningBlock extends BlockBase {
  readonly kind: 'reasoning'
  readonly text: string
  readonly opaque?: Opaque
  /** In answers, the upstream's name for it, where its state means nothing under another. */
  readonly id?: string
}

export interface ToolCallBlock extends BlockBase {
  readonly kind: 'tool-call'
  readonly id: string
  /** As the client knows the tool. */
  readonly name: string
  readonly namespace?: string
  /** `function`: `arguments` is JSON text, verbatim. `custom`: it is free text. */
  readonly form: 'function' | 'custom'
  /** The vendor's typed tool it calls, where the client declared one. */
  readonly typed?: string
  readonly arguments: string
  /** In answers: the output limit fell inside it. */
  readonly cut?: true
  readonly cache?: CacheMark
  readonly opaque?: Opaque
}

export interface ToolResultBlock extends BlockBase {
  readonly kind: 'tool-result'
  readonly callId: string
  /** Gemini matches by name, and sends no id on Vertex. */
  readonly name?: string
  readonly form: 'function' | 'custom'
  readonly content: readonly (TextBlock | MediaBlock)[]
  readonly isError?: boolean
  readonly cache?: CacheMark
}

/** Something only one vendor understands: a server tool's call and result, a compaction, a fallback marker. */
export interface VendorBlock extends BlockBase {
  readonly kind: 'vendor'
  /** Its native `type`. */
  readonly type: string
  readonly opaque: Opaque
  /** What of it a person could read; empty when nothing. */
  readonly text: string
}

export type Block =
  | TextBlock
  | RefusalBlock
  | MediaBlock
  | ReasoningBlock
  | ToolCallBlock
  | ToolResultBlock
  | VendorBlock

/** Where a claim comes from. Offsets are UTF-16 code units of the text block they stand on. */
export interface Citation {
  readonly url?: string
  readonly title?: string
  readonly citedText?: string
  readonly start?: number
  readonly end?: number
  readonly native?: Native
}
