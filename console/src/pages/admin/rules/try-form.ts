import { timeOfField } from '../../../format/times.ts'
import { bytesOf } from './sizes.ts'

/** A request that is described, as it stands in a form. */
export interface TryDraft {
  readonly model: string
  readonly format: string
  /** With a unit, or as bytes; empty: nobody can tell. */
  readonly bytes: string
  readonly tools: boolean
  readonly images: boolean
  readonly stream: boolean
  /** One a line, as `name: value`. */
  readonly headers: string
  readonly labels: readonly string[]
  /** As a field of a form has it; empty: now. */
  readonly at: string
}

export const EMPTY_TRY: TryDraft = {
  ...{ model: '', format: 'openai-chat', bytes: '2048', tools: false, images: false, stream: false },
  ...{ headers: '', labels: [], at: '' },
}

/** What cannot be read of it, by field. Nothing that was entered is left out of what is sent: it would be another request. */
export interface TryFaults {
  readonly bytes?: 'size'
  /** The line that is no header, or one that is there already. */
  readonly headers?: string
  readonly at?: 'moment'
}

export const tryFaultsOf = ({ bytes, headers, at }: TryDraft): TryFaults => {
  const line = headerFault(linesOf(headers))
  return {
    ...(bytes.trim() !== '' && bytesOf(bytes) === undefined && { bytes: 'size' }),
    ...(line !== undefined && { headers: line }),
    ...(at !== '' && timeOfField(at) === '' && { at: 'moment' }),
  }
}

const HEADER = /^([\w-]{1,64})\s*:\s*([\x20-\x7e]{0,1000})$/

const linesOf = (headers: string): readonly string[] =>
  headers
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

const headerOf = (line: string): readonly [name: string, value: string] | undefined => {
  const [, name, value] = HEADER.exec(line) ?? []
  return name === undefined || value === undefined ? undefined : [name, value]
}

const entryOf = (line: string): readonly (readonly [string, string])[] => {
  const header = headerOf(line)
  return header ? [header] : []
}

const headerFault = (lines: readonly string[]): string | undefined => {
  const names = lines.map((line) => headerOf(line)?.[0].toLowerCase())
  return lines.find((_, index) => names[index] === undefined || names.indexOf(names[index]) < index)
}

/** The request in the words of the API. What is not entered nobody can tell. */
export const requestOf = (draft: TryDraft): Readonly<Record<string, unknown>> => {
  const { model, format, tools, images, stream, labels } = draft
  const bytes = bytesOf(draft.bytes)
  const moment = timeOfField(draft.at)
  return {
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(format !== '' && { format }),
    ...(bytes !== undefined && { bytes }),
    ...{ tools, images, stream, labels },
    headers: Object.fromEntries(linesOf(draft.headers).flatMap(entryOf)),
    ...(moment !== '' && { at: moment }),
  }
}
