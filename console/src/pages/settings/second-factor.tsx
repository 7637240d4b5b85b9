import { KeyRound, QrCode as QrIcon, ShieldCheck, ShieldOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PermissionNote } from '../../app/permission-note.tsx'
import { useSession } from '../../app/session.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { type FactorAct, FactorDialog } from './factor-dialog.tsx'

/** A code of an app beside the password: on, off, and what to do without the phone. */
export const SecondFactor = ({ isOn }: { readonly isOn: boolean }) => {
  const { t } = useTranslation('settings')
  const { impersonating } = useSession()
  const [act, setAct] = useState<FactorAct>()
  const isDisabled = impersonating !== null
  return (
    <Card
      title={t('factor.title')}
      description={t('factor.text')}
      actions={<Badge tone={isOn ? 'good' : 'neutral'}>{t(isOn ? 'factor.on' : 'factor.off')}</Badge>}
    >
      <div className="flex flex-wrap gap-2">
        {isOn ? (
          <>
            <Button icon={KeyRound} disabled={isDisabled} onClick={() => setAct('renew')}>
              {t('factor.renew.title')}
            </Button>
            <Button icon={QrIcon} disabled={isDisabled} onClick={() => setAct('show')}>
              {t('factor.show.title')}
            </Button>
            <Button kind="danger" icon={ShieldOff} disabled={isDisabled} onClick={() => setAct('disable')}>
              {t('factor.disable.title')}
            </Button>
          </>
        ) : (
          <Button icon={ShieldCheck} disabled={isDisabled} onClick={() => setAct('enable')}>
            {t('factor.enable.title')}
          </Button>
        )}
      </div>
      {isDisabled && <PermissionNote permission="organisation" />}
      <FactorDialog act={act} onClose={() => setAct(undefined)} />
    </Card>
  )
}
