import { useTranslation } from 'react-i18next'
import { Badge } from '../../../ui/badge.tsx'
import { type Provider, stateOf } from './provider-form.ts'

const TONES = { ready: 'good', 'no-key': 'danger', paused: 'warn', 'spend-stop': 'danger' } as const

/** Ready, without a key that works, paused, or paused by its spend stop. */
export const StateBadge = ({ provider }: { readonly provider: Provider }) => {
  const { t } = useTranslation('admin-providers')
  const state = stateOf(provider)
  return <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>
}
