/** The languages there are, each by its own name. */
export const LANGUAGES = { en: 'English', 'zh-CN': '简体中文', vi: 'Tiếng Việt' } as const

export type Language = keyof typeof LANGUAGES

const isLanguage = (name: string | null): name is Language => name !== null && name in LANGUAGES

const STORED = 'tollgate.language'

/** What the reader chose before, else the first of the browser's languages that there is, else English. */
export const preferredLanguage = (stored: string | null, wanted: readonly string[]): Language => {
  if (isLanguage(stored)) return stored
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0]
    if (base === 'zh') return 'zh-CN'
    if (base === 'vi') return 'vi'
    if (base === 'en') return 'en'
  }
  return 'en'
}

export const readLanguage = (): Language => preferredLanguage(localStorage.getItem(STORED), navigator.languages)

export const rememberLanguage = (language: Language): void => localStorage.setItem(STORED, language)
