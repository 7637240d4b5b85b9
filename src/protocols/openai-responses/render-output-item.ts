import type { Citation, Opaque, TokenLogprob } from '../../canon/blocks.ts'
import type { JsonObject, Reversal } from '../../canon/codec.ts'
import { createLosses, type Losses } from '../../canon/losses.ts'
import { createIds, type Ids } from './render-output-ids.ts'

/** An item's place in the output, taken when it is announced and kept to its end. */
export interface Place {
  readonly index: number
  readonly id: string
}

/** Passes on an event of the stream, of which the writer knows the order but not the framing. */
export type Emit = (type: string, members: JsonObject) => void

/** What the writers of items write to. */
export interface Output extends Ids {
  readonly reversal: Reversal
  readonly losses: Losses
  readonly emit: Emit
  /** How many items have been announced. */
  readonly length: number
  /** The items so far; those that have not ended say so. */
  items(): readonly JsonObject[]
  /** Announces an item as it begins. `unfinished` is what to show of it should the answer break off. */
  announce(item: Item, unfinished: () => JsonObject): Place
  done(place: Place, item: JsonObject): void
  /** An item that comes in one piece. */
  whole(item: Item): void
  /** State that no item of its own carries: a reasoning item without a summary, which clients give back unread. */
  carry(opaque: Opaque): void
}

type Item = JsonObject & { readonly id: string }

/** `announcing` is told the type of every item before it takes its place. */
export const createOutput = (reversal: Reversal, emit: Emit, announcing: (type: unknown) => void): Output => {
  const items: (() => JsonObject)[] = []
  const ids = createIds(reversal.requestId)
  const output: Output = {
    reversal,
    losses: createLosses(),
    emit,
    ...ids,
    get length() {
      return items.length
    },
    items: () => items.map((item) => item()),
    announce(item, unfinished) {
      announcing(item.type)
      const index = items.push(unfinished) - 1
      emit('response.output_item.added', { output_index: index, item })
      return { index, id: item.id }
    },
    done({ index }, item) {
      items[index] = () => item
      emit('response.output_item.done', { output_index: index, item })
    },
    whole(item) {
      const place = output.announce(item, () => item)
      output.done(place, item)
    },
    carry(opaque) {
      const encrypted_content = reversal.carriers.seal(opaque)
      output.whole({ id: ids.newId('rs'), type: 'reasoning', summary: [], encrypted_content })
    },
  }
  return output
}

/** Writes one block of the answer. */
export interface BlockWriter {
  delta(text: string, logprobs?: readonly TokenLogprob[]): void
  paragraph(): void
  citation(citation: Citation): void
  opaque(opaque: Opaque): void
  close(isCut: boolean): void
}

export const IGNORED: Pick<BlockWriter, 'paragraph' | 'citation' | 'opaque'> = {
  paragraph() {},
  citation() {},
  opaque() {},
}
