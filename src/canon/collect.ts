import type { Answer, AnswerEvent, Opening, Stop } from './answer.ts'
import { PARAGRAPH } from './answer.ts'
import type { Block, Citation, Opaque, TokenLogprob } from './blocks.ts'
import type { Usage } from './usage.ts'

interface Growing {
  readonly opening: Opening
  text: string
  citations: Citation[]
  logprobs: TokenLogprob[]
  opaque: Opaque | undefined
  isCut: boolean
}

/**
 * Folds the events of a stream into the answer they tell: the one way a whole answer and a streamed one mean the same.
 * Blocks stand in the order in which they were opened.
 */
export const collect = (events: Iterable<AnswerEvent>): Answer => {
  const blocks: (Growing | Block)[] = []
  const growing = new Map<number, Growing>()
  let head: { id?: string; model?: string } = {}
  let stop: Stop = { reason: 'other' }
  let serviceTier: string | undefined
  let usage: Usage | undefined
  let error: Answer['error']
  for (const event of events) {
    if (event.type === 'start') {
      head = {
        ...(event.id !== undefined && { id: event.id }),
        ...(event.model !== undefined && { model: event.model }),
      }
      usage = event.usage ?? usage
    } else if (event.type === 'open') {
      const block: Growing = {
        opening: event.opening,
        text: '',
        citations: [],
        logprobs: [],
        opaque: undefined,
        isCut: false,
      }
      growing.set(event.key, block)
      blocks.push(block)
    } else if (event.type === 'whole') blocks.push(event.block)
    else if (event.type === 'usage') usage = event.usage
    else if (event.type === 'error') error = event.error
    else if (event.type === 'stop') {
      stop = event.stop
      serviceTier = event.serviceTier
    } else grow(growing, event)
  }
  return {
    id: head.id,
    model: head.model,
    blocks: blocks.map((block) => ('opening' in block ? blockOf(block) : block)),
    stop,
    usage,
    ...(serviceTier !== undefined && { serviceTier }),
    ...(error !== undefined && { error }),
  }
}

const grow = (growing: ReadonlyMap<number, Growing>, event: AnswerEvent): void => {
  if (!('key' in event)) return
  const block = growing.get(event.key)
  if (!block) return
  if (event.type === 'delta') {
    block.text += event.text
    if (event.logprobs) block.logprobs.push(...event.logprobs)
  } else if (event.type === 'paragraph') block.text += block.text === '' ? '' : PARAGRAPH
  else if (event.type === 'citation') block.citations.push(event.citation)
  else if (event.type === 'opaque') block.opaque = event.opaque
  else if (event.type === 'close') block.isCut = event.cut === true
}

const blockOf = ({ opening, text, citations, logprobs, opaque, isCut }: Growing): Block => {
  const carried = opaque === undefined ? {} : { opaque }
  switch (opening.kind) {
    case 'text':
      return {
        ...opening,
        text,
        ...(citations.length > 0 && { citations }),
        ...(logprobs.length > 0 && { logprobs }),
        ...carried,
      }
    case 'refusal':
      return { kind: 'refusal', text }
    case 'reasoning':
      return { ...opening, text, ...carried }
    case 'tool-call':
      return { ...opening, arguments: text, ...(isCut && { cut: true }), ...carried }
  }
}

/** Plays a whole answer as the events of a stream. `collect(play(answer))` is `answer`. */
export function* play(answer: Answer): Generator<AnswerEvent> {
  yield {
    type: 'start',
    ...(answer.id !== undefined && { id: answer.id }),
    ...(answer.model !== undefined && { model: answer.model }),
  }
  for (const [key, block] of answer.blocks.entries()) yield* playBlock(key, block, answer.stop)
  if (answer.usage) yield { type: 'usage', usage: answer.usage }
  if (answer.error) {
    yield { type: 'error', error: answer.error }
    return
  }
  yield {
    type: 'stop',
    stop: answer.stop,
    ...(answer.serviceTier !== undefined && { serviceTier: answer.serviceTier }),
  }
  yield { type: 'end' }
}

function* playBlock(key: number, block: Block, stop: Stop): Generator<AnswerEvent> {
  const opening = openingOf(block)
  if (!opening) {
    // A tool's result is never part of an answer.
    if (block.kind === 'media' || block.kind === 'vendor') yield { type: 'whole', block }
    return
  }
  yield { type: 'open', key, opening }
  const text = block.kind === 'tool-call' ? block.arguments : 'text' in block ? block.text : ''
  const logprobs = block.kind === 'text' ? block.logprobs : undefined
  if (text !== '' || logprobs) yield { type: 'delta', key, text, ...(logprobs && { logprobs }) }
  if (block.kind === 'text') for (const citation of block.citations ?? []) yield { type: 'citation', key, citation }
  if ('opaque' in block && block.opaque) yield { type: 'opaque', key, opaque: block.opaque }
  yield { type: 'close', key, ...(isCut(block, stop) && { cut: true }) }
}

/** A call whose arguments do not parse, in an answer that met its limit, was cut by it. */
const isCut = (block: Block, { reason }: Stop): boolean => {
  if (block.kind !== 'tool-call') return false
  if (block.cut) return true
  if (block.form !== 'function') return false
  if (reason !== 'output-limit' && reason !== 'context-full') return false
  try {
    JSON.parse(block.arguments)
    return false
  } catch {
    return true
  }
}

const openingOf = (block: Block): Opening | undefined => {
  switch (block.kind) {
    case 'text':
      return { kind: 'text', ...(block.phase !== undefined && { phase: block.phase }) }
    case 'refusal':
      return { kind: 'refusal' }
    case 'reasoning':
      return { kind: 'reasoning', ...(block.id !== undefined && { id: block.id }) }
    case 'tool-call': {
      const { id, name, namespace, form, typed } = block
      return {
        kind: 'tool-call',
        id,
        name,
        form,
        ...(namespace !== undefined && { namespace }),
        ...(typed !== undefined && { typed }),
      }
    }
    default:
      return undefined
  }
}
