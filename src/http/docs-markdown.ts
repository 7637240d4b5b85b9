/** A heading of a page, with the anchor that links name it by. */
export interface Heading {
  readonly level: number
  readonly text: string
  readonly anchor: string
}

/** A part of a page, from a heading to the next, as plain text to be searched. */
export interface PassageOfPage {
  readonly anchor: string
  readonly heading: string
  readonly text: string
}

const FENCE = /^ *```[^\n]*\n[\s\S]*?^ *```[ \t]*$/gm
const LINK = /\[((?:[^\]`]|`[^`]*`)*)\]\(([^)\s]+)\)/g

/** The text of a page with blanks in place of its fenced blocks: what follows stays where it was. */
export const proseOf = (markdown: string): string => markdown.replace(FENCE, (block) => block.replace(/[^\n]/g, ' '))

/** The headings of a page, with anchors made as GitHub makes them: the second of two alike ends in `-1`. */
export const headingsOf = (markdown: string): readonly Heading[] => {
  const taken = new Map<string, number>()
  return [...proseOf(markdown).matchAll(/^(#{1,6})\s+(.+?)\s*$/gm)].map(({ 1: marks = '', 2: written = '' }) => {
    const text = plainOf(written)
    const anchor = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const before = taken.get(anchor) ?? 0
    taken.set(anchor, before + 1)
    return { level: marks.length, text, anchor: before === 0 ? anchor : `${anchor}-${before}` }
  })
}

/** The first paragraph below the title, in one line: what a list of pages says of this one. */
export const openingOf = (markdown: string): string => {
  const [, after = ''] = /^#\s[^\n]*\n+([\s\S]*)$/.exec(markdown) ?? []
  const paragraph =
    proseOf(after)
      .split(/\n\s*\n/)
      .find((part) => /^[^#|<]/.test(part.trim())) ?? ''
  return plainOf(paragraph.replaceAll('\n', ' ').trim())
}

/** The passages of a page. Code belongs to them: people search for names of variables. */
export const passagesOf = (markdown: string): readonly PassageOfPage[] => {
  const headings = headingsOf(markdown)
  const starts = [...proseOf(markdown).matchAll(/^#{1,6}\s/gm)].map(({ index }) => index)
  return headings.map(({ text, anchor }, at) => {
    const passage = markdown.slice(starts[at], starts[at + 1]).replace(/^[^\n]*\n?/, '')
    return { anchor, heading: text, text: plainOf(passage.replace(/^ *```[^\n]*$/gm, '').replaceAll('|', ' ')) }
  })
}

/** Markdown of one line or several without its marks, white space drawn together. */
const plainOf = (text: string): string =>
  text
    .replace(LINK, '$1')
    .replace(/`|\*\*/g, '')
    .replace(/(^|[^\w*])\*([^\s*][^*\n]*)\*(?!\w)/g, '$1$2')
    .replace(/^[-*>] |^\d+\. |^[\s:-]+$/gm, '')
    .replace(/\s+/g, ' ')
    .trim()

/** Changes where the links of a page lead; `undefined` leaves their text alone in its place. */
export const relinked = (markdown: string, targetOf: (target: string) => string | undefined): string => {
  let made = ''
  let at = 0
  const change = (prose: string): string =>
    prose.replace(LINK, (_, text: string, target: string) => {
      const leads = targetOf(target)
      return leads === undefined ? text : `[${text}](${leads})`
    })
  for (const fence of markdown.matchAll(FENCE)) {
    made += change(markdown.slice(at, fence.index)) + fence[0]
    at = fence.index + fence[0].length
  }
  return made + change(markdown.slice(at))
}
