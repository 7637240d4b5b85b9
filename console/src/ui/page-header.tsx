import { type ReactNode, useEffect } from 'react'

export interface PageHeaderProps {
  readonly title: string
  readonly description?: ReactNode
  /** Buttons on the right. */
  readonly actions?: ReactNode
}

/** The head of a page: its one `h1`, which is also the title of the document. */
export const PageHeader = ({ title, description, actions }: PageHeaderProps) => {
  usePageTitle(title)
  return (
    <div className="mb-5 flex flex-wrap items-start gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-64">
        <h1>{title}</h1>
        {description !== undefined && <div className="mt-1 max-w-prose text-muted">{description}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}

/** Names the document, for a page that has a head of its own. */
export const usePageTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · Tollgate`
  }, [title])
}
