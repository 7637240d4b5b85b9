import { useCall } from '../../../api/hooks.ts'
import type { Group, Rule } from './rule-form.ts'

/** Saves the rules of a group, all of them at once, if nobody changed it since it was read. */
export const useSaveRules = (group: Group, onDone: () => void) => {
  const options = { changes: ['/api/admin/groups'], onSuccess: onDone }
  const change = useCall('patch', '/api/admin/groups/{id}', options)
  const make = useCall('post', '/api/admin/groups', options)
  // What is there by itself cannot be changed: one of its name takes its place.
  const { error, isPending, reset } = group.source === 'api' ? change : make
  const save = (rules: readonly Rule[]): void => {
    if (group.source !== 'api') make.mutate({ body: { id: group.id, rules } })
    else change.mutate({ path: { id: group.id }, body: { rules, version: group.version ?? undefined } })
  }
  return { error, isPending, reset, save }
}
