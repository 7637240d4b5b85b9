import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Form } from '../../../ui/form.tsx'
import { OnceDialog } from '../../../ui/once-dialog.tsx'
import { toast } from '../../../ui/toast.tsx'
import { useDraft } from '../../../ui/use-draft.ts'
import { RuleFields } from './rule-fields.tsx'
import { changesOf, draftOf, EMPTY_RULE, faultsOf, ruleOf } from './rule-form.ts'
import { WebhookSecret } from './webhook-secret.tsx'

type Rule = Schema<'Alert'>

export const CHANGES = ['/api/admin/alerts']
const PATH = '/api/admin/alerts/{id}'

interface CreateRuleProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export interface RuleDialogProps {
  /** `undefined`: closed. */
  readonly rule: Rule | undefined
  readonly onClose: () => void
}

/** Makes a rule. Where it has a webhook, the secret of that is shown once. */
export const CreateRule = ({ isOpen, onClose }: CreateRuleProps) => {
  const { t } = useTranslation('admin-alerts')
  return (
    <SecretDialog title={t('create.title')} isOpen={isOpen} onClose={onClose}>
      {(onSecret, close) => <RuleForm onSecret={onSecret} onClose={close} />}
    </SecretDialog>
  )
}

/** Changes a rule. One that gets its first webhook gets a secret, which is shown once. */
export const EditRule = ({ rule, onClose }: RuleDialogProps) => {
  const { t } = useTranslation('admin-alerts')
  const title = t('edit.title', { name: rule?.name ?? '' })
  return (
    <SecretDialog title={title} isOpen={rule !== undefined} onClose={onClose}>
      {(onSecret, close) => rule && <RuleForm key={rule.id} rule={rule} onSecret={onSecret} onClose={close} />}
    </SecretDialog>
  )
}

/** Has messages signed with another secret from now on, which is shown once. */
export const RotateSecret = ({ rule, onClose }: RuleDialogProps) => {
  const { t } = useTranslation('admin-alerts')
  const title = t('rotate.title', { name: rule?.name ?? '' })
  return (
    <SecretDialog title={title} isOpen={rule !== undefined} onClose={onClose}>
      {(onSecret, close) => rule && <RotateForm rule={rule} onSecret={onSecret} onClose={close} />}
    </SecretDialog>
  )
}

interface SecretDialogProps extends CreateRuleProps {
  readonly title: string
  readonly children: (onSecret: (secret: string) => void, close: () => void) => ReactNode
}

const SecretDialog = (props: SecretDialogProps) => {
  const { t } = useTranslation('admin-alerts')
  return (
    <OnceDialog<string>
      {...props}
      doneTitle={() => t('secret.title')}
      doneAction={t('secret.done')}
      show={(secret) => <WebhookSecret secret={secret} />}
    />
  )
}

interface FormProps {
  readonly onSecret: (secret: string) => void
  readonly onClose: () => void
}

const RuleForm = ({ rule, onSecret, onClose }: FormProps & { readonly rule?: Rule }) => {
  const { t } = useTranslation('admin-alerts')
  const [isSilenced, setSilenced] = useState(false)
  const options = {
    changes: CHANGES,
    onSuccess: ({
      secret,
      webhook_url: webhook,
    }: {
      readonly secret?: string
      readonly webhook_url: string | null
    }) => {
      toast(rule ? t('edit.done') : t('create.done'))
      // Only messages to a webhook are signed.
      if (secret !== undefined && webhook !== null) onSecret(secret)
      else onClose()
    },
  }
  const create = useCall('post', '/api/admin/alerts', options)
  const change = useCall('patch', PATH, options)
  const { isPending, error } = rule ? change : create
  const form = useDraft(rule ? draftOf(rule) : EMPTY_RULE, faultsOf, error)
  const submit = (): void => {
    if (!form.check()) return
    if (rule) change.mutate({ path: { id: rule.id }, body: changesOf(rule, form.draft, isSilenced) })
    else create.mutate({ body: ruleOf(form.draft) })
  }
  return (
    <Form
      onSubmit={submit}
      onCancel={onClose}
      action={rule ? undefined : t('create.action')}
      isPending={isPending}
      error={error}
    >
      <RuleFields
        draft={form.draft}
        onChange={form.change}
        errorOf={form.errorOf}
        {...(rule && { before: { webhook: rule.webhook_url, isSilenced, onSilence: setSilenced } })}
      />
    </Form>
  )
}

const RotateForm = ({ rule, onSecret, onClose }: FormProps & { readonly rule: Rule }) => {
  const { t } = useTranslation('admin-alerts')
  const rotate = useCall('patch', PATH, {
    changes: CHANGES,
    onSuccess: ({ secret }) => (secret === undefined ? onClose() : onSecret(secret)),
  })
  return (
    <Form
      onSubmit={() => rotate.mutate({ path: { id: rule.id }, body: { rotate_secret: true } })}
      onCancel={onClose}
      action={t('rotate.action')}
      isPending={rotate.isPending}
      error={rotate.error}
    >
      <p>{t('rotate.text')}</p>
    </Form>
  )
}
