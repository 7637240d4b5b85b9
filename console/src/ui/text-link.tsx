import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A link inside of text, to a page of ours. */
export const TextLink = ({
  to,
  params,
  search,
  hash,
  className,
  children,
}: {
  readonly to: string
  readonly params?: Readonly<Record<string, string>>
  readonly search?: Readonly<Record<string, string>>
  /** The anchor of a heading there. */
  readonly hash?: string
  readonly className?: string
  readonly children: ReactNode
}) => (
  <Link to={to} params={params} search={search} hash={hash} className={cx('link', className)}>
    {children}
  </Link>
)
