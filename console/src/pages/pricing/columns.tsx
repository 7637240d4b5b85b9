import type { TFunction } from 'i18next'
import { feesOf, heightOfPrice, paidWith, type Price, type PublicModel } from '../../api/public-models.ts'
import type { Column } from '../../ui/data-table.tsx'
import { isSoldByUnit, UnitPrices } from '../../ui/unit-prices.tsx'
import { Money, Tokens } from '../../ui/values.tsx'

type Bucket = 'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'output'

/** What the table of prices shows: list prices, then what is paid with a plan ('' is without). */
export const columnsOf = (t: TFunction, plan: string): readonly Column<PublicModel>[] => {
  const price = (
    id: string,
    bucket: Bucket,
    of: (model: PublicModel) => Price | null,
    more: Partial<Column<PublicModel>> = {},
  ): Column<PublicModel> => ({
    id,
    header: t(`column.${id}`),
    align: 'end',
    sortBy: (model) => heightOfPrice(of(model)?.[bucket]),
    cell: (model) => <Cell price={of(model)} bucket={bucket} />,
    ...more,
  })
  const list = (model: PublicModel): Price | null => model.pricing
  const own = (model: PublicModel): Price | null => paidWith(model, plan)
  return [
    {
      id: 'model',
      header: t('column.model'),
      isRowHeader: true,
      sortBy: ({ id }) => id,
      cell: ({ id, provider }) => (
        <>
          <code className="inline-block min-w-36 font-medium break-all sm:whitespace-nowrap">{id}</code>
          <span className="block text-sm font-normal text-muted">{provider}</span>
        </>
      ),
    },
    {
      id: 'context',
      header: t('column.context'),
      align: 'end',
      from: 'lg',
      sortBy: ({ context_window }) => context_window,
      cell: ({ context_window }) => <Tokens count={context_window} isShort />,
    },
    price('listInput', 'input', list, { from: 'md' }),
    price('listOutput', 'output', list, { from: 'md' }),
    price('ownInput', 'input', own),
    price('ownOutput', 'output', own),
    price('ownCacheRead', 'cache_read', own, { from: 'lg' }),
    price('ownCacheWrite', 'cache_write_5m', own, { isHidden: true }),
    price('ownCacheWriteHour', 'cache_write_1h', own, { isHidden: true }),
    {
      id: 'other',
      header: t('column.other'),
      from: 'xl',
      cell: (model) => <Others price={own(model)} t={t} />,
    },
  ]
}

/** The price of tokens; of what is sold by the second or the image, that, in the place of the first. */
const Cell = ({ price, bucket }: { readonly price: Price | null; readonly bucket: Bucket }) => {
  if (!price || !isSoldByUnit(price)) return <Money amount={price?.[bucket]} />
  return bucket === 'input' ? <UnitPrices price={price} /> : null
}

/** Fees, and prices for long input: in the price list, but of few models. */
const Others = ({ price, t }: { readonly price: Price | null; readonly t: TFunction }) => {
  if (!price) return null
  return (
    <span className="flex flex-col text-sm">
      {(isSoldByUnit(price) ? [] : feesOf(price)).map(([name, fee]) => (
        <span key={name}>
          {t(`fee.${name}`, name)} <Money amount={fee} />
        </span>
      ))}
      {(price.tiers ?? []).map((tier) => (
        <span key={tier.above_input_tokens}>
          {t('above', { tokens: tier.above_input_tokens.toLocaleString() })} <Money amount={tier.input} /> /{' '}
          <Money amount={tier.output} />
        </span>
      ))}
    </span>
  )
}
