import type { ProviderKind } from '../providers/types.ts'
import type { Environment } from './substitute.ts'
import { entryOf, formatPath, isTree, withValue } from './tree.ts'

/** What the configuration must know of a kind of provider. */
export type KindFacts = Pick<ProviderKind, 'kind' | 'baseUrl' | 'formats' | 'keyVariable' | 'inProcess' | 'runsCommand'>

const DEMO = 'demo'

/** Where a vendor's SDK looks for another address: beside its key, and for some under a longer name as well. */
const addressVariables = (keyVariable: string): readonly string[] => {
  const stem = keyVariable.replace(/_API_KEY$/, '')
  return [`${stem}_BASE_URL`, `GOOGLE_${stem}_BASE_URL`]
}

export interface Furnished {
  readonly tree: unknown
  readonly origins: ReadonlyMap<string, string>
  /** Whether there were none before. */
  readonly isFurnished: boolean
}

/**
 * Gives a configuration without providers those whose key is in the environment, under the name of their kind and at the
 * address their SDK would use; without any, the `demo` provider. One that names its own providers is left as it is.
 */
export const withEnvironmentProviders = (
  root: unknown,
  kinds: readonly KindFacts[],
  environment: Environment,
): Furnished => {
  const origins = new Map<string, string>()
  const named = entryOf(root, 'providers')
  if (named !== undefined && named !== null && !(isTree(named) && Object.keys(named).length === 0))
    return { tree: root, origins, isFurnished: false }

  const providers: Record<string, unknown> = {}
  for (const { kind, keyVariable } of kinds) {
    const key = keyVariable === undefined ? undefined : environment[keyVariable]
    if (keyVariable === undefined || !key) continue
    const addressVariable = addressVariables(keyVariable).find((name) => environment[name])
    providers[kind] = {
      kind,
      keys: [key],
      ...(addressVariable ? { base_url: environment[addressVariable] } : {}),
    }
    origins.set(formatPath(['providers', kind, 'keys', 0]), `the value of ${keyVariable}`)
    if (addressVariable) origins.set(formatPath(['providers', kind, 'base_url']), `the value of ${addressVariable}`)
  }
  if (Object.keys(providers).length === 0) providers[DEMO] = { kind: DEMO }
  return { tree: withValue(root, ['providers'], providers), origins, isFurnished: true }
}
