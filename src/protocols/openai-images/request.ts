import type { Envelope } from '../../canon/envelope.ts'
import type { Action, Operation } from '../../canon/operation.ts'
import type { Rewrite } from '../../canon/protocol.ts'
import type { Scan } from '../../canon/scan.ts'
import type { GatewayError } from '../../errors.ts'
import type { Result } from '../../result.ts'
import { type CountRange, checkKind, refuseField } from '../envelope.ts'
import { type Body, bodyOf, mediaEnvelope, rewriteMedia } from '../form.ts'
import { demandOf } from './demand.ts'

/** "Must be between 1 and 10." */
const IMAGES: CountRange = { min: 1, max: 10, nullable: true }
const PARTIALS: CountRange = { min: 0, max: 3, nullable: true }
const FRAMES: CountRange = { min: 2, max: 16, nullable: true }
const FRAMES_STANDARD = 9

/** Requests that may be forms: those that bring images. */
export const FORMS: ReadonlySet<Action> = new Set<Action>(['edit-image', 'vary-image'])

/** Reads the envelope of a request for images: to make some, to edit some, to vary one. */
export const readEnvelope = (scan: Scan, { action }: Operation): Result<Envelope, GatewayError> => {
  const body = bodyOf(scan)
  const model = body.model()
  if (action !== 'vary-image') checkPrompt(body)
  const given = action === 'generate-image' ? 0 : imagesIn(body, action)
  const images = body.count('n', IMAGES) ?? 1
  const stream = body.flag('stream')
  const outputFormat = body.text('output_format', 'png, jpeg, webp or gif')
  refuseSvg(body, outputFormat)
  const demand = demandOf({
    images,
    size: body.text('size', 'a size such as 1024x1024, or auto'),
    quality: body.text('quality', 'a quality such as low, medium or high'),
    partials: body.count('partial_images', PARTIALS) ?? 0,
    frames: body.count('frame_count', FRAMES) ?? (outputFormat === 'gif' ? FRAMES_STANDARD : 1),
    textBytes: scan.textBytes,
    given,
  })
  return mediaEnvelope(body, { model, stream, choices: images }, demand)
}

const PROMPT = 'a string that says what the image shows'

const checkPrompt = (body: Body): void => {
  if (!body.scan.form) checkKind(body.fields, 'prompt', ['string'], PROMPT, 'required')
  else if (!body.has('prompt')) body.mistake('prompt', PROMPT)
}

const IMAGE = 'an image file'

/** How many images a request brings: files of a form, or addresses and base64 in an object. */
const imagesIn = (body: Body, action: Action): number => {
  const { form, mediaCount } = body.scan
  if (form) {
    const files = form.filter(
      ({ name, fileName }) => fileName !== undefined && /^(?:image(?:\[.*)?|mask|markup)$/.test(name),
    )
    if (!files.some(({ name }) => name.startsWith('image'))) body.mistake('image', IMAGE)
    if (files.some(({ valueStart, valueEnd }) => valueStart === valueEnd))
      body.mistake('image', `${IMAGE} that is not empty`)
    return files.length
  }
  if (action === 'vary-image') body.mistake('image', `${IMAGE}, in a form (multipart/form-data)`)
  else if (body.has('images')) checkKind(body.fields, 'images', ['array'], 'a list of images', 'required')
  else checkKind(body.fields, 'image', ['string', 'array', 'object'], `${IMAGE}, or a list in \`images\``, 'required')
  return Math.max(1, mediaCount)
}

/** An SVG is written by another model, which is billed beside this one and which nobody could quote. */
const refuseSvg = (body: Body, outputFormat: string | undefined): void => {
  const instead = 'its text model is billed apart and could not be priced; ask for png, jpeg or webp'
  if (outputFormat === 'svg') refuseField(body.fields, 'output_format', instead)
  if (body.has('svg')) refuseField(body.fields, 'svg', instead)
}

/** The body to send: the model's name there. */
export const rewrite = (envelope: Envelope, _operation: Operation, { model }: Rewrite): Uint8Array =>
  rewriteMedia(envelope, model)

const PATHS: Partial<Record<Action, string>> = {
  'edit-image': '/images/edits',
  'vary-image': '/images/variations',
}

/** The path under a base URL that ends in `/v1`. */
export const upstreamPath = (action: Action, _model: string, _stream: boolean): string =>
  PATHS[action] ?? '/images/generations'
