// Runs before anything is painted, so that nobody sees a flash of the other theme or language. A file of its own: the
// content security policy allows no script inside the page.
;(() => {
  const stored = (name) => {
    try {
      return localStorage.getItem(name)
    } catch {
      // Storage may be forbidden; then the system decides.
      return null
    }
  }
  const wanted = stored('tollgate.theme')
  const dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  const language = stored('tollgate.language')
  if (language === 'en' || language === 'zh-CN' || language === 'vi') document.documentElement.lang = language
})()
