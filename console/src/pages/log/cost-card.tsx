import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlignedMoney } from '../../ui/aligned-money.ts'
import { Notice } from '../../ui/badge.tsx'
import { Card, Fact, Facts } from '../../ui/card.tsx'
import { Money, Share, Tokens } from '../../ui/values.tsx'
import { factorsOf, isAboveQuote, type Receipt, type ReceiptLine } from './receipt.ts'

/** What it cost, and how that comes about: every token with its price, the factors, and the sum. */
export const CostCard = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const { lines } = receipt
  return (
    <Card title={t('cost.title')} description={t('cost.text')}>
      <div className="flex flex-col gap-4">
        {lines.length === 0 ? (
          <p className="text-muted">{t('cost.nothingUsed')}</p>
        ) : (
          <LineTable receipt={receipt} lines={lines} />
        )}
        <Factors receipt={receipt} />
        {receipt.usage_source === 'estimated' && <Notice tone="warn">{t('cost.estimated')}</Notice>}
        <Facts>
          <Fact label={t('cost.quote')}>
            <Money amount={receipt.quote_usd} />
            <span className="block text-sm text-muted">{t(isAboveQuote(receipt) ? 'cost.above' : 'cost.most')}</span>
          </Fact>
          {/[1-9]/.test(receipt.uncollected_usd) && (
            <Fact label={t('cost.uncollected')}>
              <Money amount={receipt.uncollected_usd} />
            </Fact>
          )}
          <Fact label={t('cost.tier')}>{receipt.service_tier}</Fact>
          {receipt.usage.reasoning > 0 && (
            <Fact label={t('cost.reasoning')}>
              <Tokens count={receipt.usage.reasoning} />
            </Fact>
          )}
        </Facts>
      </div>
    </Card>
  )
}

const CELL = 'px-3 py-1.5 text-right tabular-nums'

const LineTable = ({ receipt, lines }: { readonly receipt: Receipt; readonly lines: readonly ReceiptLine[] }) => {
  const { t } = useTranslation('log')
  const table = useRef<HTMLTableElement>(null)
  useAlignedMoney(table)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section tabIndex={0} aria-label={t('cost.lines')} className="overflow-x-auto rounded-lg border border-line">
      <table ref={table} className="w-full border-collapse">
        <thead className="bg-raised text-sm text-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left">
              {t('cost.bucket')}
            </th>
            <th scope="col" className={CELL}>
              {t('cost.count')}
            </th>
            <th scope="col" className={CELL}>
              {t('cost.price')}
            </th>
            <th scope="col" className={CELL}>
              {t('cost.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.bucket} line={line} />
          ))}
        </tbody>
        <tfoot className="border-t-2 border-line font-semibold">
          <tr>
            <th scope="row" colSpan={3} className="px-3 py-1.5 text-left">
              {t('cost.charged')}
            </th>
            <td className={CELL}>
              <Money amount={receipt.cost_usd} />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

/** Something used, with its price; or, such as rounding, an amount alone. */
const Line = ({ line }: { readonly line: ReceiptLine }) => {
  const { t } = useTranslation('log')
  const isProduct = line.quantity !== null
  return (
    <tr className="border-t border-line">
      <th scope="row" colSpan={isProduct ? 1 : 3} className="px-3 py-1.5 text-left font-normal">
        {t(`bucket.${line.bucket}`, line.bucket)}
      </th>
      {isProduct && (
        <>
          <td className={CELL}>
            <Tokens count={line.quantity} />
          </td>
          <td className={CELL}>
            <Money amount={line.price_usd} />{' '}
            <span className="text-sm whitespace-nowrap text-muted">
              {t(line.per === 1 ? 'cost.each' : 'cost.perMillion')}
            </span>
          </td>
        </>
      )}
      <td className={CELL}>
        <Money amount={line.usd} />
      </td>
    </tr>
  )
}

/** What every product of count and price is multiplied by. */
const Factors = ({ receipt }: { readonly receipt: Receipt }) => {
  const { t } = useTranslation('log')
  const factors = factorsOf(receipt)
  if (factors.length === 0) return <p className="text-muted">{t('cost.noFactors')}</p>
  return (
    <Facts>
      {factors.map(([name, factor]) => (
        <Fact key={name} label={t(`factor.${name}`, name)}>
          {name === 'plan_discount' ? (
            <>
              × (1 − {factor}), <Share share={Number(factor)} />
            </>
          ) : (
            `× ${factor}`
          )}
        </Fact>
      ))}
    </Facts>
  )
}
