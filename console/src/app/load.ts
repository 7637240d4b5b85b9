import i18next from 'i18next'
import { ApiError } from '../api/error.ts'
import { reportAnswer } from '../api/reach.ts'

/**
 * Loads code or strings of a page. Where they cannot be had and the server has another build by now, the console is
 * loaded anew, once: the older build names files that are gone. Where the server does not answer nothing is loaded anew,
 * for what is written in this tab would be lost; it fails, and may be tried again.
 */
export const loaded = async <T>(load: () => Promise<T>): Promise<T> => {
  try {
    return await load()
  } catch {
    const standing = await standingOfBuild()
    if (standing === 'other' && mayReload()) {
      location.reload()
      // Nothing is to be shown between now and then.
      return new Promise<never>(() => undefined)
    }
    const isAway = standing === 'no-answer'
    // From then on it is asked whether it answers again, and what failed is loaded once it does.
    if (isAway) reportAnswer(false)
    const text = i18next.t(isAway ? 'error.notLoaded' : 'error.partMissing')
    throw new ApiError(text, isAway ? { status: 0, code: 'no_answer' } : { status: 500, code: 'page_broke' })
  }
}

/** The program that this tab runs. Its name is another one with every build. */
const programOf = (): string =>
  document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? 'no program is known'

/** Any page of the console will do: each is the same document. */
const DOCUMENT = '/login'

const standingOfBuild = async (): Promise<'same' | 'other' | 'no-answer'> => {
  try {
    const response = await fetch(DOCUMENT, { cache: 'no-store', headers: { accept: 'text/html' } })
    const text = await response.text()
    if (response.status >= 502) return 'no-answer'
    return response.ok && text.includes('id="root"') && !text.includes(programOf()) ? 'other' : 'same'
  } catch {
    return 'no-answer'
  }
}

const RELOADED = 'tollgate.reloaded'

/** Not twice away from the same build: a second time would change nothing. */
const mayReload = (): boolean => {
  const program = programOf()
  if (sessionStorage.getItem(RELOADED) === program) return false
  sessionStorage.setItem(RELOADED, program)
  return true
}
