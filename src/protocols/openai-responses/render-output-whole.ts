import type { MediaBlock, VendorBlock } from '../../canon/blocks.ts'
import { objectOf, parseJson, textOf } from '../json.ts'
import { FAMILY } from './reasoning-state.ts'
import type { Output } from './render-output-item.ts'

/**
 * Writes a block that comes in one piece: OpenAI's own item as it was; a picture as one that was generated; of another
 * vendor's block its state only, which no client can read but every client gives back.
 */
export const writeWhole = (output: Output, block: MediaBlock | VendorBlock): void => {
  if (block.kind === 'media') {
    writePicture(output, block)
    return
  }
  const { family, kind, data } = block.opaque
  if (family === FAMILY && kind === 'native-block') {
    const own = objectOf(parseJson(data))
    output.whole({ ...own, id: output.newId(prefixOf(block.type), textOf(own.id)) })
  } else {
    output.losses.declare(`/response/output/${output.length}`, 'approximated')
    output.carry(block.opaque)
  }
}

const writePicture = (output: Output, { media, source, native }: MediaBlock): void => {
  if (native?.format === 'openai-responses') {
    output.whole({ ...native.value, id: output.newId('ig', textOf(native.value.id)) })
  } else if (media === 'image' && source.kind === 'base64') {
    const output_format = source.mediaType.replace(/^image\//, '')
    const id = output.newId('ig')
    output.whole({ id, type: 'image_generation_call', status: 'completed', output_format, result: source.data })
  } else output.losses.declare(`/response/output/${output.length}`, 'unsupported')
}

const prefixOf = (type: string): string => type.replace(/_(?:call|output)$/, '').replaceAll('_', '') || 'item'
