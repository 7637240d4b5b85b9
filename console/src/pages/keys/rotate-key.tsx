import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { rememberKey } from '../../app/fresh-key.ts'
import { Button } from '../../ui/button.tsx'
import { CancelButton, Dialog } from '../../ui/dialog.tsx'
import { ErrorNote } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/input.tsx'
import type { KeyDialogProps } from './edit-key.tsx'
import type { Key } from './key-form.ts'
import { type IssuedKey, NewSecret } from './new-secret.tsx'

/** How long both secrets are valid, as the API takes it. */
const OVERLAPS = ['0s', '10m', '1h', '24h', '7d', '30d'] as const

/** Gives a key a new secret, while the old one goes on for as long as it takes to put the new one everywhere. */
export const RotateKey = ({ subject, onClose }: KeyDialogProps) => {
  const { t } = useTranslation('keys')
  const [issued, setIssued] = useState<IssuedKey>()
  const close = (): void => {
    setIssued(undefined)
    onClose()
  }
  return (
    <Dialog
      isOpen={subject !== undefined}
      onClose={close}
      isInsistent={issued !== undefined}
      title={t(issued ? 'secret.title' : 'rotate.title', { name: subject?.name ?? '' })}
      actions={
        issued && (
          <Button kind="primary" onClick={close}>
            {t('secret.done')}
          </Button>
        )
      }
    >
      {issued ? (
        <NewSecret issued={issued} />
      ) : (
        subject && <RotateForm subject={subject} onRotated={setIssued} onCancel={close} />
      )}
    </Dialog>
  )
}

interface RotateFormProps {
  readonly subject: Key
  readonly onRotated: (issued: IssuedKey) => void
  readonly onCancel: () => void
}

const RotateForm = ({ subject, onRotated, onCancel }: RotateFormProps) => {
  const { t } = useTranslation('keys')
  const [overlap, setOverlap] = useState<string>('24h')
  const rotate = useCall('post', '/api/me/keys/{id}/rotate', {
    changes: ['/api/me/keys'],
    onSuccess: (issued) => {
      rememberKey(issued.key)
      onRotated(issued)
    },
  })
  return (
    <div className="flex flex-col gap-4 pb-2">
      <p>{t('rotate.text')}</p>
      <Field label={t('rotate.overlap')} hint={t('rotate.overlapHint')}>
        <Select
          value={overlap}
          onChange={(event) => setOverlap(event.target.value)}
          options={OVERLAPS.map((value) => ({ value, label: t(`rotate.${value}`) }))}
        />
      </Field>
      <ErrorNote error={rotate.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <CancelButton onCancel={onCancel} />
        <Button
          kind="primary"
          isPending={rotate.isPending}
          onClick={() => rotate.mutate({ path: { id: subject.id }, body: { overlap } })}
        >
          {t('rotate.action')}
        </Button>
      </div>
    </div>
  )
}
