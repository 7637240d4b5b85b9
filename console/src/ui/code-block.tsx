import { useTranslation } from 'react-i18next'
import { CopyButton } from './copy.tsx'
import { cx } from './cx.ts'
import { ScrollFrame } from './scroll-frame.tsx'
import { Tabs } from './tabs.tsx'

export interface CodeBlockProps {
  readonly code: string
  /** Above it: a file name, a language. */
  readonly title?: string
  readonly className?: string
}

/** Code as it is, with a button that copies it. Scrolls by itself, also by keyboard. */
export const CodeBlock = ({ code, title, className }: CodeBlockProps) => {
  const { t } = useTranslation()
  return (
    <figure className={cx('overflow-hidden rounded-lg border border-line bg-raised', className)}>
      <figcaption className="flex items-center border-b border-line pl-3 text-sm text-muted">
        <span className="min-w-0 flex-1 truncate">{title ?? ''}</span>
        <CopyButton text={code} />
      </figcaption>
      <ScrollFrame label={title ?? t('code')} className="overflow-auto">
        <pre className="w-max min-w-full p-3 text-sm">
          <code>{code}</code>
        </pre>
      </ScrollFrame>
    </figure>
  )
}

export interface CodeVariant {
  readonly name: string
  readonly code: string
}

/** The same in several languages. */
export const CodeTabs = ({
  label,
  variants,
}: {
  readonly label: string
  readonly variants: readonly CodeVariant[]
}) => (
  <Tabs
    label={label}
    tabs={variants.map(({ name, code }) => ({
      value: name,
      label: name,
      content: <CodeBlock code={code} title={name} />,
    }))}
  />
)
