import type { AnswerEvent } from '../canon/answer.ts'
import type { Reversal } from '../canon/codec.ts'
import type { JsonShape } from '../canon/conversation.ts'
import { readJson } from '../canon/json-text.ts'
import { fault, type GatewayError } from '../errors.ts'
import { breachOf } from './schema-check.ts'
import { createUnfencer, createValueReader, type Stripper } from './strip.ts'

/** Characters of an answer that are read again at its end. */
const TEXT_LENGTH_MAX = 8_388_608

/**
 * Holds the text of an answer to the shape that its model was only asked for. What stands around the JSON is taken off as
 * it comes; at the end it is looked at whole, and an answer of another shape ends in an error, as its client would read it
 * for what it is not. Calls, refusals and answers that were cut are no answer of that shape, and end as they end.
 */
export const createShapeKeeper = ({
  emulates,
  wrapsAnswer,
}: Pick<Reversal, 'emulates' | 'wrapsAnswer'>): ((event: AnswerEvent) => readonly AnswerEvent[]) => {
  const stripping = new Map<number, Stripper>()
  let text = ''
  let isExcused = false
  let error: GatewayError | undefined

  const said = (key: number, more: string): readonly AnswerEvent[] => {
    if (emulates && text.length <= TEXT_LENGTH_MAX) text += more
    return more === '' ? [] : [{ type: 'delta', key, text: more }]
  }
  const finish = (key: number): readonly AnswerEvent[] => {
    const rest = stripping.get(key)?.end() ?? ''
    stripping.delete(key)
    return said(key, rest)
  }
  const open = ({ key, opening: { kind } }: Extract<AnswerEvent, { type: 'open' }>): void => {
    if (kind === 'text') stripping.set(key, wrapsAnswer ? createValueReader() : createUnfencer())
    else if (kind !== 'reasoning') isExcused = true
  }

  return (event) => {
    if (event.type === 'open') open(event)
    else if (event.type === 'delta') {
      const stripper = stripping.get(event.key)
      if (!stripper) return [event]
      const [delta] = said(event.key, stripper.push(event.text))
      if (event.logprobs) return [{ ...event, text: delta?.type === 'delta' ? delta.text : '' }]
      return delta ? [delta] : []
    } else if (event.type === 'close') return [...finish(event.key), event]
    else if (event.type === 'stop') {
      const rest = [...stripping.keys()].flatMap(finish)
      if (emulates && !isExcused && event.stop.reason === 'natural') error = otherShape(text, emulates)
      // The error comes where the end would, as what was used is told before that.
      return error ? rest : [...rest, event]
    } else if (event.type === 'end' && error) return [{ type: 'error', error }]
    return [event]
  }
}

const otherShape = (text: string, shape: JsonShape): GatewayError | undefined => {
  const breach = breachIn(text, shape)
  if (breach === undefined) return undefined
  const message = `The model's answer is not of the shape that was asked for: ${breach}. This model cannot be held to a shape, only asked for it: try again, or choose a model that can.`
  return fault('upstream-unreadable', message)
}

const breachIn = (text: string, shape: JsonShape): string | undefined => {
  if (text.length > TEXT_LENGTH_MAX) return 'it is too long to be looked at'
  let value: unknown
  try {
    value = readJson(text)
  } catch {
    return 'it is not JSON'
  }
  return breachOf(value, shape.kind === 'json-schema' ? shape.schema : { type: 'object' })
}
