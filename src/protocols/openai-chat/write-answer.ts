import type { AnswerEvent, Opening, Stop } from '../../canon/answer.ts'
import type { MediaBlock, Opaque, VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { createLosses, type Loss } from '../../canon/losses.ts'
import { finishReason } from './finish-reason.ts'
import { phaseState } from '../shared/phase.ts'
import type { Piece } from './piece.ts'
import { signatureOf } from './render-reasoning.ts'
import { createCallWriter } from './write-calls.ts'
import { createExtrasWriter } from './write-extras.ts'
import { createProseWriter, type Said } from './write-prose.ts'

/** Turns the events of an answer into pieces of one message, which streams send and whole answers gather. */
export interface AnswerWriter {
  push(event: AnswerEvent): readonly Piece[]
  readonly losses: readonly Loss[]
}

const shown = (delta: JsonObject | undefined): readonly Piece[] => (delta ? [{ delta }] : [])

export const createAnswerWriter = (reversal: Reversal): AnswerWriter => {
  const losses = createLosses()
  const writers: Writers = {
    calls: createCallWriter(reversal.wishes.legacyFunctions, losses),
    prose: createProseWriter(reversal.showsReasoning, losses),
    extras: createExtrasWriter(reversal, losses),
    blocks: new Map(),
  }
  const { calls, prose, extras, blocks } = writers

  const stopped = (stop: Stop): readonly Piece[] => {
    const reason = finishReason(stop, prose.isRefused, losses)
    const finish = reversal.wishes.legacyFunctions && reason === 'tool_calls' ? 'function_call' : reason
    const met = stop.sequence === undefined ? {} : { met: stop.sequence }
    return [...lastWords(stop, writers), { delta: {}, finish, ...met }]
  }
  const whole = (block: MediaBlock | VendorBlock): readonly Piece[] => {
    if (block.kind === 'media') return extras.image(block)
    extras.carry(block.opaque, { text: prose.length, calls: calls.count })
    losses.declare('/response', 'unsupported')
    return []
  }

  return {
    push(event) {
      const block = 'key' in event ? blocks.get(event.key) : undefined
      switch (event.type) {
        case 'start':
          return [{ delta: { role: 'assistant', content: '' } }]
        case 'open':
          return opened(event.key, event.opening, writers)
        case 'delta':
          if (block?.kind === 'tool-call') return shown(calls.say(event.key, event.text))
          if (block?.phase !== undefined && block.text === '' && event.text !== '')
            extras.carry(phaseState(block.phase), block.place)
          return block ? prose.say(block, event.text, event.logprobs) : []
        case 'paragraph':
          return block ? prose.paragraph(block) : []
        case 'citation':
          extras.cite(event.citation, block)
          return []
        case 'opaque':
          return carried(event.key, event.opaque, writers)
        case 'close':
          return shown(calls.close(event.key, event.cut === true))
        case 'whole':
          return whole(event.block)
        case 'stop':
          return stopped(event.stop)
        case 'usage':
        case 'ping':
        case 'error':
        case 'end':
          return []
      }
    },
    get losses() {
      return losses.list
    },
  }
}

interface Writers {
  readonly calls: ReturnType<typeof createCallWriter>
  readonly prose: ReturnType<typeof createProseWriter>
  readonly extras: ReturnType<typeof createExtrasWriter>
  readonly blocks: Map<number, Said>
}

const opened = (key: number, opening: Opening, { calls, prose, blocks }: Writers): readonly Piece[] => {
  const phase = opening.kind === 'text' ? opening.phase : undefined
  const place = { text: prose.length, calls: calls.count }
  blocks.set(key, { kind: opening.kind, place, ...(phase !== undefined && { phase }), text: '' })
  return opening.kind === 'tool-call' ? shown(calls.open(key, opening)) : []
}

/** Google's signature of a call has a place of its own; any other state is sealed. */
const carried = (key: number, opaque: Opaque, { calls, prose, extras, blocks }: Writers): readonly Piece[] => {
  const block = blocks.get(key)
  const signature = block?.kind === 'tool-call' && opaque.family === 'google' ? signatureOf(opaque) : undefined
  const signed = signature === undefined ? undefined : calls.sign(key, signature)
  if (!signed) extras.carry(opaque, block?.place ?? { text: prose.length, calls: calls.count })
  return shown(signed)
}

/** A refusal that came without words is told in the vendor's explanation. */
const lastWords = ({ reason, explanation }: Stop, { prose, extras }: Writers): readonly Piece[] => {
  const isUntold = reason === 'refusal' && !prose.isRefused && prose.length === 0
  const delta = { ...(isUntold && explanation !== undefined && { refusal: explanation }), ...extras.lists() }
  return Object.keys(delta).length > 0 ? [{ delta }] : []
}
