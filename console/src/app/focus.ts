import type { AnyRouter } from '@tanstack/react-router'

/** Where a page's content begins: the target of the skip link, and of the focus after navigation. */
export const MAIN_ID = 'main'

/**
 * After going to another page, moves the focus to its content: who reads with ears or by keyboard would stay on the link
 * otherwise. Not on the first page, and not where only the search of the address changed.
 */
export const focusOnNavigation = (router: AnyRouter): void => {
  router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
    if (!fromLocation || !pathChanged) return
    document.getElementById(MAIN_ID)?.focus({ preventScroll: true })
  })
}

const LOST_AFTER_MS = 100

/**
 * Puts the focus back where what had it is gone, as a row that was deleted: on the heading of the window that is open, or
 * of the page. Left alone, it falls to the body, and who works by keyboard begins at the top again.
 */
export const catchFocus = (): void => {
  let last: Element | undefined
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element) last = target
  })
  // Whoever clicks beside everything has put it down, and misses nothing.
  document.addEventListener('mousedown', () =>
    setTimeout(() => {
      if (document.activeElement === document.body) last = undefined
    }),
  )
  const isLost = (): boolean =>
    last !== undefined && !last.isConnected && (document.activeElement ?? document.body) === document.body
  const put = (): void => {
    // By then whatever took its place may have taken the focus as well.
    if (!isLost()) return
    const heading = [...document.querySelectorAll('dialog[open]')].at(-1)?.querySelector('h2') ?? pageHeading()
    if (!heading) return
    if (heading instanceof HTMLHeadingElement) heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const watched = new MutationObserver(() => {
    if (!isLost()) return
    clearTimeout(timer)
    timer = setTimeout(put, LOST_AFTER_MS)
  })
  watched.observe(document.body, { childList: true, subtree: true })
}

const pageHeading = (): HTMLElement | null =>
  document.querySelector<HTMLElement>(`#${MAIN_ID} h1`) ?? document.getElementById(MAIN_ID)
