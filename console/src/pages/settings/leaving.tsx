import { DoorOpen, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useList } from '../../api/hooks.ts'
import { type Organisation, useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { toast } from '../../ui/toast.tsx'

/** The ways out of an organisation: to leave it, and to end it. */
export const Leaving = ({ organisation }: { readonly organisation: Organisation }) => {
  const { t } = useTranslation('settings')
  const { impersonating } = useSession()
  const [open, setOpen] = useState<'leave' | 'end'>()
  const members = useList('/api/organisations/{id}/members', { path: { id: organisation.id } })
  const isOwner = organisation.role === 'owner'
  const isLast = isOwner && members.rows.filter(({ role }) => role === 'owner').length <= 1
  const isViewed = impersonating !== null
  const close = (): void => setOpen(undefined)
  return (
    <Card title={t('leaving.title')}>
      <div className="grid gap-4 md:grid-cols-2">
        <div className="flex flex-col items-start gap-2">
          <p>{t('leave.text')}</p>
          <Button kind="danger" icon={DoorOpen} disabled={isLast || isViewed} onClick={() => setOpen('leave')}>
            {t('leave.title', { name: organisation.name })}
          </Button>
          {isLast && <p className="text-sm text-muted">{t('leave.lastOwner')}</p>}
        </div>
        <div className="flex flex-col items-start gap-2">
          <p>{t('end.text')}</p>
          <Button kind="danger" icon={Trash2} disabled={!isOwner || isViewed} onClick={() => setOpen('end')}>
            {t('end.title', { name: organisation.name })}
          </Button>
          {!isOwner && <p className="text-sm text-muted">{t('end.ownersOnly')}</p>}
        </div>
      </div>
      <Leave organisation={organisation} isOpen={open === 'leave'} onClose={close} />
      <End organisation={organisation} isOpen={open === 'end'} onClose={close} />
    </Card>
  )
}

interface WayOutProps {
  readonly organisation: Organisation
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Once out, the console shows another organisation, or says that there is none. */
const useOut = (message: string, onClose: () => void) => {
  const { refresh } = useSession()
  return (): void => {
    onClose()
    toast(message)
    void refresh()
  }
}

const Leave = ({ organisation, isOpen, onClose }: WayOutProps) => {
  const { t } = useTranslation('settings')
  const { person } = useSession()
  const onSuccess = useOut(t('leave.done', { name: organisation.name }), onClose)
  const leave = useCall<unknown, 'delete'>('delete', '/api/organisations/{id}/members/{person_id}', { onSuccess })
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => leave.mutate({ path: { id: organisation.id, person_id: person?.id ?? '' } })}
      title={t('leave.title', { name: organisation.name })}
      text={t('leave.confirm')}
      action={t('leave.action')}
      isPending={leave.isPending}
      error={leave.error}
    />
  )
}

const End = ({ organisation, isOpen, onClose }: WayOutProps) => {
  const { t } = useTranslation('settings')
  const [typed, setTyped] = useState('')
  const [isTried, setTried] = useState(false)
  const onSuccess = useOut(t('end.done', { name: organisation.name }), onClose)
  const end = useCall<unknown, 'delete'>('delete', '/api/organisations/{id}', { onSuccess })
  const isSure = typed.trim() === organisation.name
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={() => {
        setTyped('')
        setTried(false)
        end.reset()
        onClose()
      }}
      onConfirm={() => {
        setTried(true)
        if (isSure) end.mutate({ path: { id: organisation.id } })
      }}
      title={t('end.title', { name: organisation.name })}
      text={t('end.confirm')}
      action={t('end.action')}
      isPending={end.isPending}
      error={end.error}
    >
      <Field
        label={t('end.type', { name: organisation.name })}
        error={isTried && !isSure ? t('end.mistyped') : undefined}
        required
      >
        <Input value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
      </Field>
    </ConfirmDialog>
  )
}
