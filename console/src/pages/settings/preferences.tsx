import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeLanguage } from '../../app/i18n.ts'
import { LANGUAGES, type Language } from '../../app/languages.ts'
import { chooseTheme, type Theme, useTheme } from '../../app/theme.ts'
import { browserZone, chooseZone, chosenZone } from '../../app/time-zone.ts'
import type { Zone } from '../../format/times.ts'
import { Card } from '../../ui/card.tsx'
import { Radios } from '../../ui/choice.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/input.tsx'
import { Time } from '../../ui/values.tsx'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const ZONES: readonly Zone[] = ['browser', 'utc']

/** How the console looks to this reader, kept in this browser alone. */
export const Preferences = () => {
  const { t, i18n } = useTranslation('settings')
  const theme = useTheme()
  const [zone, setZone] = useState(chosenZone)
  const change = (wanted: Zone): void => {
    chooseZone(wanted)
    setZone(wanted)
  }
  return (
    <Card title={t('preferences.title')} description={t('preferences.text')}>
      <div className="flex max-w-md flex-col gap-4">
        <Field label={t('common:language')}>
          <Select
            value={i18n.language}
            onChange={(event) => void changeLanguage(event.target.value as Language)}
            options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
        </Field>
        <Radios
          legend={t('common:theme.label')}
          name="theme"
          value={theme}
          onChange={(chosen) => chooseTheme(THEMES.find((one) => one === chosen) ?? 'system')}
          options={THEMES.map((value) => ({ value, label: t(`common:theme.${value}`) }))}
        />
        <Radios
          legend={t('preferences.zone')}
          name="zone"
          value={zone}
          onChange={(chosen) => change(ZONES.find((one) => one === chosen) ?? 'browser')}
          options={ZONES.map((value) => ({
            value,
            label: value === 'utc' ? 'UTC' : t('preferences.browser', { zone: browserZone() }),
          }))}
        />
        <p className="text-sm text-muted">
          {t('preferences.now')} <Time key={zone} at={new Date().toISOString()} />
          <br />
          {t('preferences.days')}
        </p>
      </div>
    </Card>
  )
}
