import type { Target } from '../../src/canon/codec.ts'
import { readJson, writeJson } from '../../src/canon/json-text.ts'
import type { Operation } from '../../src/canon/operation.ts'
import { DEFAULT_PROFILES } from '../../src/providers/profiles.ts'
import { createCarriers } from '../../src/translation/carriers.ts'
import { readRequest, writeRequest } from '../../src/translation/request.ts'
import type { Interaction } from '../replay/interaction.ts'
import { codecOf, FAMILY, type Format, formatOf } from './conformance.ts'

/** What one recorded request became for an upstream of another format. */
export interface RequestOutcome {
  /** `refused`: something in it cannot be left out; the client is told which field. */
  readonly kind: 'written' | 'refused' | 'unreadable'
  readonly param: string | undefined
  readonly losses: readonly string[]
  readonly body: Record<string, unknown> | undefined
}

const CARRIERS = createCarriers(Buffer.from('conformance'))

/** The recorded body of a request; the model and the stream flag of Gemini are in its path. */
const operationOf = (interaction: Interaction, format: Format): Operation =>
  format === 'gemini'
    ? { format, action: 'generate', pathModel: 'recorded', pathStream: interaction.stream }
    : { format, action: 'generate' }

/** Reads a recorded request, and writes it for an upstream of `upstream`'s format that accepts all its format does. */
export const runRequest = (interaction: Interaction, upstream: Format): RequestOutcome | undefined => {
  const client = formatOf(interaction)
  if (!client || !interaction.request.body) return undefined
  const bytes = Buffer.from(writeJson(interaction.request.body))
  const read = readRequest(codecOf(client), bytes, operationOf(interaction, client), CARRIERS)
  if (!read.ok) return { kind: 'unreadable', param: read.error.param, losses: [], body: undefined }
  const profile = { ...DEFAULT_PROFILES[upstream], family: FAMILY[upstream] }
  const target: Target = { model: 'there', profile, stream: interaction.stream }
  const written = writeRequest(codecOf(upstream), read.value, target)
  if (!written.ok) return { kind: 'refused', param: written.error.param, losses: [], body: undefined }
  return {
    kind: 'written',
    param: undefined,
    losses: written.value.losses.map(({ pointer, code }) => `${pointer};${code}`),
    body: readJson(written.value.body.toString()) as Record<string, unknown>,
  }
}
