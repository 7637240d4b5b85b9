import type { Block, MediaBlock, MediaKind, MediaSource, Native, Opaque, VendorBlock } from '../../canon/blocks.ts'
import type { Carriers } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import type { Losses } from '../../canon/losses.ts'
import { type JsonObject, objectOf, textOf } from '../json.ts'
import { standardBase64, trueMediaType } from '../shared/media.ts'
import type { CallBook } from './call-book.ts'
import {
  type Entry,
  type Field,
  type Members,
  type Reading,
  leaveOut,
  leaveOutRest,
  membersIn,
  membersOf,
  mistaken,
  objectIn,
  objectsIn,
  stringIn,
} from './members.ts'
import { createPartialArgs } from './partial-args.ts'
import { FAMILY, type SignedPart, isStandIn, readSlot, signatureOpaque } from './signatures.ts'

export interface PartContext {
  readonly reading: Reading
  readonly carriers: Carriers
  readonly losses: Losses
  readonly calls: CallBook
  /** From `generationConfig.mediaResolution`. */
  readonly detail: MediaBlock['detail'] | undefined
}

/** A block, and whether it came out of an envelope that stood on another part. */
export interface ParsedBlock {
  readonly block: Block
  readonly carried?: true
}

/** Parts that hold one thing Google alone understands. */
const VENDOR_PARTS = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse', 'audioTranscription']

/** One part of a content as blocks: its own, and before it those that another vendor's envelopes on it stand for. */
export const parsePart = (context: PartContext, { value, pointer }: Entry): readonly ParsedBlock[] => {
  const { reading } = context
  const members = membersOf(value, pointer)
  const thought = members.take('thought')?.value === true
  const signature = members.take('thoughtSignature')
  const slot = readSignature(context, signature)
  const on: SignedPart = thought ? 'thought' : isCall(members) ? 'call' : 'text'
  const native = nativeOf(slot.kind === 'carried' ? without(value, signature) : value)
  const opaque = slot.kind === 'native' ? signatureOpaque(FAMILY, slot.signature, on) : ownOpaque(slot.opaques, thought)
  const base = { pointer, native }
  const block = parseData(context, members, { ...base, thought, opaque, value })
  leaveOutRest(reading, members)
  const before = slot.opaques
    .filter((other) => other !== opaque)
    .map((other): ParsedBlock => ({ block: blockOf(other, pointer), carried: true }))
  if (block?.kind === 'media' && slot.kind === 'native') leaveOut(reading, signature, 'drop')
  // A part that held nothing but envelopes, or whose reasoning was altered, has no block of its own.
  const isBare = slot.kind === 'carried' && block !== undefined && 'text' in block && block.text === ''
  if (!block || (isBare && opaque === undefined) || (slot.damaged && block.kind === 'reasoning')) return before
  return [...before, slot.kind === 'carried' && block.kind === 'reasoning' ? { block, carried: true } : { block }]
}

type ReadSignature =
  | { readonly kind: 'none'; readonly opaques: readonly []; readonly damaged: false }
  | { readonly kind: 'native'; readonly signature: string; readonly opaques: readonly []; readonly damaged: false }
  | { readonly kind: 'carried'; readonly opaques: readonly Opaque[]; readonly damaged: boolean }

const readSignature = ({ reading, carriers, losses }: PartContext, field: Field | undefined): ReadSignature => {
  const signature = stringIn(reading, field, 'a thought signature, in base64')
  if (!signature || isStandIn(signature)) return { kind: 'none', opaques: [], damaged: false }
  const slot = readSlot(signature, carriers)
  if (slot.kind === 'native') return { kind: 'native', signature, opaques: [], damaged: false }
  if (slot.damaged) losses.declare(field?.pointer, 'reasoning_damaged')
  return slot
}

/** Of what envelopes held, that which belongs on the part itself. */
const ownOpaque = (opaques: readonly Opaque[], thought: boolean): Opaque | undefined =>
  opaques.findLast(({ kind }) => (thought ? kind !== 'native-block' : kind === 'thought-signature'))

