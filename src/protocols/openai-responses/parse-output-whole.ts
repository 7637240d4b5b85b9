import type { MediaBlock, VendorBlock } from '../../canon/blocks.ts'
import type { JsonObject } from '../../canon/codec.ts'
import { writeJson } from '../../canon/json-text.ts'
import { textOf } from '../json.ts'
import type { ItemReader, Sink } from './parse-output-item.ts'
import { readTypedCall } from './typed-calls.ts'
import { readable } from './vendor-items.ts'

/** Reads an item that means something only when it is finished: typed calls, pictures, and whatever the vendor ran itself. */
export const createWholeReader = (sink: Sink): ItemReader => {
  let finished = false
  return {
    read() {},
    finish(item) {
      if (finished) return
      finished = true
      const call = readTypedCall(item)
      if (!call) {
        sink.emit({ type: 'whole', block: pictureOf(item) ?? vendorBlock(item, sink.source.family) })
        return
      }
      const { typed, arguments: text } = call
      const id = textOf(item.call_id) || textOf(item.id) || sink.newCallId()
      const key = sink.open({ kind: 'tool-call', id, name: typed, form: 'function', typed })
      sink.emit({ type: 'delta', key, text })
      sink.emit({ type: 'close', key, ...(item.status === 'incomplete' && { cut: true }) })
    },
    abandon() {},
  }
}

const pictureOf = (item: JsonObject): MediaBlock | undefined => {
  const data = textOf(item.result)
  if (item.type !== 'image_generation_call' || data === '') return undefined
  const mediaType = `image/${textOf(item.output_format) || 'png'}`
  return {
    kind: 'media',
    media: 'image',
    source: { kind: 'base64', mediaType, data },
    native: { format: 'openai-responses', value: item },
  }
}

const vendorBlock = (item: JsonObject, family: string): VendorBlock => ({
  kind: 'vendor',
  type: textOf(item.type),
  opaque: { family, kind: 'native-block', data: writeJson(item) },
  text: readable(item),
})
