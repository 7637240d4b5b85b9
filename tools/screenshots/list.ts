import type { Shot } from './shots.ts'

/** The page that lists them, as Markdown: one line a page of the console, one picture a width. */
export const listOf = (shots: readonly Shot[], format: string): string => {
  const pages = [...new Set(shots.map(({ page }) => page))]
  const lines = pages.map((page) => {
    const links = shots
      .filter((shot) => shot.page === page)
      .map(({ name, width, theme }) => `[${width}${theme === 'dark' ? ' dark' : ''}](${name}.${format})`)
    return `| \`${page}\` | ${links.join(' · ')} |`
  })
  return `# Screenshots of the console

Every page, at the width of a phone, a laptop and a large screen; some also in the dark. What they show is made up: the
names, the requests and the money. \`npm run screenshots\` takes them again.

![The overview of a customer](console-1280.${format})

| page | pictures, by width in pixels |
|---|---|
${lines.join('\n')}
`
}
