import type { Schema } from '../../../api/types.ts'
import { countOrNull, type Faults, faultsIn, listOrNull } from '../../../ui/draft.ts'

export type Channel = Schema<'Channel'>

/** A channel as it stands in a form. */
export interface ChannelDraft {
  readonly id: string
  readonly provider: string
  readonly groups: readonly string[]
  /** None: all that the provider's kind offers. */
  readonly models: readonly string[]
  /** `ours = theirs`, one a line. */
  readonly modelMap: string
  readonly priority: string
  readonly weight: string
}

export const EMPTY_CHANNEL: ChannelDraft = {
  id: '',
  provider: '',
  groups: ['default'],
  models: [],
  modelMap: '',
  priority: '0',
  weight: '1',
}

export const draftOf = (channel: Channel): ChannelDraft => ({
  id: channel.id,
  provider: channel.provider ?? '',
  groups: channel.groups ?? ['default'],
  models: channel.models ?? [],
  modelMap: Object.entries(channel.model_map ?? {})
    .map(([ours, theirs]) => `${ours} = ${theirs}`)
    .join('\n'),
  priority: String(channel.priority ?? 0),
  weight: String(channel.weight ?? 1),
})

/** The map that lines of `ours = theirs` say; `undefined` where one of them says nothing. */
export const mapOf = (text: string): Readonly<Record<string, string>> | undefined => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const pairs = lines.map((line) => /^(\S+)\s*=\s*(\S+)$/.exec(line)).map((match) => [match?.[1], match?.[2]] as const)
  const isWhole = pairs.every(([ours, theirs]) => ours !== undefined && theirs !== undefined)
  return isWhole ? (Object.fromEntries(pairs) as Record<string, string>) : undefined
}

export const faultsOf = (draft: ChannelDraft): Faults => ({
  ...faultsIn({
    id: ['id', draft.id],
    provider: ['required', draft.provider],
    groups: ['required', draft.groups.join(' ')],
    priority: ['order', draft.priority],
    weight: ['weight', draft.weight],
  }),
  ...(mapOf(draft.modelMap) === undefined && { model_map: 'pairs' as const }),
})

/** What of a channel can be changed, as the API has it. */
export const fieldsOf = (draft: ChannelDraft) => ({
  provider: draft.provider,
  groups: draft.groups,
  models: listOrNull(draft.models),
  model_map: mapOf(draft.modelMap) ?? {},
  priority: countOrNull(draft.priority),
  weight: countOrNull(draft.weight),
})
