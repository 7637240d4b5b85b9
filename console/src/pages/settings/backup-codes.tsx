import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { saveAs } from '../../ui/save-as.ts'

/** Codes for the day the phone is gone; each counts once, and they are shown once. */
export const BackupCodes = ({ codes }: { readonly codes: readonly string[] }) => {
  const { t } = useTranslation('settings')
  const text = `${codes.join('\n')}\n`
  return (
    <div className="flex flex-col gap-3">
      <Notice tone="warn">{t('factor.codes.text')}</Notice>
      <ul
        aria-label={t('factor.codes.list')}
        className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-4 gap-y-1 rounded-md bg-raised p-3"
      >
        {codes.map((code) => (
          <li key={code}>
            <code className="select-all">{code}</code>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={text} label={t('factor.codes.copy')} isWide />
        <Button
          icon={Download}
          onClick={() => saveAs(new Blob([text], { type: 'text/plain' }), 'tollgate-backup-codes.txt')}
        >
          {t('factor.codes.download')}
        </Button>
      </div>
    </div>
  )
}
