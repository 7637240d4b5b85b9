import { useTranslation } from 'react-i18next'
import { useNames } from '../../api/names.ts'
import { Fact, Facts } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Drawer } from '../../ui/dialog.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { UseIt } from '../../ui/use-it.tsx'
import { Time, Tokens } from '../../ui/values.tsx'
import { Budgets } from './budgets.tsx'
import type { KeyDialogProps } from './edit-key.tsx'
import { type Key, LIMITS } from './key-form.ts'
import { KeyState } from './key-state.tsx'

/** Everything there is to know of a key, beside the list. */
export const KeyDetails = ({ subject, onClose }: KeyDialogProps) => (
  <Drawer isOpen={subject !== undefined} onClose={onClose} title={subject?.name ?? ''}>
    {subject && <Details subject={subject} />}
  </Drawer>
)

const Details = ({ subject }: { readonly subject: Key }) => {
  const { t } = useTranslation('keys')
  return (
    <div className="flex flex-col gap-5 pb-6">
      <Facts>
        <Fact label={t('column.state')}>
          <KeyState state={subject.state} />
        </Fact>
        <Fact label={t('details.id')}>
          <span className="flex items-center">
            <code className="min-w-0 text-sm break-all">{subject.id}</code>
            <CopyButton text={subject.id} label={t('details.copyId')} />
          </span>
        </Fact>
        <Fact label={t('column.prefix')}>
          <code>{subject.prefix}…</code>
        </Fact>
        <Belongings subject={subject} />
        <Fact label={t('column.created')}>
          <Time at={subject.created_at} />
        </Fact>
        <Fact label={t('column.expires')}>
          {subject.expires_at === null ? t('never') : <Time at={subject.expires_at} />}
        </Fact>
        {subject.revoked_at !== null && (
          <Fact label={t('details.revoked')}>
            <Time at={subject.revoked_at} />
          </Fact>
        )}
      </Facts>
      <p className="flex flex-wrap gap-x-5 gap-y-1">
        <TextLink to="/console/logs" search={{ key: subject.id }}>
          {t('details.logs')}
        </TextLink>
        <TextLink to="/console/usage" search={{ key: subject.id }}>
          {t('details.usage')}
        </TextLink>
      </p>
      {subject.state === 'active' && (
        <div>
          <h3 className="mb-1">{t('secret.useIt')}</h3>
          <p className="mb-2 text-sm text-muted">{t('details.useItHint')}</p>
          <UseIt models={subject.models} />
        </div>
      )}
    </div>
  )
}

const Belongings = ({ subject }: { readonly subject: Key }) => {
  const { t } = useTranslation('keys')
  const { projectName } = useNames()
  const limits = LIMITS.filter((limit) => subject[limit] !== null)
  return (
    <>
      <Fact label={t('project.label')}>
        {subject.project_id === null ? t('project.none') : projectName(subject.project_id)}
      </Fact>
      <Fact label={t('group.label')}>{subject.group}</Fact>
      <Fact label={t('models.label')}>{subject.models === null ? t('models.all') : subject.models.join(', ')}</Fact>
      <Fact label={t('column.budget')}>
        <Budgets of={subject} />
      </Fact>
      <Fact label={t('limits.fold')}>
        {limits.length === 0
          ? t('limits.asPlan')
          : limits.map((limit) => (
              <div key={limit}>
                {t(`limits.${limit}`)}: <Tokens count={subject[limit]} />
              </div>
            ))}
      </Fact>
      <Fact label={t('reach.addresses')}>
        {subject.ip_allow === null ? t('reach.anywhere') : <code>{subject.ip_allow.join(', ')}</code>}
      </Fact>
      <Fact label={t('scopes.fold')}>
        {subject.scopes.length === 0 ? t('scopes.all') : <code>{subject.scopes.join(', ')}</code>}
      </Fact>
    </>
  )
}
