import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { type Organisation, useSession } from '../../app/session.tsx'
import { type Faults, textOrNull } from '../../ui/draft.ts'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Input, Select } from '../../ui/input.tsx'
import { LinkDialog, type MadeLink } from '../../ui/link-dialog.tsx'
import { useDraft } from '../../ui/use-draft.ts'
import { ROLES, roleNamed } from './roles.ts'

export interface InviteDialogProps {
  readonly organisation: Organisation
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Invites somebody to an organisation. */
export const InviteDialog = ({ organisation, isOpen, onClose }: InviteDialogProps) => {
  const { t } = useTranslation('settings')
  return (
    <LinkDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('invite.title')}
      madeTitle={t('invite.made')}
      words={{ link: t('invite.link'), until: t('invite.until'), done: t('invite.done') }}
    >
      {(onMade, onCancel) => <InviteForm organisation={organisation} onMade={onMade} onCancel={onCancel} />}
    </LinkDialog>
  )
}

const NOTHING: Faults = {}

interface InviteFormProps {
  readonly organisation: Organisation
  readonly onMade: (made: MadeLink) => void
  readonly onCancel: () => void
}

const InviteForm = ({ organisation, onMade, onCancel }: InviteFormProps) => {
  const { t } = useTranslation('settings')
  const { mail } = useSession()
  const invite = useCall('post', '/api/organisations/{id}/invitations', {
    changes: ['/api/organisations'],
    onSuccess: ({ url, expires_at, sent, email }) => {
      const note = sent ? 'invite.sent' : email === null ? 'invite.anyone' : 'invite.handOver'
      onMade({ url, expires_at, tone: sent ? 'good' : 'accent', note: t(note, { email }) })
    },
  })
  const { draft, change, errorOf } = useDraft({ email: '', role: 'developer' }, () => NOTHING, invite.error)
  const submit = (): void =>
    invite.mutate({ path: { id: organisation.id }, body: { email: textOrNull(draft.email), role: draft.role } })
  return (
    <Form
      onSubmit={submit}
      onCancel={onCancel}
      action={t('invite.action')}
      isPending={invite.isPending}
      error={invite.error}
    >
      <Field
        label={t('person.email')}
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
      <Field label={t('members.role')} hint={t(`roles.${roleNamed(draft.role)}`)} error={errorOf('role')}>
        <Select
          value={draft.role}
          onChange={(event) => change({ role: event.target.value })}
          options={ROLES.map((role) => ({
            value: role,
            label: t(`common:role.${role}`),
            disabled: role === 'owner' && organisation.role !== 'owner',
          }))}
        />
      </Field>
    </Form>
  )
}
