import type { Token, Tokens } from 'marked'
import { Fragment, type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { TextLink } from '../../ui/text-link.tsx'
import { type Block, blocksOf, targetOf } from './blocks.ts'
import { Code } from './code.tsx'
import type { Heading } from './contents.ts'

/**
 * Shows a page of ours. Elements are made of its tokens one by one: what is no Markdown, such as HTML, is shown as the
 * text it is.
 */
export const Markdown = ({ text, headings }: { readonly text: string; readonly headings: readonly Heading[] }) => {
  const blocks = useMemo(() => blocksOf(text, headings), [text, headings])
  return (
    <div className="flex flex-col gap-4">
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text have no other name than their place.
        <BlockView key={at} block={block} />
      ))}
    </div>
  )
}

const BlockView = ({ block }: { readonly block: Block }) => {
  switch (block.kind) {
    case 'heading':
      return <HeadingView token={block.token} anchor={block.anchor} />
    case 'code':
      return <Code variants={block.variants} />
    default:
      return <>{blockOf(block.token)}</>
  }
}

const HeadingView = ({ token, anchor }: { readonly token: Tokens.Heading; readonly anchor: string | undefined }) => {
  const { t } = useTranslation('docs')
  const Level = token.depth === 2 ? 'h2' : token.depth === 3 ? 'h3' : 'h4'
  return (
    <Level id={anchor} className="group mt-3 flex scroll-mt-4 items-baseline gap-2 font-semibold">
      <span>{inlineOf(token.tokens)}</span>
      {anchor !== undefined && (
        <a
          href={`#${anchor}`}
          aria-label={t('anchor', { heading: token.text })}
          className="text-muted opacity-0 group-hover:opacity-100 focus-visible:opacity-100 print:hidden"
        >
          #
        </a>
      )}
    </Level>
  )
}

const each = (tokens: readonly Token[] | undefined, make: (token: Token) => ReactNode): ReactNode =>
  (tokens ?? []).map((token, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name than their place.
    <Fragment key={at}>{make(token)}</Fragment>
  ))

const blockOf = (token: Token): ReactNode => {
  switch (token.type) {
    case 'paragraph':
      return <p className="max-w-[75ch]">{inlineOf(token.tokens)}</p>
    case 'list':
      return listOf(token as Tokens.List)
    case 'table':
      return <TableView token={token as Tokens.Table} />
    case 'code':
      return <Code variants={[{ language: /^\S*/.exec(token.lang ?? '')?.[0] ?? '', text: token.text }]} />
    case 'blockquote':
      return <blockquote className="border-l-4 border-line pl-3">{each(token.tokens, blockOf)}</blockquote>
    case 'hr':
      return <hr className="border-line" />
    case 'space':
      return null
    case 'text':
      return <span>{token.tokens ? inlineOf(token.tokens) : token.text}</span>
    default:
      return <p>{token.raw}</p>
  }
}

const listOf = (list: Tokens.List): ReactNode => {
  const items = list.items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the items of a text have no other name than their place.
    <li key={at} className="max-w-[75ch] [&>*+*]:mt-2">
      {each(item.tokens, blockOf)}
    </li>
  ))
  if (!list.ordered) return <ul className="list-disc space-y-1.5 pl-6">{items}</ul>
  return (
    <ol start={Number(list.start) || 1} className="list-decimal space-y-1.5 pl-6">
      {items}
    </ol>
  )
}

const TableView = ({ token: { header, rows } }: { readonly token: Tokens.Table }) => {
  const { t } = useTranslation('docs')
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table that scrolls is no set of fields.
    <div
      role="group"
      aria-label={t('table', { columns: header.map(({ text }) => text.replaceAll('`', '')).join(', ') })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line"
    >
      <table className="w-full border-collapse bg-surface text-left">
        <thead className="bg-raised">
          <tr>
            {header.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name than their place.
              <th key={at} scope="col" className="px-3 py-1.5 font-semibold">
                {inlineOf(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place.
            <tr key={at} className="border-t border-line align-top">
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name than their place.
                <td key={column} className="min-w-24 px-3 py-1.5">
                  {inlineOf(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const inlineOf = (tokens: readonly Token[] | undefined): ReactNode => each(tokens, inline)

const inline = (token: Token): ReactNode => {
  switch (token.type) {
    case 'strong':
      return <strong>{inlineOf(token.tokens)}</strong>
    case 'em':
      return <em>{inlineOf(token.tokens)}</em>
    case 'codespan':
      return <code className="rounded bg-raised px-1 py-px break-words">{token.text}</code>
    case 'link':
      return linkOf(token as Tokens.Link)
    case 'br':
      return <br />
    case 'text':
      return 'tokens' in token && token.tokens ? inlineOf(token.tokens) : token.text
    case 'escape':
      return token.text
    default:
      return token.raw
  }
}

const linkOf = ({ href, tokens }: Tokens.Link): ReactNode => {
  const target = targetOf(href)
  if (!target) return inlineOf(tokens)
  if (target.kind === 'page')
    return (
      <TextLink to={target.to} hash={target.hash}>
        {inlineOf(tokens)}
      </TextLink>
    )
  return (
    <a className="link" href={target.href} rel="noreferrer">
      {inlineOf(tokens)}
    </a>
  )
}
