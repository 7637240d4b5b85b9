import { PARAGRAPH } from '../../canon/answer.ts'
import type { Opaque } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { objectsOf } from '../json.ts'
import { FAMILY, reasoningItemOf } from './reasoning-state.ts'
import { type BlockWriter, IGNORED, type Output, type Place } from './render-output-item.ts'
import { createWholeCharacters } from '../shared/whole-characters.ts'

/**
 * Writes a reasoning block: its text as one part of a summary, if it may be shown, and its state in `encrypted_content`.
 * OpenAI's own state goes bare, but only under the id it was made with; everything else is sealed. Where there is
 * neither text nor state, there is no item.
 */
export const createReasoning = (output: Output, upstreamId: string | undefined): BlockWriter => {
  const { showsReasoning, carriers } = output.reversal
  const characters = createWholeCharacters()
  let place: Place | undefined
  let text = ''
  let opaque: Opaque | undefined

  const summary = (): readonly JsonObject[] => (text === '' ? [] : [{ type: 'summary_text', text }])
  const begin = (): Place => {
    if (place) return place
    const id = output.newId('rs', upstreamId)
    place = output.announce({ id, type: 'reasoning', summary: [] }, () => ({
      id,
      type: 'reasoning',
      summary: summary(),
    }))
    return place
  }
  const at = ({ id, index }: Place) => ({ item_id: id, output_index: index, summary_index: 0 })
  const write = (delta: string): void => {
    if (delta === '') return
    const here = at(begin())
    if (text === '')
      output.emit('response.reasoning_summary_part.added', { ...here, part: { type: 'summary_text', text: '' } })
    text += delta
    output.emit('response.reasoning_summary_text.delta', { ...here, delta })
  }
  const finished = ({ id }: Place): JsonObject => {
    if (!opaque) return { id, type: 'reasoning', summary: summary() }
    const own = opaque.family === FAMILY ? reasoningItemOf(opaque) : undefined
    if (own?.id !== id) return { id, type: 'reasoning', summary: summary(), encrypted_content: carriers.seal(opaque) }
    const parts = showsReasoning ? objectsOf(own.summary) : []
    return { ...own, id, type: 'reasoning', summary: parts.length > 0 ? parts : summary() }
  }

  return {
    ...IGNORED,
    delta(piece) {
      if (showsReasoning) write(characters.push(piece))
    },
    paragraph() {
      write(characters.rest())
      if (text !== '') write(PARAGRAPH)
    },
    opaque(state) {
      opaque = state
    },
    close() {
      write(characters.rest())
      if (!place && !opaque) return
      const here = begin()
      if (text !== '') {
        output.emit('response.reasoning_summary_text.done', { ...at(here), text })
        output.emit('response.reasoning_summary_part.done', { ...at(here), part: { type: 'summary_text', text } })
      }
      output.done(here, finished(here))
    },
  }
}
