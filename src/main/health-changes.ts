import type { Logger } from 'pino'
import type { BlockKind, HealthChange } from '../routing/health.ts'

/** Worth an operator's look at once: these do not pass by themselves within seconds. */
const ALERTS: ReadonlySet<BlockKind> = new Set(['failing', 'refused', 'spent'])

/**
 * Tells the log what becomes of keys, channels and models: once when one is blocked, and once when it is well again, not
 * each time that a block is prolonged. To be called with what happens in this process alone, so that of several replicas
 * one tells it.
 */
export const createChangeLog = (log: Logger, subjectsMax: number): ((change: HealthChange) => void) => {
  const told = new Map<string, BlockKind>()
  return ({ subject, block }) => {
    const before = told.get(subject)
    if (!block) {
      if (told.delete(subject)) log.info({ part: 'health', subject }, 'is asked again')
      return
    }
    if (before === block.kind) return
    told.set(subject, block.kind)
    if (told.size > subjectsMax) told.delete(told.keys().next().value ?? '')
    const { kind, reason } = block
    const until = Number.isFinite(block.untilMs) ? new Date(block.untilMs).toISOString() : null
    const line = { part: 'health', subject, kind, reason, until }
    if (ALERTS.has(kind)) log.warn(line, 'is left alone')
    else log.info(line, 'is left alone')
  }
}
