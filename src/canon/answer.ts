import type { Block, Citation, MediaBlock, Opaque, TokenLogprob, VendorBlock } from './blocks.ts'
import type { GatewayError } from '../errors.ts'
import type { Usage } from './usage.ts'

/** Why a model stopped, as the pivot between the four formats' words. */
export const STOP_REASONS = [
  'natural',
  'stop-sequence',
  'tool-calls',
  'output-limit',
  'context-full',
  'refusal',
  'filter',
  'paused',
  'compaction',
  'malformed-call',
  'other',
] as const
export type StopReason = (typeof STOP_REASONS)[number]

export interface Stop {
  readonly reason: StopReason
  /** The stop sequence that was met, where the upstream tells. */
  readonly sequence?: string
  /** Why it refused, in the vendor's words. */
  readonly explanation?: string
  /** The upstream's own word, for the record. */
  readonly native?: string
}

/** A whole answer. `usage` undefined: the upstream told none. */
export interface Answer {
  readonly id: string | undefined
  /** As the upstream called it. */
  readonly model: string | undefined
  readonly blocks: readonly Block[]
  readonly stop: Stop
  readonly usage: Usage | undefined
  readonly serviceTier?: string
  /** Set when the upstream reported a failure inside its answer: there is no success to write then. */
  readonly error?: GatewayError
}

/** The head of a block, as a stream opens it. Calls carry their id and name; the arguments come as deltas. */
export type Opening =
  | { readonly kind: 'text'; readonly phase?: string }
  | { readonly kind: 'refusal' }
  | {
      readonly kind: 'reasoning'
      /** The upstream's name for it, where its state means nothing under another (OpenAI's `rs_…`). */
      readonly id?: string
    }
  | {
      readonly kind: 'tool-call'
      readonly id: string
      /** From a parser: as the upstream said it. To a renderer: as the client declared it. */
      readonly name: string
      readonly namespace?: string
      readonly form: 'function' | 'custom'
      /** The vendor's typed tool it calls (`local_shell`, `apply_patch`), where the client declared one. */
      readonly typed?: string
    }

/**
 * An answer as it comes. `key` names a block within one stream. Blocks may overlap: parallel calls do. Every opened block
 * is closed before `end`; after `error` nothing follows. `end` without an earlier `stop` does not occur: a stream that
 * broke off ends in `error`.
 */
export type AnswerEvent =
  | { readonly type: 'start'; readonly id?: string; readonly model?: string; readonly usage?: Usage }
  | { readonly type: 'open'; readonly key: number; readonly opening: Opening }
  /** Text of a text, refusal or reasoning block; a piece of the arguments of a call, verbatim. */
  | {
      readonly type: 'delta'
      readonly key: number
      readonly text: string
      /** Of a text, where the client asked: the tokens this piece was made of. */
      readonly logprobs?: readonly TokenLogprob[]
    }
  /** A reasoning block goes on in a new paragraph (the next part of a summary). */
  | { readonly type: 'paragraph'; readonly key: number }
  | { readonly type: 'citation'; readonly key: number; readonly citation: Citation }
  | { readonly type: 'opaque'; readonly key: number; readonly opaque: Opaque }
  /** `cut`: the output limit fell inside it; a call that was cut must never look complete. */
  | { readonly type: 'close'; readonly key: number; readonly cut?: true }
  /** A block that comes in one piece. */
  | { readonly type: 'whole'; readonly block: MediaBlock | VendorBlock }
  /** All that is known of the usage so far; replaces what was known before. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'stop'; readonly stop: Stop; readonly serviceTier?: string }
  | { readonly type: 'ping' }
  | { readonly type: 'error'; readonly error: GatewayError }
  | { readonly type: 'end' }

/** Paragraphs of reasoning are joined so, in every format that has only one text for them. */
export const PARAGRAPH = '\n\n'
