import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { isObject, textOf } from '../json.ts'
import { type Ending, type ItemReader, restOf, type Sink } from './parse-output-item.ts'

export type CallForm = 'function' | 'custom'

/** Reads a `function_call` or a `custom_tool_call`. Its block opens as soon as the call's id and name are known. */
export const createCallReader = (added: JsonObject, form: CallForm, sink: Sink): ItemReader => {
  let key: number | undefined
  let text = ''
  let closed = false
  /** Deltas that came before the name. */
  let early = ''

  const open = (item: JsonObject, insists: boolean): number | undefined => {
    const id = textOf(item.call_id) || (insists ? textOf(item.id) : '')
    const name = textOf(item.name)
    if (key !== undefined || name === '' || (id === '' && !insists)) return key
    const namespace = textOf(item.namespace)
    key = sink.open({
      kind: 'tool-call',
      id: id || sink.newCallId(),
      name,
      form,
      ...(namespace !== '' && { namespace }),
    })
    grow(early)
    return key
  }
  const grow = (piece: string): void => {
    if (piece === '' || closed) return
    if (key === undefined) early += piece
    else {
      text += piece
      sink.emit({ type: 'delta', key, text: piece })
    }
  }
  const complete = (whole: string): void => grow(restOf(whole, key === undefined ? early : text))
  const close = (isCut: boolean): void => {
    if (key !== undefined && !closed) sink.emit({ type: 'close', key, ...(isCut && { cut: true }) })
    closed = true
  }

  open(added, false)
  return {
    read(name, event) {
      if (name.endsWith('.delta')) grow(textOf(event.delta))
      else if (name.endsWith('.done')) complete(inputOf(event, form))
    },
    finish(item) {
      if (closed) return
      open({ ...added, ...item }, true)
      complete(inputOf(item, form))
      close(item.status === 'incomplete')
    },
    abandon(ending: Ending) {
      if (!closed) open(added, true)
      close(ending === 'incomplete' || (form === 'function' && !isJson(text)))
    },
  }
}

/** The arguments, which some servers send as the object itself. */
const inputOf = (item: JsonObject, form: CallForm): string => {
  const input = form === 'function' ? item.arguments : item.input
  return isObject(input) ? writeJson(input) : textOf(input)
}

const isJson = (text: string): boolean => {
  if (text.trim() === '') return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
