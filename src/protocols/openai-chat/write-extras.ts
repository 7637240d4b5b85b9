import type { Citation, MediaBlock, Opaque } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import type { Losses } from '../../canon/losses.ts'
import { codePointsOf } from '../shared/code-points.ts'
import { dataUrl } from '../shared/media.ts'
import type { Piece } from './piece.ts'
import { type Place, sealedEntry } from './sealed.ts'
import type { Said } from './write-prose.ts'

/** What a message has beside its text and calls. */
export interface ExtrasWriter {
  /** State that must come back. */
  carry(opaque: Opaque, place: Place): void
  cite(citation: Citation, block: Said | undefined): void
  image(block: MediaBlock): readonly Piece[]
  /** The lists, told once, at the end: accumulators of the official SDKs keep only the last, or refuse a second. */
  lists(): JsonObject
}

export const createExtrasWriter = (
  { showsReasoning, carriers }: Pick<Reversal, 'showsReasoning' | 'carriers'>,
  losses: Losses,
): ExtrasWriter => {
  const details: JsonObject[] = []
  const cited: (readonly [Citation, Said | undefined])[] = []
  let images = 0
  return {
    carry(opaque, place) {
      // The text says it all, and is in the message already.
      if (showsReasoning && opaque.kind === 'reasoning-text') return
      details.push(sealedEntry(carriers, opaque, details.length, place))
    },
    cite(citation, block) {
      // A place in a file has no address, and Chat knows no other citations.
      if (citation.url === undefined) losses.declare('/response/choices/0/message/annotations', 'unsupported')
      else cited.push([citation, block])
    },
    image({ media, source }) {
      if (media !== 'image' || (source.kind !== 'base64' && source.kind !== 'url')) {
        losses.declare('/response', 'unsupported')
        return []
      }
      const url = source.kind === 'url' ? source.url : dataUrl(source.mediaType, source.data)
      return [{ delta: { images: [{ index: images++, type: 'image_url', image_url: { url } }] } }]
    },
    lists: () => ({
      // Anthropic tells a citation ahead of the words that it stands on: only now they are all there.
      ...(cited.length > 0 && { annotations: cited.map(([citation, block]) => annotationOf(citation, block)) }),
      ...(details.length > 0 && { reasoning_details: details }),
    }),
  }
}

/** Offsets are counted on the message's whole text, in characters. */
const annotationOf = ({ url, title, start, end }: Citation, block: Said | undefined): JsonObject => {
  const [text, before] = [block?.text ?? '', block?.place.text ?? 0]
  const offset = (units: number): number => before + codePointsOf(text, units)
  return {
    type: 'url_citation',
    url_citation: {
      url: url ?? '',
      title: title ?? '',
      start_index: offset(start ?? 0),
      end_index: offset(end ?? text.length),
    },
  }
}
