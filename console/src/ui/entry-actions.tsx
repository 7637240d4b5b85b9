import { EllipsisVertical, Pencil, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Menu, MenuAction } from './menu.tsx'
import { isReadOnly, type Source } from './source.tsx'

interface EntryActionsProps {
  readonly namespace: string
  readonly entry: { readonly id: string; readonly source: Source; readonly version: number | null }
  readonly onAct: (act: 'edit' | 'remove') => void
}

/** What can be done to an entry of the configuration, in its row: nothing where it stands in the file alone. */
export const EntryActions = ({ namespace, entry, onAct }: EntryActionsProps) => {
  const { t } = useTranslation(namespace)
  const isFixed = isReadOnly(entry.source)
  if (isFixed && entry.version === null) return null
  return (
    <Menu label={t('actionsFor', { name: entry.id })} icon={EllipsisVertical}>
      <MenuAction icon={Pencil} disabled={isFixed} onSelect={() => onAct('edit')}>
        {t('edit.action')}
      </MenuAction>
      {entry.version !== null && (
        <MenuAction icon={Trash2} isDangerous onSelect={() => onAct('remove')}>
          {t('remove.action')}
        </MenuAction>
      )}
    </Menu>
  )
}
