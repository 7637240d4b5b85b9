import { Building2, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { faultsIn } from '../../ui/draft.ts'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Input } from '../../ui/input.tsx'
import { toast } from '../../ui/toast.tsx'
import { useDraft } from '../../ui/use-draft.ts'

/** The organisations somebody belongs to: which one the console shows, and another one. */
export const Organisations = () => {
  const { t } = useTranslation('settings')
  const { organisations, organisation, chooseOrganisation, impersonating } = useSession()
  const [isMaking, setMaking] = useState(false)
  const isDisabled = impersonating !== null
  return (
    <Card
      title={t('organisations.title')}
      description={t('organisations.text')}
      actions={
        <Button icon={Plus} disabled={isDisabled} onClick={() => setMaking(true)}>
          {t('organisations.make')}
        </Button>
      }
    >
      <ul className="flex flex-col divide-y divide-line">
        {organisations.map(({ id, name, role }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <Building2 aria-hidden className="size-4 shrink-0 text-muted" />
            <span className="min-w-0 flex-1 basis-40 break-words">
              {name} <span className="text-sm text-muted">{t(`common:role.${role}`)}</span>
            </span>
            {id === organisation?.id ? (
              <Badge tone="accent">{t('organisations.shown')}</Badge>
            ) : (
              <Button
                disabled={isDisabled}
                aria-label={t('organisations.switchTo', { name })}
                onClick={() => chooseOrganisation(id)}
              >
                {t('organisations.switch')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <MakeOrganisation isOpen={isMaking} onClose={() => setMaking(false)} />
    </Card>
  )
}

interface MakeProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

const MakeOrganisation = ({ isOpen, onClose }: MakeProps) => {
  const { t } = useTranslation('settings')
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('organisations.make')} size="small">
      <MakeForm isOpen={isOpen} onClose={onClose} />
    </Dialog>
  )
}

const MakeForm = ({ onClose }: MakeProps) => {
  const { t } = useTranslation('settings')
  const { refresh, chooseOrganisation } = useSession()
  const enter = async (id: string, name: string): Promise<void> => {
    onClose()
    await refresh()
    chooseOrganisation(id)
    toast(t('organisations.made', { name }))
  }
  const make = useCall('post', '/api/organisations', { onSuccess: ({ id, name }) => void enter(id, name) })
  const { draft, change, errorOf, check } = useDraft(
    { name: '' },
    ({ name }) => faultsIn({ name: ['required', name] }),
    make.error,
  )
  const submit = (): void => {
    if (check()) make.mutate({ body: { name: draft.name.trim() } })
  }
  return (
    <Form
      onSubmit={submit}
      onCancel={onClose}
      action={t('organisations.makeAction')}
      isPending={make.isPending}
      error={make.error}
    >
      <Field label={t('person.name')} hint={t('organisations.nameHint')} error={errorOf('name')} required>
        <Input value={draft.name} maxLength={100} onChange={(event) => change({ name: event.target.value })} />
      </Field>
    </Form>
  )
}
