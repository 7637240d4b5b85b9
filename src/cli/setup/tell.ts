import type { Result } from '../../result.ts'
import { withoutControls } from '../../setup/shown.ts'
import type { Client } from '../../setup/types.ts'
import type { Reached } from './gateway.ts'

const textOf = (value: unknown): string => (typeof value === 'string' ? withoutControls(value) : '?')

/** What became of a test request, in words. */
export const tellReached = (
  client: Client,
  base: string,
  model: string,
  reached: Result<Reached, string>,
): { readonly text: string; readonly isGood: boolean } => {
  if (!reached.ok) return { text: `The test request did not reach this gateway. ${reached.error}`, isGood: false }
  const { requestId, status, refusal, receipt } = reached.value
  if (refusal !== undefined) {
    const text = `The test request reached this gateway (${requestId}), which refused it with ${status}: ${refusal}`
    return { text, isGood: false }
  }
  const cost = receipt ? `, ${textOf(receipt.provider)} answered, $${textOf(receipt.cost_usd)}` : ''
  return {
    text: `A test request as ${client.name} sends it (${client.format}, ${model}) reached this gateway: ${requestId} at ${base}${cost}.`,
    isGood: true,
  }
}
