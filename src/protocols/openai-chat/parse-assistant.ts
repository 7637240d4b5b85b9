import type { Block, Citation, Opaque, ToolCallBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { isObject, objectOf, objectsOf, parseJson, textOf } from '../json.ts'
import { phaseIn } from '../shared/phase.ts'
import { parseContent } from './parse-parts.ts'
import { isAbsent, type Reader } from './reader.ts'
import { isSealed, type Place, placeOf, textOfDetail, textOfOpaque } from './sealed.ts'

/** Reads what an assistant's message holds, in the order in which it was said as far as the message tells. */
export const parseAssistant = (
  reader: Reader,
  message: JsonObject,
  pointer: string,
  legacyId: () => string,
): readonly Block[] => {
  const calls = parseCalls(reader, message, pointer, legacyId)
  const said = parseContent(reader, message.content, `${pointer}/content`)
  const refusal = reader.text(message.refusal, `${pointer}/refusal`)
  const isSilent = message.content === '' && calls.length > 0
  const prose: readonly Block[] = [
    ...(isSilent ? [] : cited(said, message.annotations)),
    ...(refusal ? [{ kind: 'refusal', text: refusal, pointer: `${pointer}/refusal` } as const] : []),
  ]
  if (!isAbsent(message.audio)) reader.leave(`${pointer}/audio`, 'refuse')
  const details = isAbsent(message.reasoning_details)
    ? []
    : (reader.list(message.reasoning_details, `${pointer}/reasoning_details`) ?? [])
  if (details.some(isSealed)) return interleave(parseSealed(reader, message, details, pointer), prose, calls)
  const { text, field } = unsealedText(message, details)
  const at = `${pointer}/${field}`
  return [...(field ? [{ kind: 'reasoning', text, pointer: at } as const] : []), ...prose, ...calls]
}

/** The reasoning a compatible vendor gave in plain words: nobody vouches for it. */
const unsealedText = (
  message: JsonObject,
  details: readonly unknown[],
): { readonly text: string; readonly field: string } => {
  const detailed = objectsOf(details).map(textOfDetail).join('')
  if (detailed !== '') return { text: detailed, field: 'reasoning_details' }
  for (const field of ['reasoning_content', 'reasoning']) {
    const text = textOf(message[field])
    if (text !== '') return { text, field }
  }
  return { text: '', field: details.length > 0 ? 'reasoning_details' : '' }
}

interface Placed {
  readonly place: Place
  readonly block: Block
}

const parseSealed = (
  reader: Reader,
  message: JsonObject,
  details: readonly unknown[],
  pointer: string,
): readonly Placed[] => {
  const entries = details.map((detail, index) => ({ detail: objectOf(detail), index }))
  const sealed = entries.flatMap(({ detail, index }) => {
    if (!isSealed(detail)) return []
    const opaque = reader.carriers.open(textOf(detail.data))
    return [{ detail, opaque, at: `${pointer}/reasoning_details/${index}` }]
  })
  const thoughts = sealed.filter(({ opaque }) => typeof opaque !== 'object' || phaseIn(opaque) === undefined)
  const alone = thoughts.length === 1 ? textOf(message.reasoning_content) : ''
  return sealed.flatMap(({ detail, opaque, at }): readonly Placed[] => {
    if (typeof opaque === 'object') return [{ place: placeOf(detail), block: blockOf(opaque, alone, at) }]
    reader.losses.declare(at, 'reasoning_damaged')
    return []
  })
}

const blockOf = (opaque: Opaque, textAside: string, pointer: string): Block => {
  if (opaque.kind === 'native-block') {
    return { kind: 'vendor', type: textOf(objectOf(parseJson(opaque.data)).type), opaque, text: '', pointer }
  }
  const phase = phaseIn(opaque)
  if (phase !== undefined) return { kind: 'text', text: '', phase, pointer }
  // A signature that stood on a text or a call is handed to the one that follows.
  if (isDetached(opaque)) return { kind: 'text', text: '', opaque, pointer }
  return { kind: 'reasoning', text: textOfOpaque(opaque) || textAside, opaque, pointer }
}

const isDetached = (opaque: Opaque): boolean =>
  opaque.kind === 'thought-signature' && objectOf(parseJson(opaque.data)).on !== 'thought'

/** Puts each state back where it stood, cutting the text there. */
const interleave = (
  placed: readonly Placed[],
  prose: readonly Block[],
  calls: readonly ToolCallBlock[],
): readonly Block[] => {
  const blocks: Block[] = []
  const rest: Block[] = [...prose]
  let told = 0
  let called = 0
  const tellUntil = (end: number): void => {
    while (told < end) {
      const [next] = rest
      if (next?.kind !== 'text') return
      const room = end - told
      const isWhole = next.text.length <= room
      give(blocks, isWhole ? next : { ...next, text: next.text.slice(0, room) })
      if (isWhole) rest.shift()
      else rest[0] = { ...next, text: next.text.slice(room) }
      told += Math.min(room, next.text.length)
    }
  }
  const callUntil = (end: number): void => {
    for (const call of calls.slice(called, end)) give(blocks, call)
    called = Math.max(called, Math.min(end, calls.length))
  }
  for (const { place, block } of placed) {
    tellUntil(place.text)
    callUntil(place.calls)
    blocks.push(block)
  }
  for (const block of rest) give(blocks, block)
  callUntil(calls.length)
  return blocks
}

/** Adds a block; a signature or a phase without a text of its own before it was this block's. */
const give = (blocks: Block[], block: Block): void => {
  const last = blocks.at(-1)
  const phase = last?.kind === 'text' && last.text === '' ? last.phase : undefined
  if (phase !== undefined && block.kind === 'text') {
    blocks[blocks.length - 1] = { ...block, phase }
    return
  }
  const isWaiting = last?.kind === 'text' && last.text === '' && last.opaque !== undefined
  if (isWaiting && (block.kind === 'text' || block.kind === 'tool-call') && !block.opaque)
    blocks[blocks.length - 1] = { ...block, opaque: last.opaque }
  else blocks.push(block)
}

const parseCalls = (
  reader: Reader,
  message: JsonObject,
  pointer: string,
  legacyId: () => string,
): readonly ToolCallBlock[] => {
  const listed = reader.list(message.tool_calls, `${pointer}/tool_calls`) ?? []
  const calls = listed.map((value, index) => parseCall(reader, value, `${pointer}/tool_calls/${index}`))
  const legacy = reader.object(message.function_call, `${pointer}/function_call`)
  if (legacy) calls.push(named(reader, legacy, legacyId(), `${pointer}/function_call`))
  return calls.filter((call) => call !== undefined)
}

const CALL_FIELDS: ReadonlySet<string> = new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content'])

const parseCall = (reader: Reader, value: unknown, pointer: string): ToolCallBlock | undefined => {
  const call = reader.object(value, pointer)
  if (!call) return reader.wrong(pointer, 'a tool call', value)
  reader.leaveOthers(call, CALL_FIELDS, pointer)
  const id = reader.text(call.id, `${pointer}/id`) ?? `call${pointer.replaceAll(/[^0-9]+/g, '_')}`
  const signed = parseSignature(reader, call, pointer)
  const native = { format: 'openai-chat', value: call } as const
  if (!isObject(call.custom)) {
    const said = reader.object(call.function, `${pointer}/function`) ?? {}
    return { ...named(reader, said, id, `${pointer}/function`), pointer, native, ...signed }
  }
  const name = reader.text(call.custom.name, `${pointer}/custom/name`) ?? ''
  const input = reader.text(call.custom.input, `${pointer}/custom/input`) ?? ''
  return { kind: 'tool-call', form: 'custom', id, name, arguments: input, pointer, native, ...signed }
}

const named = (reader: Reader, said: JsonObject, id: string, pointer: string): ToolCallBlock => {
  const name = reader.text(said.name, `${pointer}/name`)
  if (!name) reader.wrong(`${pointer}/name`, "the called function's name", said.name)
  // Some clients send the object instead of its text.
  const args = isObject(said.arguments)
    ? writeJson(said.arguments)
    : reader.text(said.arguments, `${pointer}/arguments`)
  return { kind: 'tool-call', form: 'function', id, name: name ?? '', arguments: args ?? '', pointer }
}

/** Google's signature of a call, where its own Chat surface has it. */
const parseSignature = (reader: Reader, call: JsonObject, pointer: string): { readonly opaque?: Opaque } => {
  const signature = objectOf(objectOf(call.extra_content).google).thought_signature
  if (typeof signature !== 'string' || signature === '') return {}
  const opened = reader.carriers.open(signature)
  if (opened === 'damaged') {
    reader.losses.declare(`${pointer}/extra_content/google/thought_signature`, 'reasoning_damaged')
    return {}
  }
  const data = JSON.stringify({ signature, on: 'call' })
  return { opaque: opened ?? { family: 'google', kind: 'thought-signature', data } }
}

/** Gives the text the citations that an answer's annotations made of it. */
const cited = (blocks: readonly Block[], annotations: unknown): readonly Block[] => {
  const citations = objectsOf(annotations).flatMap((annotation) => citationOf(annotation) ?? [])
  const at = blocks.findLastIndex((block) => block.kind === 'text')
  if (citations.length === 0 || at === -1) return blocks
  return blocks.map((block, index) => (index === at && block.kind === 'text' ? { ...block, citations } : block))
}

/** An annotation as a citation; its offsets are counted as OpenAI counts them. */
export const citationOf = (annotation: JsonObject): Citation | undefined => {
  if (annotation.type !== 'url_citation') return undefined
  const { url, title, start_index, end_index, content } = objectOf(annotation.url_citation)
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof title === 'string' && { title }),
    ...(typeof content === 'string' && { citedText: content }),
    ...(typeof start_index === 'number' && { start: start_index }),
    ...(typeof end_index === 'number' && { end: end_index }),
    native: { format: 'openai-chat', value: annotation },
  }
}
