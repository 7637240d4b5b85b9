import type { Block, Citation, TextBlock, ToolCallBlock, ToolResultBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { numberOf, readJson, writeJson } from '../../canon/json-text.ts'
import type { Losses } from '../../canon/losses.ts'
import type { Profile } from '../../canon/profile.ts'
import { isObject, parseJson } from '../json.ts'
import { fitCallId, sentCallId } from '../shared/call-ids.ts'
import { sentCallName, type SentNames } from '../shared/tool-names.ts'
import { markPointer } from '../shared/cache-marks.ts'
import { renderMedia } from './render-media.ts'
import { type SignedPart, signatureFor } from './signatures.ts'

/** What a request is written with. */
export interface Writing {
  readonly profile: Profile
  readonly losses: Losses
  readonly names: SentNames
}

/** A part before signatures have found their places. */
export interface Draft {
  readonly kind: 'text' | 'call' | 'result' | 'other'
  readonly part: JsonObject
  readonly signature?: string
  readonly pointer: string | undefined
}

/** A signature that came back in a block of its own, and the kind of part it stood on. */
export interface Detached {
  readonly kind: 'detached'
  readonly on: SignedPart
  readonly signature: string
  readonly pointer: string | undefined
}

/** One block of a turn of the user or the model, results aside, as parts. */
export const renderBlock = (block: Block, writing: Writing): readonly (Draft | Detached)[] => {
  const { losses, profile } = writing
  const { pointer } = block
  declareExtras(block, losses)
  switch (block.kind) {
    case 'text': {
      const signature = signatureOn(block, writing)
      return [{ kind: 'text', part: { text: block.text }, ...signature, pointer }]
    }
    case 'refusal':
      losses.declare(pointer, 'approximated')
      return [{ kind: 'text', part: { text: block.text }, pointer }]
    case 'media':
      return renderMedia(block, profile, losses).map((part) => ({ kind: 'other', part, pointer }))
    case 'reasoning': {
      const signed = signatureFor(block.opaque, profile.family)
      if (!signed) {
        losses.declare(pointer, block.opaque ? 'reasoning_foreign' : 'reasoning_unsigned')
        return []
      }
      const thought: Draft = { kind: 'other', part: { text: block.text, thought: true }, pointer }
      if (signed.on === 'thought') return [{ ...thought, signature: signed.signature }]
      return [...(block.text === '' ? [] : [thought]), { kind: 'detached', ...signed, pointer }]
    }
    case 'tool-call':
      return [
        { kind: 'call', part: { functionCall: renderCall(block, writing) }, ...signatureOn(block, writing), pointer },
      ]
    case 'tool-result':
      return []
    case 'vendor': {
      const native = block.opaque.family === profile.family ? parseJson(block.opaque.data) : undefined
      if (isObject(native) && block.opaque.kind === 'native-block') return [{ kind: 'other', part: native, pointer }]
      losses.declare(pointer, block.text === '' ? 'unsupported' : 'approximated')
      return block.text === '' ? [] : [{ kind: 'text', part: { text: block.text }, pointer }]
    }
  }
}

/** What Gemini has no place for on a block. */
export const declareExtras = (block: Block, losses: Losses): void => {
  const { pointer } = block
  if ('cache' in block && block.cache) losses.declare(markPointer(block), 'unsupported')
  if (block.kind !== 'text') return
  const citations: readonly Citation[] = block.citations ?? []
  if (citations.length > 0) losses.declare(pointer, 'unsupported')
  if (block.phase !== undefined) losses.declare(pointer, 'unsupported')
}

const signatureOn = (
  block: TextBlock | ToolCallBlock,
  { profile, losses }: Writing,
): { readonly signature?: string } => {
  const signed = signatureFor(block.opaque, profile.family)
  if (block.opaque && !signed) losses.declare(block.pointer, 'reasoning_foreign')
  return signed ? { signature: signed.signature } : {}
}

const renderCall = (block: ToolCallBlock, { profile, losses, names }: Writing): JsonObject => {
  const { args, exact } = argumentsOf(block)
  if (!exact) losses.declare(block.pointer, 'approximated')
  const id = profile.tools.callIds ? { id: sentCallId(block, profile.tools.callIdLengthMax, 'any', losses) } : {}
  return { ...id, name: sentCallName(block, names, losses), args }
}

/** Arguments as the object Gemini wants. What is none travels whole under a name of its own: nothing is made up. */
export const argumentsOf = ({
  form,
  arguments: text,
}: Pick<ToolCallBlock, 'form' | 'arguments'>): { readonly args: JsonObject; readonly exact: boolean } => {
  if (form === 'custom') return { args: { input: text }, exact: true }
  if (text.trim() === '') return { args: {}, exact: true }
  const value = jsonIn(text)
  return isObject(value) && numberOf(value) === undefined
    ? { args: value, exact: true }
    : { args: { __raw_arguments: text }, exact: false }
}

const jsonIn = (text: string): unknown => {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}

/** A result as a function response, and the media in it that have to stand beside it. */
export const renderResult = (
  block: ToolResultBlock,
  call: ToolCallBlock | undefined,
  { profile, losses, names }: Writing,
): { readonly part: JsonObject; readonly beside: readonly JsonObject[] } => {
  declareExtras(block, losses)
  for (const content of block.content) declareExtras(content, losses)
  const text = block.content.map((content) => (content.kind === 'text' ? content.text : '')).join('')
  const media = block.content.flatMap((content) => {
    if (content.kind !== 'media') return []
    if (!profile.media.inToolResults) losses.declare(content.pointer, 'moved')
    return renderMedia(content, profile, losses)
  })
  const inside = profile.media.inToolResults && media.length > 0
  const functionResponse = {
    ...(profile.tools.callIds && { id: fitCallId(block.callId, profile.tools.callIdLengthMax, 'any') }),
    name: names.sent(call?.name ?? block.name ?? 'unknown_function', call?.namespace),
    response: { [block.isError ? 'error' : 'output']: outputOf(text) },
    ...(inside && { parts: media }),
  }
  return { part: { functionResponse }, beside: inside ? [] : media }
}

/** An object goes as one where writing it again gives the very same text; any other text goes as text. */
const outputOf = (text: string): unknown => {
  const value = text.startsWith('{') ? jsonIn(text) : undefined
  return isObject(value) && writeJson(value) === text ? value : text
}
