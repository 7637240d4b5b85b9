import i18next, { type ResourceKey } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { type Language, readLanguage, rememberLanguage } from './languages.ts'
import { loaded } from './load.ts'

/** Every file of strings, loaded when a page first asks for its namespace. */
const FILES = import.meta.glob<{ default: ResourceKey }>('../locales/*/*.json')

const read = async (language: string, namespace: string): Promise<ResourceKey> => {
  const load = FILES[`../locales/${language}/${namespace}.json`]
  return load ? (await load()).default : {}
}

/** Makes strings ready to be shown; resolves when those of the shell are there. */
export const startLanguages = async (): Promise<void> => {
  const language = readLanguage()
  i18next.on('languageChanged', (changed) => {
    document.documentElement.lang = changed
  })
  await i18next
    .use({
      type: 'backend',
      read: (language: string, namespace: string, done: (error: unknown, strings: ResourceKey | null) => void) => {
        read(language, namespace).then(
          (strings) => done(null, strings),
          (error) => done(error, null),
        )
      },
    })
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: 'en',
      supportedLngs: ['en', 'zh-CN', 'vi'],
      load: 'currentOnly',
      ns: ['common'],
      defaultNS: 'common',
      // React escapes what it shows.
      interpolation: { escapeValue: false },
      returnNull: false,
    })
}

/** Has the strings of a page loaded beside its code, not after it; fails where they cannot be had. */
export const loadStrings = async (namespace: string): Promise<void> => {
  // Read here first: what failed once inside of i18next is never asked for again, and names would stand for strings.
  await loaded(() => read(i18next.language, namespace))
  await i18next.loadNamespaces(namespace)
}

/** Changes the language at once, and for the next visit. */
export const changeLanguage = async (language: Language): Promise<void> => {
  rememberLanguage(language)
  await i18next.changeLanguage(language)
}
