import { CircleAlert, CircleCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../../api/hooks.ts'
import type { Schema } from '../../../api/types.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Form } from '../../../ui/form.tsx'
import type { RuleDialogProps } from './rule-dialogs.tsx'

/** Sends a message as a rule would, and says what became of it. */
export const TestRule = ({ rule, onClose }: RuleDialogProps) => {
  const { t } = useTranslation('admin-alerts')
  return (
    <Dialog
      isOpen={rule !== undefined}
      onClose={onClose}
      title={t('test.title', { name: rule?.name ?? '' })}
      size="small"
    >
      {rule && <TestForm rule={rule} onClose={onClose} />}
    </Dialog>
  )
}

const TestForm = ({ rule, onClose }: { readonly rule: Schema<'Alert'>; readonly onClose: () => void }) => {
  const { t } = useTranslation('admin-alerts')
  const test = useCall('post', '/api/admin/alerts/{id}/test')
  const isMute = rule.webhook_url === null && rule.emails.length === 0
  return (
    <Form
      onSubmit={() => test.mutate({ path: { id: rule.id } })}
      onCancel={onClose}
      action={t(test.isSuccess ? 'test.again' : 'test.action')}
      isPending={test.isPending}
      error={test.error}
    >
      <p>{t(isMute ? 'test.mute' : 'test.text')}</p>
      <div role="status" className="flex flex-col gap-1 empty:hidden">
        {test.data?.webhook && <Way name={t('create.webhook')} way={test.data.webhook} />}
        {test.data?.mail && <Way name={t('create.emails')} way={test.data.mail} />}
      </div>
    </Form>
  )
}

const Way = ({
  name,
  way,
}: {
  readonly name: string
  readonly way: { readonly ok: boolean; readonly error: string | null }
}) => {
  const { t } = useTranslation('admin-alerts')
  const Icon = way.ok ? CircleCheck : CircleAlert
  return (
    <p className={way.ok ? 'text-good' : 'text-danger'}>
      <Icon aria-hidden className="mr-1.5 inline size-4" />
      {way.ok ? t('test.arrived', { name }) : t('test.failed', { name, reason: way.error ?? '' })}
    </p>
  )
}
