import { useTranslation } from 'react-i18next'
import { useApi } from '../../../api/hooks.ts'
import { isSoldByUnit, UnitPrices } from '../../../ui/unit-prices.tsx'
import { Money, Unknown } from '../../../ui/values.tsx'
import { type ModelPrice, officialOf } from './model-rows.ts'

/** As many as one answer has: what the catalogue states comes after all that was set. */
const HISTORY_MAX = 200

/** What the catalogue says, for a model of which another price may have been set. */
export const OfficialPrice = ({
  model,
  inForce,
}: {
  readonly model: string
  readonly inForce: ModelPrice | undefined
}) => {
  const isSet = inForce?.source === 'administrator'
  const history = useApi('/api/admin/models/{model}/prices', {
    path: { model },
    query: { limit: HISTORY_MAX },
    enabled: isSet,
  })
  const official = isSet ? officialOf(history.data?.data ?? [], Date.now()) : inForce
  return official ? <InOut price={official.price} /> : <Unknown />
}

/** Input and output for a million tokens, in short. */
export const InOut = ({ price }: { readonly price: ModelPrice['price'] }) => {
  const { t } = useTranslation('admin-models')
  if (isSoldByUnit(price)) return <UnitPrices price={price} />
  return (
    <span className="whitespace-nowrap tabular-nums" title={t('inOut')}>
      <Money amount={price.input} /> / <Money amount={price.output} />
    </span>
  )
}
