/** Addresses of pages, on every one of which the console's router takes over. What has an ending is a file. */
const PAGE =
  /^\/(?:|models|status|login|signup|forgot|reset|verify|invite\/[^/]+|console(?:\/.*)?|admin(?:\/.*)?|docs(?:\/(?!api(?:\/|$))[^.]*)?)$/

/** Whether a path is that of a page of the console; a slash at its end makes no difference. */
export const isConsolePage = (path: string): boolean => PAGE.test(path.length > 1 ? path.replace(/\/$/, '') : path)

/**
 * Whether a page is wanted, going by `Accept`: a browser says `text/html`; who says `application/json` without it is a
 * program that took this for an interface, and is to get its error; who says nothing in particular gets the page.
 */
export const wantsPage = (accept: string | null): boolean => {
  if (accept === null || accept === '') return true
  return /text\/html/i.test(accept) || (/\*\/\*/.test(accept) && !/application\/json/i.test(accept))
}

/** Whether a browser is about to show what it asks for as a page: no program says so. */
export const isNavigation = (headers: Headers): boolean =>
  headers.get('sec-fetch-dest') === 'document' && /text\/html/i.test(headers.get('accept') ?? '')
