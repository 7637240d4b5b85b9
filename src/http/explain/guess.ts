import { Buffer } from 'node:buffer'
import type { ModelType } from '../../canon/model.ts'
import type { Scan } from '../../canon/scan.ts'

export interface GuessDeps {
  /** What kind of model a name leads to. */
  readonly typeOf: (name: string) => ModelType | undefined
}

/** What only Anthropic's Messages have, among formats with `messages`. */
const OF_MESSAGES = ['system', 'stop_sequences', 'mcp_servers', 'container', 'anthropic_version']
const OF_EMBEDDINGS = ['encoding_format', 'dimensions']
const OF_IMAGES = ['size', 'quality', 'background', 'output_format']

/**
 * The path that a body of this shape is most likely for, found in this order: `contents` is Gemini, with `model` in the
 * body; `messages` is Anthropic's with the header `anthropic-version` or a member that only they have, else Chat's;
 * `query` and `documents` are a ranking; `input` and `voice` are speech; other `input` is by the model's type an
 * embedding, a moderation, or a Response; `prompt` is an image by the model's type or a member that only they have, else
 * a legacy completion. `undefined`: none of these.
 */
export const guessPath = ({ typeOf }: GuessDeps, scan: Scan, headers: Headers): string | undefined => {
  const { members } = scan
  const has = (...names: readonly string[]): boolean => names.some((name) => members.has(name))
  const model = modelIn(scan)
  if (has('contents'))
    return model === undefined
      ? undefined
      : `/v1beta/models/${encodeURIComponent(model.replace(/^models\//, ''))}:generateContent`
  if (has('messages'))
    return headers.has('anthropic-version') || has(...OF_MESSAGES) ? '/v1/messages' : '/v1/chat/completions'
  const type = model === undefined ? undefined : typeOf(model)
  if (has('documents') && has('query')) return '/v1/rerank'
  if (has('input') && has('voice')) return '/v1/audio/speech'
  if (has('input', 'previous_response_id')) {
    if (type === 'embedding' || has(...OF_EMBEDDINGS)) return '/v1/embeddings'
    return type === 'moderation' ? '/v1/moderations' : '/v1/responses'
  }
  if (!has('prompt')) return undefined
  return type === 'image' || has(...OF_IMAGES) ? '/v1/images/generations' : '/v1/completions'
}

const NAME_BYTES_MAX = 2_048

const modelIn = ({ bytes, members }: Scan): string | undefined => {
  const member = members.get('model')
  if (!member || member.valueEnd - member.valueStart > NAME_BYTES_MAX) return undefined
  try {
    const name: unknown = JSON.parse(Buffer.from(bytes.subarray(member.valueStart, member.valueEnd)).toString())
    return typeof name === 'string' && name.isWellFormed() ? name : undefined
  } catch {
    return undefined
  }
}
