import { useTranslation } from 'react-i18next'
import { Badge, Notice } from './badge.tsx'

export type Source = 'file' | 'environment' | 'implied' | 'api'

/** Where an entry of the configuration comes from. */
export const SourceBadge = ({ source }: { readonly source: Source }) => {
  const { t } = useTranslation()
  return <Badge tone={source === 'api' ? 'accent' : 'neutral'}>{t(`source.${source}`)}</Badge>
}

/** Whether it can be changed here; what is there by itself can be replaced. */
export const isReadOnly = (source: Source): boolean => source === 'file' || source === 'environment'

/** Says of what cannot be changed here where it can. Nothing of what was set here. */
export const SourceNote = ({ source }: { readonly source: Source }) => {
  const { t } = useTranslation()
  return source === 'api' ? null : <Notice tone="neutral">{t(`source.${source}Text`)}</Notice>
}
