import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { useSession } from '../../../app/session.tsx'
import { Radios } from '../../../ui/choice.tsx'
import { Form } from '../../../ui/form.tsx'
import { LinkDialog, type MadeLink } from '../../../ui/link-dialog.tsx'
import { toast } from '../../../ui/toast.tsx'

export interface PasswordLinkProps {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** A link by which somebody sets a new password: shown once to be handed over, or sent. */
export const PasswordLink = ({ isOpen, onClose, ...person }: PasswordLinkProps) => {
  const { t } = useTranslation('admin-person')
  return (
    <LinkDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('link.ask', { name: person.name })}
      madeTitle={t('link.made', { name: person.name })}
      words={{ link: t('link.link'), until: t('link.until'), done: t('link.done') }}
    >
      {(onMade, onCancel) => <LinkForm {...person} onMade={onMade} onCancel={onCancel} />}
    </LinkDialog>
  )
}

interface LinkFormProps extends Omit<PasswordLinkProps, 'isOpen' | 'onClose'> {
  readonly onMade: (made: MadeLink) => void
  readonly onCancel: () => void
}

const LinkForm = ({ id, name, email, onMade, onCancel }: LinkFormProps) => {
  const { t } = useTranslation('admin-person')
  const { mail } = useSession()
  const [how, setHow] = useState(mail ? 'send' : 'show')
  const make = useCall('post', '/api/admin/people/{id}/reset-link', {
    changes: ['/api/admin/audit-log'],
    onSuccess: ({ url, expires_at }) => {
      if (url !== null) return onMade({ url, expires_at, tone: 'accent', note: t('link.handOver', { name }) })
      toast(t('link.sent', { email }))
      onCancel()
    },
  })
  return (
    <Form
      onSubmit={() => make.mutate({ path: { id }, body: how === 'send' ? { send: true } : {} })}
      onCancel={onCancel}
      action={t(how === 'send' ? 'link.send' : 'link.show')}
      isPending={make.isPending}
      error={make.error}
    >
      <p>{t('link.text')}</p>
      {mail && (
        <Radios
          legend={t('link.how')}
          name="how"
          value={how}
          onChange={setHow}
          options={[
            { value: 'send', label: t('link.bySending', { email }) },
            { value: 'show', label: t('link.byHand') },
          ]}
        />
      )}
    </Form>
  )
}
