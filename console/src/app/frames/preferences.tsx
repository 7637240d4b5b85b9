import { Languages, Monitor, Moon, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Menu, MenuChoices } from '../../ui/menu.tsx'
import { changeLanguage } from '../i18n.ts'
import { LANGUAGES, type Language } from '../languages.ts'
import { chooseTheme, type Theme, useTheme } from '../theme.ts'

const THEMES = { light: Sun, dark: Moon, system: Monitor } as const

/** Language and theme, in every frame. */
export const Preferences = () => {
  const { t, i18n } = useTranslation()
  const theme = useTheme()
  const Icon = THEMES[theme]
  return (
    <div className="flex items-center gap-1">
      <Menu label={t('language')} icon={Languages}>
        <MenuChoices
          value={i18n.language}
          options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label, lang: value }))}
          onChange={(value) => void changeLanguage(value as Language)}
        />
      </Menu>
      <Menu label={t('theme.label')} icon={Icon}>
        <MenuChoices
          value={theme}
          options={Object.keys(THEMES).map((value) => ({ value, label: t(`theme.${value}`) }))}
          onChange={(value) => chooseTheme(value as Theme)}
        />
      </Menu>
    </div>
  )
}
