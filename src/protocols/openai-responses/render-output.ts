import type { AnswerEvent, Opening } from '../../canon/answer.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { type Call, createCall, createTypedCall } from './render-output-calls.ts'
import { type BlockWriter, createOutput, type Emit } from './render-output-item.ts'
import { createMessage, createPart, type Message, type PartOpening } from './render-output-message.ts'
import { createReasoning } from './render-output-reasoning.ts'
import { writeWhole } from './render-output-whole.ts'

/** Writes the items of an answer, as events and as what they come to. */
export interface OutputWriter {
  readonly losses: Losses
  push(event: BlockEvent): void
  /** Ends every item. `isCut`: the answer met its limit, so that a message that was still going on is not complete. */
  finish(isCut: boolean): void
  /** The items so far; those that have not ended say so. */
  items(): readonly JsonObject[]
}

export type BlockEvent = Exclude<AnswerEvent, { type: 'start' | 'usage' | 'stop' | 'ping' | 'error' | 'end' }>

const NOTHING: PartOpening = { kind: 'text' }

export const createOutputWriter = (reversal: Reversal, emit: Emit): OutputWriter => {
  const writers = new Map<number, BlockWriter>()
  /** Calls that wait to be announced, by key, in the order in which they were opened. */
  const waiting = new Map<number, Call>()
  let message: Message | undefined
  const endMessage = (status: 'completed' | 'incomplete'): void => {
    const ending = message
    message = undefined
    ending?.seal(status)
  }
  // A message goes on for as long as no other item comes between.
  const output = createOutput(reversal, emit, (type) => type !== 'message' && endMessage('completed'))

  const messageOf = (opening: PartOpening): Message => {
    const phase = opening.kind === 'text' ? opening.phase : message?.phase
    if (message && message.phase !== phase) endMessage('completed')
    message ??= createMessage(output, phase)
    return message
  }
  const writerOf = (key: number, opening: Opening): BlockWriter => {
    if (opening.kind === 'reasoning') return createReasoning(output, opening.id)
    if (opening.kind !== 'tool-call') return createPart(output, () => messageOf(opening).part(opening))
    const { typed } = opening
    const call = typed === undefined ? createCall(output, opening) : createTypedCall(output, opening, typed)
    waiting.set(key, call)
    return call
  }
  const announceWaiting = (): void => {
    for (const call of waiting.values()) call.announce()
    waiting.clear()
  }
  const close = (key: number, writer: BlockWriter, isCut: boolean): void => {
    writers.delete(key)
    waiting.delete(key)
    writer.close(isCut)
  }

  return {
    losses: output.losses,
    push(event) {
      if (event.type === 'open' || event.type === 'whole') announceWaiting()
      if (event.type === 'whole') writeWhole(output, event.block)
      else if (event.type === 'open') writers.set(event.key, writerOf(event.key, event.opening))
      else {
        const writer = writers.get(event.key)
        if (writer && event.type === 'close') close(event.key, writer, event.cut === true)
        else if (writer && event.type !== 'close') write(writer, event)
      }
    },
    finish(isCut) {
      for (const [key, writer] of [...writers]) close(key, writer, true)
      // An answer of nothing is a message of nothing: a client that reads the last item finds one.
      if (output.length === 0) messageOf(NOTHING).part(NOTHING).close(false)
      endMessage(isCut ? 'incomplete' : 'completed')
    },
    items: () => output.items(),
  }
}

const write = (writer: BlockWriter, event: Exclude<BlockEvent, { type: 'open' | 'whole' | 'close' }>): void => {
  switch (event.type) {
    case 'delta':
      writer.delta(event.text, event.logprobs)
      break
    case 'paragraph':
      writer.paragraph()
      break
    case 'citation':
      writer.citation(event.citation)
      break
    case 'opaque':
      writer.opaque(event.opaque)
  }
}
