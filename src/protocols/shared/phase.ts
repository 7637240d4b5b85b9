import type { Opaque } from '../../canon/blocks.ts'

/**
 * OpenAI wants the `phase` of what its models said back with the history ("dropping it can cause degraded performance",
 * API reference, Responses). Clients of other formats have no place for it, so it travels as state does: sealed, right
 * before the text.
 */
export const phaseState = (phase: string): Opaque => ({ family: 'openai', kind: 'phase', data: phase })

/** The phase in such a state; `undefined` for any other. */
export const phaseIn = ({ kind, data }: Opaque): string | undefined => (kind === 'phase' ? data : undefined)
