import { Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Permission, useSession } from './session.tsx'

/** Why a button is not there: says it to who may not, and nothing to who may. */
export const PermissionNote = ({ permission }: { readonly permission: Permission }) => {
  const { t } = useTranslation()
  const { may, organisation, impersonating } = useSession()
  if (may(permission)) return null
  return (
    <p className="flex items-center gap-2 text-sm text-muted">
      <Lock aria-hidden className="size-4 shrink-0" />
      {impersonating
        ? t('permission.readOnly')
        : t(`permission.${permission}`, { role: t(`role.${organisation?.role ?? 'viewer'}`) })}
    </p>
  )
}
