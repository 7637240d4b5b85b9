import type { TFunction } from 'i18next'
import { heightOfPrice, type PublicModel } from '../../api/public-models.ts'
import { Badge } from '../../ui/badge.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Money, Tokens } from '../../ui/values.tsx'

/** What goes without saying. */
const EVERYBODYS = 'streaming'

/** What the table of models shows. Prices are list prices: the page of prices has what is paid. */
export const columnsOf = (t: TFunction): readonly Column<PublicModel>[] => [
  {
    id: 'model',
    header: t('column.model'),
    isRowHeader: true,
    sortBy: ({ id }) => id,
    cell: ({ id, aliases }) => (
      <span className="flex items-center gap-1">
        <span className="min-w-0">
          <code className="inline-block min-w-36 font-medium break-all select-all sm:min-w-0 sm:whitespace-nowrap">
            {id}
          </code>
          {aliases.length > 0 && (
            <span className="block text-sm font-normal text-muted">
              {t('alsoNamed', { names: aliases.join(', ') })}
            </span>
          )}
        </span>
        <span className="shrink-0">
          <CopyButton text={id} label={t('copyName', { name: id })} />
        </span>
      </span>
    ),
  },
  {
    id: 'provider',
    header: t('column.provider'),
    from: 'sm',
    sortBy: ({ provider }) => provider,
    cell: ({ provider }) => provider,
  },
  {
    id: 'type',
    header: t('column.type'),
    from: 'md',
    sortBy: ({ type }) => type,
    cell: ({ type }) => t(`type.${type}`, type),
  },
  {
    id: 'context',
    header: t('column.context'),
    align: 'end',
    sortBy: ({ context_window }) => context_window,
    cell: ({ context_window }) => <Tokens count={context_window} />,
  },
  {
    id: 'output',
    header: t('column.output'),
    align: 'end',
    from: 'lg',
    sortBy: ({ max_output_tokens }) => max_output_tokens,
    cell: ({ max_output_tokens }) => <Tokens count={max_output_tokens} />,
  },
  {
    id: 'input-price',
    header: t('column.inputPrice'),
    align: 'end',
    from: 'md',
    sortBy: ({ pricing }) => heightOfPrice(pricing?.input),
    cell: ({ pricing }) => <Money amount={pricing?.input} />,
  },
  {
    id: 'output-price',
    header: t('column.outputPrice'),
    align: 'end',
    from: 'md',
    sortBy: ({ pricing }) => heightOfPrice(pricing?.output),
    cell: ({ pricing }) => <Money amount={pricing?.output} />,
  },
  {
    id: 'can',
    header: t('column.can'),
    from: 'xl',
    cell: ({ capabilities }) => (
      <span className="flex flex-wrap gap-1">
        {capabilities
          .filter((can) => can !== EVERYBODYS)
          .map((can) => (
            <Badge key={can}>{t(`can.${can}`, can)}</Badge>
          ))}
      </span>
    ),
  },
]
