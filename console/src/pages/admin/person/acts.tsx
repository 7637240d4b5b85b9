import { AtSign, BadgeCheck, Ban, CircleCheck, Link, Shield, ShieldMinus, ShieldOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Schema } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { ChangeAddress } from './change-address.tsx'
import { ChangeDialog, type PersonChange } from './change-dialog.tsx'
import { PasswordLink } from './password-link.tsx'
import { ResetFactor } from './reset-factor.tsx'

type Open = PersonChange | 'address' | 'link' | 'factor'

/** What an administrator does for somebody who cannot sign in, or should not. */
export const Acts = ({ person }: { readonly person: Schema<'Person'> }) => {
  const { t } = useTranslation('admin-person')
  const [open, setOpen] = useState<Open>()
  const close = (): void => setOpen(undefined)
  const { id, email, name } = person
  const change = person.disabled ? 'enable' : 'disable'
  const right = person.administrator ? 'demote' : 'promote'
  const isChange = open !== 'address' && open !== 'link' && open !== 'factor'
  return (
    <Card title={t('acts.title')} description={t('acts.text')}>
      <div className="flex flex-wrap gap-2">
        <Button icon={Link} onClick={() => setOpen('link')}>
          {t('link.title')}
        </Button>
        {!person.email_verified && (
          <Button icon={BadgeCheck} onClick={() => setOpen('prove')}>
            {t('prove.title')}
          </Button>
        )}
        <Button icon={AtSign} onClick={() => setOpen('address')}>
          {t('address.title')}
        </Button>
        {person.two_factor && (
          <Button icon={ShieldOff} onClick={() => setOpen('factor')}>
            {t('resetFactor.title')}
          </Button>
        )}
        <Button icon={person.administrator ? ShieldMinus : Shield} onClick={() => setOpen(right)}>
          {t(`${right}.title`)}
        </Button>
        <Button
          kind={person.disabled ? 'secondary' : 'danger'}
          icon={person.disabled ? CircleCheck : Ban}
          onClick={() => setOpen(change)}
        >
          {t(`${change}.title`)}
        </Button>
      </div>
      <ChangeDialog id={id} name={name} email={email} change={isChange ? open : undefined} onClose={close} />
      <ChangeAddress id={id} email={email} isOpen={open === 'address'} onClose={close} />
      <PasswordLink id={id} name={name} email={email} isOpen={open === 'link'} onClose={close} />
      <ResetFactor id={id} name={name} isOpen={open === 'factor'} onClose={close} />
    </Card>
  )
}
