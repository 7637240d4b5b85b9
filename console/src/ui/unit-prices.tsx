import { useTranslation } from 'react-i18next'
import { signOf } from '../format/money.ts'
import { Money } from './values.tsx'

interface SomePrice {
  readonly input: string
  readonly output?: string | null
}

/** What of a price is for one of something: a second, an image, a request. */
export const unitPricesOf = (price: SomePrice): readonly (readonly [name: string, amount: string])[] =>
  Object.entries(price).flatMap(([name, amount]: [string, unknown]) =>
    name.startsWith('per_') && typeof amount === 'string' && signOf(amount) !== 0 ? [[name, amount] as const] : [],
  )

/** Whether tokens cost nothing and something else does: `$0.00` would look as if it were free. */
export const isSoldByUnit = (price: SomePrice): boolean =>
  signOf(price.input) === 0 && signOf(price.output ?? '') === 0 && unitPricesOf(price).length > 0

/** `$0.0001 a second`, one below the other. */
export const UnitPrices = ({ price }: { readonly price: SomePrice }) => {
  const { t } = useTranslation()
  return (
    <span className="inline-flex flex-col">
      {unitPricesOf(price).map(([name, amount]) => (
        <span key={name}>
          <Money amount={amount} /> {t(`common:unit.${name}`, name)}
        </span>
      ))}
    </span>
  )
}
