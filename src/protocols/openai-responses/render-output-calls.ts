import type { Opening } from '../../canon/answer.ts'
import type { Opaque } from '../../canon/blocks.ts'
import { type BlockWriter, IGNORED, type Output, type Place } from './render-output-item.ts'
import { writeTypedCall } from './typed-calls.ts'
import { createWholeCharacters } from '../shared/whole-characters.ts'

export type CallOpening = Extract<Opening, { kind: 'tool-call' }>

/** The call of a tool. It can be made to announce itself, so that calls keep the order in which they were opened. */
export interface Call extends BlockWriter {
  announce(): void
}

type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

interface Shape {
  readonly type: string
  readonly prefix: string
  readonly member: 'arguments' | 'input'
  readonly event: string
}
const FUNCTION: Shape = {
  type: 'function_call',
  prefix: 'fc',
  member: 'arguments',
  event: 'response.function_call_arguments',
}
const CUSTOM: Shape = {
  type: 'custom_tool_call',
  prefix: 'ctc',
  member: 'input',
  event: 'response.custom_tool_call_input',
}

/**
 * Writes the call of a function or of a custom tool. It is announced one delta late, so that state which belongs before it
 * can still be put there. A call that was cut is incomplete, and its arguments are never said to be done.
 */
export const createCall = (output: Output, opening: CallOpening): Call => {
  const { name, namespace, form } = opening
  const shape = form === 'custom' ? CUSTOM : FUNCTION
  const characters = createWholeCharacters()
  let callId = ''
  let place: Place | undefined
  let held: string | undefined
  let input = ''
  let late: Opaque | undefined

  const itemAs = (id: string, status: ItemStatus, text: string) => ({
    id,
    type: shape.type,
    status,
    [shape.member]: text,
    call_id: callId,
    name,
    ...(namespace !== undefined && { namespace }),
  })
  const announce = (): Place => {
    if (place) return place
    const id = output.newId(shape.prefix)
    callId = output.newCallId(opening.id)
    place = output.announce(itemAs(id, 'in_progress', ''), () => itemAs(id, 'incomplete', input))
    write(place, held ?? '')
    return place
  }
  const write = ({ id, index }: Place, delta: string): void => {
    if (delta === '') return
    input += delta
    output.emit(`${shape.event}.delta`, { item_id: id, output_index: index, delta })
  }

  return {
    ...IGNORED,
    announce,
    delta(piece) {
      const text = characters.push(piece)
      if (place || held !== undefined) write(announce(), text)
      else held = text
    },
    opaque(opaque) {
      if (place) late = opaque
      else output.carry(opaque)
    },
    close(isCut) {
      const here = announce()
      write(here, characters.rest())
      // A function without parameters may be called with nothing, which is no JSON.
      if (!isCut && form === 'function' && input.trim() === '') write(here, '{}')
      const { id, index } = here
      if (!isCut) output.emit(`${shape.event}.done`, { item_id: id, output_index: index, name, [shape.member]: input })
      output.done(here, itemAs(id, isCut ? 'incomplete' : 'completed', input))
      if (late) output.carry(late)
    },
  }
}

const TYPED_PREFIXES: Readonly<Record<string, string>> = { local_shell: 'lsh', shell: 'sh', apply_patch: 'apc' }

/**
 * Writes the call of one of OpenAI's own client-side tools. It comes in one piece, because its item shows what the
 * arguments mean; one that was cut is left out, because its item would look whole.
 */
export const createTypedCall = (output: Output, opening: CallOpening, typed: string): Call => {
  let text = ''
  let state: Opaque | undefined
  const asFunction = (): void => {
    const call = createCall(output, opening)
    call.delta(text)
    call.close(false)
  }

  return {
    ...IGNORED,
    announce() {},
    delta(piece) {
      text += piece
    },
    opaque(opaque) {
      state = opaque
    },
    close(isCut) {
      if (isCut) {
        output.losses.declare('/response/output', 'unsupported')
        return
      }
      if (state) output.carry(state)
      const written = writeTypedCall({ typed, arguments: text })
      if (!written) return asFunction()
      const id = output.newId(TYPED_PREFIXES[typed] ?? 'call')
      output.whole({ id, status: 'completed', call_id: output.newCallId(opening.id), ...written })
    },
  }
}
