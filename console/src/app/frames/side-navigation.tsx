import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { NavigationGroup, NavigationItem } from '../navigation.ts'

/** The pages of the console or of the administration, one below the other. */
export const SideNavigation = ({
  groups,
  label,
  onNavigate,
  children,
}: {
  readonly groups: readonly NavigationGroup[]
  readonly label: string
  readonly onNavigate?: () => void
  /** Above them. */
  readonly children?: ReactNode
}) => (
  <nav aria-label={label} className="flex flex-col gap-4">
    {children}
    {groups.map((group) => (
      <Group key={group.name ?? ''} group={group} onNavigate={onNavigate} />
    ))}
  </nav>
)

const Group = ({ group, onNavigate }: { readonly group: NavigationGroup; readonly onNavigate?: () => void }) => {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div>
      {group.name !== undefined && (
        <p id={id} className="px-2.5 pb-1 text-xs font-semibold tracking-wide text-muted uppercase">
          {t(`nav.${group.name}`)}
        </p>
      )}
      <ul aria-labelledby={group.name === undefined ? undefined : id} className="flex flex-col gap-0.5">
        {group.items.map((item) => (
          <Item key={item.to} item={item} onNavigate={onNavigate} />
        ))}
      </ul>
    </div>
  )
}

const Item = ({ item, onNavigate }: { readonly item: NavigationItem; readonly onNavigate?: () => void }) => {
  const { t } = useTranslation()
  const Icon = item.icon
  return (
    <li>
      <Link
        to={item.to}
        onClick={onNavigate}
        activeOptions={{ exact: item.to.split('/').length === 2 }}
        className="touch flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-muted hover:bg-raised hover:text-text aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-text"
      >
        <Icon aria-hidden className="size-4 shrink-0" />
        {t(`nav.${item.name}`)}
      </Link>
    </li>
  )
}
