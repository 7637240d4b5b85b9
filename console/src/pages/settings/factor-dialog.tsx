import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall } from '../../api/hooks.ts'
import { useSession } from '../../app/session.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { faultsIn } from '../../ui/draft.ts'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Input } from '../../ui/input.tsx'
import { toast } from '../../ui/toast.tsx'
import { useDraft } from '../../ui/use-draft.ts'
import { BackupCodes } from './backup-codes.tsx'
import { QrCode } from './qr-code.tsx'

/** Each begins with the password. */
const PATHS = {
  enable: '/api/auth/two-factor/enable',
  show: '/api/auth/two-factor/get-totp-uri',
  renew: '/api/auth/two-factor/generate-backup-codes',
  disable: '/api/auth/two-factor/disable',
} as const

export type FactorAct = keyof typeof PATHS

/** What the password opened. */
interface Opened {
  /** For the app; not there any more once a code of it was entered. */
  readonly totpURI?: string | undefined
  readonly backupCodes?: readonly string[] | undefined
}

export interface FactorDialogProps {
  /** `undefined`: closed. */
  readonly act: FactorAct | undefined
  readonly onClose: () => void
}

/** Turns the second factor on or off, or shows its secrets again; codes stay until they are put away on purpose. */
export const FactorDialog = ({ act, onClose }: FactorDialogProps) => {
  const { t } = useTranslation('settings')
  const [opened, setOpened] = useState<Opened>()
  const close = (): void => {
    setOpened(undefined)
    onClose()
  }
  const hasCodes = opened?.backupCodes !== undefined
  const isOver = opened !== undefined && (act === 'show' || opened.totpURI === undefined)
  return (
    <Dialog
      isOpen={act !== undefined}
      onClose={close}
      isInsistent={hasCodes && isOver}
      title={hasCodes && isOver ? t('factor.codes.title') : t(`factor.${act ?? 'enable'}.title`)}
      actions={
        isOver && (
          <Button kind="primary" onClick={close}>
            {t(hasCodes ? 'factor.codes.done' : 'common:close')}
          </Button>
        )
      }
    >
      {act && <Steps act={act} opened={opened} onOpened={setOpened} onClose={close} />}
    </Dialog>
  )
}

interface StepsProps {
  readonly act: FactorAct
  readonly opened: Opened | undefined
  readonly onOpened: (opened: Opened) => void
  readonly onClose: () => void
}

const Steps = ({ act, opened, onOpened, onClose }: StepsProps) => {
  const { t } = useTranslation('settings')
  const { refresh } = useSession()
  const onPassword = (answer: Opened): void => {
    if (act === 'disable') {
      toast(t('factor.disable.done'))
      void refresh()
      onClose()
    } else onOpened(answer)
  }
  const onCode = (): void => {
    onOpened({ backupCodes: opened?.backupCodes })
    void refresh()
  }
  if (!opened) return <PasswordStep act={act} onDone={onPassword} onCancel={onClose} />
  if (opened.totpURI === undefined) return <BackupCodes codes={opened.backupCodes ?? []} />
  return (
    <div className="flex flex-col gap-4 pb-2">
      <Secret uri={opened.totpURI} />
      {act === 'enable' && <CodeStep onDone={onCode} onCancel={onClose} />}
    </div>
  )
}

const faultsOf = (name: string) => (draft: Readonly<Record<string, string>>) =>
  faultsIn({ [name]: ['required', draft[name] ?? ''] })

interface StepProps {
  readonly onCancel: () => void
}

const PasswordStep = ({
  act,
  onDone,
  onCancel,
}: StepProps & { readonly act: FactorAct; readonly onDone: (answer: Opened) => void }) => {
  const { t } = useTranslation('settings')
  const begin = useCall<Opened>('post', PATHS[act], { onSuccess: onDone })
  const { draft, change, errorOf, check } = useDraft({ password: '' }, faultsOf('password'), begin.error)
  return (
    <Form
      onSubmit={() => {
        if (check()) begin.mutate({ body: draft })
      }}
      onCancel={onCancel}
      action={t(`factor.${act}.action`)}
      isPending={begin.isPending}
      error={begin.error}
    >
      <p>{t(`factor.${act}.text`)}</p>
      <Field label={t('password.current')} error={errorOf('password')} required>
        <Input
          type="password"
          autoComplete="current-password"
          value={draft.password}
          onChange={(event) => change({ password: event.target.value })}
        />
      </Field>
    </Form>
  )
}

const CodeStep = ({ onDone, onCancel }: StepProps & { readonly onDone: () => void }) => {
  const { t } = useTranslation('settings')
  const verify = useCall<unknown>('post', '/api/auth/two-factor/verify-totp', {
    changes: ['/api/auth/list-sessions'],
    onSuccess: onDone,
  })
  const { draft, change, errorOf, check } = useDraft({ code: '' }, faultsOf('code'), verify.error)
  return (
    <Form
      onSubmit={() => {
        if (check()) verify.mutate({ body: { code: draft.code.replaceAll(/\s/g, '') } })
      }}
      onCancel={onCancel}
      action={t('factor.confirm')}
      isPending={verify.isPending}
      error={verify.error}
    >
      <Field label={t('factor.code')} hint={t('factor.codeHint')} error={errorOf('code')} required>
        <Input
          autoComplete="one-time-code"
          inputMode="numeric"
          value={draft.code}
          onChange={(event) => change({ code: event.target.value })}
        />
      </Field>
    </Form>
  )
}

/** The secret for the app: to be photographed, opened or typed. */
const Secret = ({ uri }: { readonly uri: string }) => {
  const { t } = useTranslation('settings')
  const { searchParams } = new URL(uri)
  const secret = searchParams.get('secret') ?? ''
  return (
    <>
      <p>
        {t('factor.scan')} {t('factor.calledThere', { name: searchParams.get('issuer') ?? '' })}
      </p>
      <QrCode text={uri} label={t('factor.qr')} />
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-56 rounded-md bg-raised px-2 py-1 break-all select-all">
          {secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
        </code>
        <CopyButton text={secret} label={t('factor.copySecret')} isWide />
      </div>
      <p>
        <a className="link" href={uri}>
          {t('factor.openApp')}
        </a>
      </p>
    </>
  )
}