const blockOf = (opaque: Opaque, pointer: string): Block =>
  opaque.kind === 'native-block'
    ? { kind: 'vendor', type: textOf(objectOf(safeJson(opaque.data)).type), opaque, text: '', pointer }
    : { kind: 'reasoning', text: '', opaque, pointer }

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface PartBase {
  readonly pointer: string
  readonly native: Native
  readonly thought: boolean
  readonly opaque: Opaque | undefined
  readonly value: JsonObject
}

const isCall = (members: Members): boolean => members.rest().some(([name]) => name === 'functionCall')

const nativeOf = (value: JsonObject): Native => ({ format: 'gemini', value })

const without = (value: JsonObject, field: Field | undefined): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== field?.value))

const parseData = (context: PartContext, members: Members, part: PartBase): Block | undefined => {
  const { reading } = context
  const { pointer, native, opaque } = part
  const base = { pointer, native }
  const signed = opaque === undefined ? {} : { opaque }
  const call = members.take('functionCall')
  if (call) return parseCall(context, call, { ...base, ...signed })
  const response = members.take('functionResponse')
  if (response) return parseResult(context, response, base)
  const media = parseMedia(context, members)
  if (media) return { ...media, ...base }
  for (const type of VENDOR_PARTS) {
    const field = members.take(type)
    if (field) return vendorBlock(type, part.value, field.value, base)
  }
  const textField = members.take('text')
  const text = stringIn(reading, textField) ?? ''
  const unknown = members.rest().find(([name]) => !MODIFIERS.includes(name))
  if (textField === undefined && unknown) {
    members.take(unknown[0])
    return vendorBlock(unknown[0], part.value, unknown[1].value, base)
  }
  return part.thought ? { kind: 'reasoning', text, ...base, ...signed } : { kind: 'text', text, ...base, ...signed }
}

const MODIFIERS = ['videoMetadata', 'mediaResolution', 'partMetadata']

/** A part only Google understands, kept whole. */
export const vendorBlock = (
  type: string,
  part: JsonObject,
  value: unknown,
  base: { readonly pointer?: string; readonly native?: Native } = {},
  family = FAMILY,
): VendorBlock => {
  const data = objectOf(value)
  return {
    kind: 'vendor',
    type,
    opaque: { family, kind: 'native-block', data: writeJson(part) },
    text: textOf(data.code) || textOf(data.output),
    ...base,
  }
}

const parseCall = (
  { reading, calls }: PartContext,
  field: Field,
  base: { readonly pointer: string; readonly native: Native; readonly opaque?: Opaque },
): Block | undefined => {
  const members = membersIn(reading, field)
  if (!members) return undefined
  const name = stringIn(reading, members.take('name')) ?? mistaken(reading, `${field.pointer}/name`, 'a function name')
  const id = stringIn(reading, members.take('id'))
  const args = createPartialArgs(objectIn(reading, members.take('args'), 'an object of arguments'))
  // A client of Vertex may give back the pieces it was sent.
  args.add(members.take('partialArgs')?.value)
  leaveOut(reading, members.take('willContinue'), 'ignore')
  leaveOutRest(reading, members)
  if (name === undefined) return undefined
  const call = { id: calls.called(name, id || undefined), name }
  return { kind: 'tool-call', ...call, form: 'function', arguments: args.json(false), ...base }
}

const parseResult = (
  context: PartContext,
  field: Field,
  base: { readonly pointer: string; readonly native: Native },
): Block | undefined => {
  const { reading, calls } = context
  const members = membersIn(reading, field)
  if (!members) return undefined
  const name = stringIn(reading, members.take('name')) ?? ''
  const id = stringIn(reading, members.take('id'))
  const response = members.take('response')
  const parts = objectsIn(reading, members.take('parts'), 'an array of parts')
  const media = parts.flatMap((entry) => {
    const inner = membersOf(entry.value, entry.pointer)
    const block = parseMedia(context, inner)
    leaveOutRest(reading, inner)
    return block ? [{ ...block, pointer: entry.pointer, native: nativeOf(entry.value) }] : []
  })
  leaveOutRest(reading, members)
  const { text, isError } = readResponse(objectIn(reading, response, 'an object'), media.length > 0)
  return {
    kind: 'tool-result',
    callId: calls.answered(name, id || undefined),
    ...(name !== '' && { name }),
    form: 'function',
    content: text === '' ? media : [{ kind: 'text', text, pointer: response?.pointer ?? base.pointer }, ...media],
    ...(isError && { isError }),
    ...base,
  }
}

