import { marked, type Token, type Tokens } from 'marked'
import type { Heading } from './contents.ts'

/** Code blocks that stand beside each other are one thing in several languages. */
export type Block =
  | { readonly kind: 'token'; readonly token: Token }
  | { readonly kind: 'heading'; readonly token: Tokens.Heading; readonly anchor: string | undefined }
  | { readonly kind: 'code'; readonly variants: readonly Code[] }

export interface Code {
  readonly language: string
  readonly text: string
}

/**
 * Reads a page into blocks, but for its title. Anchors are the gateway's, in the order of headings, so that links lead to
 * the same places everywhere.
 */
export const blocksOf = (markdown: string, headings: readonly Heading[]): readonly Block[] => {
  const blocks: Block[] = []
  let heading = 0
  for (const token of marked.lexer(markdown)) {
    if (token.type === 'space' || (token.type === 'heading' && token.depth === 1)) continue
    if (token.type === 'heading') {
      blocks.push({ kind: 'heading', token: token as Tokens.Heading, anchor: headings[heading]?.anchor })
      heading += 1
    } else if (token.type === 'code') {
      addCode(blocks, { language: /^\S*/.exec(token.lang ?? '')?.[0] ?? '', text: token.text })
    } else {
      blocks.push({ kind: 'token', token })
    }
  }
  return blocks
}

const addCode = (blocks: Block[], code: Code): void => {
  const last = blocks.at(-1)
  const joins = last?.kind === 'code' && last.variants.every(({ language }) => language !== code.language)
  if (joins) blocks.splice(-1, 1, { kind: 'code', variants: [...last.variants, code] })
  else blocks.push({ kind: 'code', variants: [code] })
}

/** Names of languages, as people write them. */
const NAMES: Readonly<Record<string, string>> = {
  sh: 'Shell',
  powershell: 'PowerShell',
  python: 'Python',
  js: 'JavaScript',
  json: 'JSON',
  toml: 'TOML',
  yaml: 'YAML',
  ini: 'Environment',
  nginx: 'nginx',
}

/** What stands above a block of code: `curl` for a shell that does nothing but that. */
export const nameOf = ({ language, text }: Code): string =>
  language === 'sh' && text.startsWith('curl ') ? 'curl' : (NAMES[language] ?? language)

/** Where a link of a page leads: to a page of the console, to a heading, or elsewhere. */
export type Target =
  | { readonly kind: 'page'; readonly to: string; readonly hash: string | undefined }
  | { readonly kind: 'outside'; readonly href: string }

/** Links are `/docs/x.md#a` or paths of this site. Anything that is no address people go to leads nowhere. */
export const targetOf = (href: string): Target | undefined => {
  const [path = '', hash] = href.split('#')
  const page = /^(\/docs\/[a-z0-9/-]+)\.md$/.exec(path)
  if (page) return { kind: 'page', to: page[1] ?? '', hash }
  if (path === '' && hash !== undefined) return { kind: 'outside', href: `#${hash}` }
  if (/^\/docs\/api(?:\/|$)/.test(path) || /^https?:\/\//.test(href)) return { kind: 'outside', href }
  return /^\/(?![/\\])/.test(href) ? { kind: 'page', to: path, hash } : undefined
}
