import { useMemo } from 'react'
import { useApi } from '../../api/hooks.ts'
import type { Schema } from '../../api/types.ts'

export type AskableModel = Schema<'MyModels'>['data'][number]

/** What can be asked for words. Others can be typed: whether they can is the gateway's to say. */
export const useAskable = (): { readonly models: readonly AskableModel[]; readonly error: unknown } => {
  const { data, error } = useApi('/api/me/models')
  return useMemo(() => ({ models: data?.data.filter(({ type }) => type === 'chat') ?? [], error }), [data, error])
}

/** A model by its name or one of its aliases; `undefined` for one that nothing is known of. */
export const modelNamed = (models: readonly AskableModel[], name: string): AskableModel | undefined =>
  models.find(({ id, aliases }) => id === name || aliases.includes(name))

/** Whether a model is known not to do something; of one that is not known, nothing is. */
export const isWithout = (model: AskableModel | undefined, capability: string): boolean =>
  model !== undefined && !model.capabilities.includes(capability)