/** By Google's convention `output` holds what a function returned and `error` its failure; else all of it is output. */
const readResponse = (
  response: JsonObject | undefined,
  hasMedia: boolean,
): { readonly text: string; readonly isError: boolean } => {
  const keys = Object.keys(response ?? {})
  const [key = ''] = keys
  if (!response || (keys.length === 0 && hasMedia)) return { text: '', isError: false }
  const isWrapped = keys.length === 1 && (key === 'output' || key === 'error')
  const value = isWrapped ? response[key] : response
  const text = typeof value === 'string' ? value : value === null ? '' : writeJson(value)
  return { text, isError: isWrapped && key === 'error' }
}

/** `inlineData` or `fileData`, with the modifiers of media; `undefined` when the part holds neither. */
const parseMedia = (context: PartContext, members: Members): MediaBlock | undefined => {
  const { reading, detail: general } = context
  const inline = membersIn(reading, members.take('inlineData'))
  const file = membersIn(reading, members.take('fileData'))
  const data = inline ?? file
  if (!data) return undefined
  const said = stringIn(reading, data.take('mimeType'))
  const source = inline ? readInline(reading, inline, said) : readFile(reading, data, said)
  const filename = stringIn(reading, data.take('displayName'))
  leaveOutRest(reading, data)
  if (!source) return undefined
  const type =
    source.kind === 'base64' ? source.mediaType : (said ?? typeByName(source.kind === 'url' ? source.url : ''))
  const detail = detailOf(members.take('mediaResolution')?.value) ?? general
  return {
    kind: 'media',
    media: mediaKind(type),
    source,
    ...(filename && { filename }),
    ...(detail && { detail }),
  }
}

const readInline = (reading: Reading, data: Members, said: string | undefined): MediaSource | undefined => {
  const field = data.take('data')
  const text = stringIn(reading, field, 'base64') ?? mistaken(reading, `${data.pointer}/data`, 'base64')
  if (text === undefined) return undefined
  const bytes = standardBase64(text)
  if (bytes === undefined) return mistaken(reading, field?.pointer ?? data.pointer, 'base64')
  return { kind: 'base64', mediaType: trueMediaType(said, bytes), data: bytes }
}

/** Files that were uploaded to Google, or lie in its storage. */
const GOOGLE_FILE = /^(gs:|files\/|https:\/\/generativelanguage\.googleapis\.com\/)/

const readFile = (reading: Reading, data: Members, said: string | undefined): MediaSource | undefined => {
  const uri = stringIn(reading, data.take('fileUri')) ?? mistaken(reading, `${data.pointer}/fileUri`, 'a URI')
  if (uri === undefined) return undefined
  if (GOOGLE_FILE.test(uri)) return { kind: 'file', id: uri, family: FAMILY }
  return { kind: 'url', url: uri, ...(said !== undefined && { mediaType: said }) }
}

const typeByName = (url: string): string => {
  if (/^https:\/\/(www\.)?(youtube\.com|youtu\.be)\//.test(url)) return 'video/mp4'
  return /\.(png|jpe?g|gif|webp|heic|bmp)(\?|$)/i.test(url) ? 'image/*' : 'application/pdf'
}

export const mediaKind = (mediaType: string): MediaKind => {
  const [type] = mediaType.split('/')
  return type === 'image' || type === 'audio' || type === 'video' ? type : 'document'
}

/** `MEDIA_RESOLUTION_LOW` and its kin, bare or as `{level}`. */
export const detailOf = (value: unknown): MediaBlock['detail'] | undefined => {
  const level = typeof value === 'string' ? value : textOf(objectOf(value).level)
  if (level.endsWith('_LOW')) return 'low'
  return level.endsWith('_HIGH') ? 'high' : undefined
}
