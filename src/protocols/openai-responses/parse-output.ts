import type { JsonObject } from '../../canon/codec.ts'
import { numberOf } from '../../canon/json-text.ts'
import { objectOf, textOf } from '../json.ts'
import { createCallReader } from './parse-output-calls.ts'
import type { Ending, ItemReader, Sink } from './parse-output-item.ts'
import { createMessageReader } from './parse-output-message.ts'
import { createReasoningReader } from './parse-output-reasoning.ts'
import { createWholeReader } from './parse-output-whole.ts'

interface Item {
  readonly type: string
  readonly index: number
  readonly reader: ItemReader
  id: string
  callId: string
  isDone: boolean
}

/** The items of one response, found by where they stand: servers in between change ids, and leave events out. */
export interface Items {
  begin(index: number | undefined, item: JsonObject): void
  /** An event about an item, by its name without `response.` */
  read(name: string, event: JsonObject): void
  done(index: number | undefined, item: JsonObject): void
  /** The whole output, as the end tells it, and every item that it does not tell. */
  settle(output: readonly JsonObject[], ending: Ending): void
}

export const createItems = (sink: Sink): Items => {
  const all: Item[] = []
  const byIndex = new Map<number, Item>()

  const add = (index: number | undefined, item: JsonObject): Item => {
    const begun = beginItem(index ?? Math.max(-1, ...byIndex.keys()) + 1, item, sink)
    all.push(begun)
    byIndex.set(begun.index, begun)
    return begun
  }
  const at = (index: number | undefined): Item | undefined => (index === undefined ? undefined : byIndex.get(index))
  const byId = (id: unknown): Item | undefined => all.findLast((item) => item.id !== '' && item.id === id)
  /** The item that an event of a type is about, however little it says of it. */
  const about = (type: string, index: number | undefined, id: unknown): Item | undefined => {
    const found = at(index) ?? byId(id)
    if (found?.type === type) return found
    if (index !== undefined && !found) return add(index, { type })
    return all.findLast((item) => item.type === type && !item.isDone)
  }

  return {
    begin(index, item) {
      const before = at(index)
      // Told twice; or else a server that counts wrongly begins another item in the same place.
      if (before && !before.isDone && before.type === item.type && before.id === textOf(item.id)) return
      add(index, item)
    },
    read(name, event) {
      const type = typeOf(name, event)
      const item = type === undefined ? undefined : about(type, numberOf(event.output_index), event.item_id)
      if (item && !item.isDone) item.reader.read(name, event)
    },
    done(index, told) {
      const found = at(index) ?? byId(told.id)
      if (!found || found.type !== told.type) finish(byIdAndType(byId(told.id), told) ?? add(index, told), told)
      else if (!found.isDone) finish(found, told)
      else if (found.id !== '' && found.id !== told.id) finish(add(index, told), told)
    },
    settle(output, ending) {
      const unclaimed = new Set(all)
      const told = output.map((item, index) => ({ item, index, found: claim(unclaimed, index, item) }))
      for (const { item, found } of told) if (found && !found.isDone) finish(found, item)
      for (const item of unclaimed) if (!item.isDone) item.reader.abandon(ending)
      for (const { item, index, found } of told) if (!found) finish(add(index, item), item)
    },
  }
}

const beginItem = (index: number, item: JsonObject, sink: Sink): Item => {
  const type = textOf(item.type)
  const reader = readerOf(type, item, sink)
  return { type, index, reader, id: textOf(item.id), callId: textOf(item.call_id), isDone: false }
}

const finish = (item: Item, told: JsonObject): void => {
  if (item.isDone) return
  item.id ||= textOf(told.id)
  item.callId ||= textOf(told.call_id)
  item.isDone = true
  item.reader.finish(told)
}

const byIdAndType = (item: Item | undefined, { type }: JsonObject): Item | undefined =>
  item?.type === type ? item : undefined

/** The item that a finished output means at this place: by its ids, by its place, or else the next of its type. */
const claim = (unclaimed: Set<Item>, index: number, told: JsonObject): Item | undefined => {
  const [id, callId, type] = [textOf(told.id), textOf(told.call_id), textOf(told.type)]
  const sameType = [...unclaimed].filter((item) => item.type === type)
  const found =
    sameType.find((item) => id !== '' && item.id === id) ??
    sameType.find((item) => callId !== '' && item.callId === callId) ??
    sameType.find((item) => item.index === index) ??
    sameType[0]
  if (found) unclaimed.delete(found)
  return found
}

const readerOf = (type: string, item: JsonObject, sink: Sink): ItemReader => {
  if (type === 'message') return createMessageReader(item, sink)
  if (type === 'reasoning') return createReasoningReader(item, sink)
  if (type === 'function_call') return createCallReader(item, 'function', sink)
  if (type === 'custom_tool_call') return createCallReader(item, 'custom', sink)
  return createWholeReader(sink)
}

/** The type of item that an event is about; `undefined` for events that tell nothing the finished item does not. */
const typeOf = (name: string, event: JsonObject): string | undefined => {
  if (name.startsWith('output_text.') || name.startsWith('refusal.')) return 'message'
  if (name.startsWith('content_part.')) return objectOf(event.part).type === 'reasoning_text' ? 'reasoning' : 'message'
  if (name.startsWith('reasoning_')) return 'reasoning'
  if (name.startsWith('function_call_arguments.')) return 'function_call'
  return name.startsWith('custom_tool_call_input.') ? 'custom_tool_call' : undefined
}
