import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import { useSession } from '../../../app/session.tsx'
import { type Faults, textOrNull } from '../../../ui/draft.ts'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Input } from '../../../ui/input.tsx'
import { LinkDialog, type MadeLink } from '../../../ui/link-dialog.tsx'
import { useDraft } from '../../../ui/use-draft.ts'

/** Invites somebody to open an account of their own. */
export const InvitePerson = ({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-users')
  return (
    <LinkDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('invite.title')}
      madeTitle={t('invite.made')}
      words={{ link: t('invite.link'), until: t('invite.until'), done: t('invite.done') }}
    >
      {(onMade, onCancel) => <InviteForm onMade={onMade} onCancel={onCancel} />}
    </LinkDialog>
  )
}

const NOTHING: Faults = {}

interface InviteFormProps {
  readonly onMade: (made: MadeLink) => void
  readonly onCancel: () => void
}

const InviteForm = ({ onMade, onCancel }: InviteFormProps) => {
  const { t } = useTranslation('admin-users')
  const { mail } = useSession()
  const invite = useCall('post', '/api/admin/invitations', {
    changes: ['/api/admin/invitations'],
    onSuccess: ({ url, expires_at, sent, email }) => {
      const note = sent ? 'invite.sent' : email === null ? 'invite.anyone' : 'invite.handOver'
      onMade({ url, expires_at, tone: sent ? 'good' : 'accent', note: t(note, { email }) })
    },
  })
  const { draft, change, errorOf } = useDraft({ email: '' }, () => NOTHING, invite.error)
  return (
    <Form
      onSubmit={() => invite.mutate({ body: { email: textOrNull(draft.email) } })}
      onCancel={onCancel}
      action={t('invite.action')}
      isPending={invite.isPending}
      error={invite.error}
    >
      <p>{t('invite.text')}</p>
      <Field
        label={t('email.label')}
        hint={t(mail ? 'invite.emailHint' : 'invite.emailHintNoMail')}
        error={errorOf('email')}
      >
        <Input
          type="email"
          autoComplete="off"
          value={draft.email}
          onChange={(event) => change({ email: event.target.value })}
        />
      </Field>
    </Form>
  )
}
