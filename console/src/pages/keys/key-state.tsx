import { useTranslation } from 'react-i18next'
import { Badge } from '../../ui/badge.tsx'
import type { Key } from './key-form.ts'

const TONES = { active: 'good', expired: 'warn', revoked: 'neutral' } as const

/** Whether a key still opens anything. */
export const KeyState = ({ state }: Pick<Key, 'state'>) => {
  const { t } = useTranslation('keys')
  return <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>
}
