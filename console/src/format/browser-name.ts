/** What browsers call themselves in `user-agent`, the telling ones first: most claim to be others as well. */
const BROWSERS = [
  ['Edge', /Edg(?:e|A|iOS)?\/\d/],
  ['Opera', /OPR\/\d/],
  ['Firefox', /(?:Firefox|FxiOS)\/\d/],
  ['Chrome', /(?:Chrome|CriOS|Chromium)\/\d/],
  ['Safari', /Version\/[\d.]+.* Safari\/\d/],
] as const

const SYSTEMS = [
  ['Android', /Android/],
  ['iPadOS', /iPad/],
  ['iOS', /iPhone|iPod/],
  ['Windows', /Windows NT/],
  ['ChromeOS', /CrOS/],
  ['macOS', /Mac OS X|Macintosh/],
  ['Linux', /Linux|X11/],
] as const

/** The browser and the system that a `user-agent` names; `undefined` for one that is not known, such as a program's. */
export const browserIn = (userAgent: string): { readonly browser: string; readonly system: string } | undefined => {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0]
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0]
  return browser && system ? { browser, system } : undefined
}
