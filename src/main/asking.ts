import { createChoose } from '../gateway/choose.ts'
import { createDirect, type DirectDeps, ruleFor } from '../gateway/direct.ts'
import { createExplain, type Explain, type ExplainDeps } from '../gateway/explain/explain.ts'
import { withHeldFiles } from '../gateway/held-files.ts'
import { createReader } from '../gateway/read.ts'
import { createRecall } from '../gateway/recall.ts'
import { createChooser } from '../routing/choose.ts'
import type { Router } from '../routing/router.ts'
import { compileRules } from '../routing/rules.ts'
import { endOfTurn } from '../runtime/turn.ts'
import type { GatewayParts } from './gateway.ts'

type Steps = Pick<ExplainDeps, 'recall' | 'direct' | 'choose'> & { readonly read: ReturnType<typeof createReader> }

/** What is asked, and who may be asked it: the steps of the hot path that only look, and what explains them. */
export const askingOf = (
  parts: GatewayParts,
  router: Router,
): {
  readonly steps: Steps
  readonly rules: DirectDeps
  explainWith(rest: Pick<ExplainDeps, 'lanes' | 'pricing' | 'counting'>): Explain
} => {
  const { config, catalogue, channels, health, ledger, spends, responses, files } = parts
  const limits = { bodyBytesMax: config.limits.bodyBytes, depthMax: config.limits.jsonDepth }
  const rules = rulesOf(parts)
  const steps: Steps = {
    read: createReader(limits, endOfTurn),
    recall: withHeldFiles(files, createRecall({ responses, ...limits })),
    direct: createDirect(rules),
    choose: createChoose(createChooser({ ...parts, resolve: catalogue.resolve, rank: router.rank })),
  }
  return {
    steps,
    rules,
    explainWith: (rest) =>
      createExplain({
        ...{ ...steps, ...rest, router, health, ledger, spends },
        ruleFor: (call, principal, envelope) => ruleFor(rules, call, principal, envelope),
        names: { channels, resolve: catalogue.resolve },
        strategyOf: (group) => config.groups.get(group)?.strategy ?? 'weighted',
        hedgeAfterMs: (group) => config.groups.get(group)?.hedgeAfterMs ?? undefined,
        nowMs: Date.now,
      }),
  }
}

/** The rules of every group that has some, and what they are followed by. */
const rulesOf = ({ config, catalogue, channels }: GatewayParts): DirectDeps => ({
  rules: new Map(
    [...config.groups].flatMap(([id, { rules }]) => (rules.length === 0 ? [] : [[id, compileRules(rules)] as const])),
  ),
  channels,
  resolve: catalogue.resolve,
  depthMax: config.limits.jsonDepth,
})
