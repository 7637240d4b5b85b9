import type { PublicModel, PublicModels } from './pricing.ts'

type Price = Readonly<Record<string, unknown>>

/** Columns of prices, in USD per million tokens. */
const COLUMNS = [
  ['input', 'input'],
  ['cache_read', 'cache read'],
  ['cache_write_5m', 'cache write'],
  ['output', 'output'],
] as const

/** Writes the public list as a page of Markdown: one table for the list prices, one for each plan's own. */
export const renderPricesPage = (models: PublicModels): string => {
  const priced = models.data.filter(({ pricing }) => isPrice(pricing))
  const own = ['Without a plan', ...models.plans.map(({ id }) => `With plan ${id}`)].map((title, at) =>
    titled(
      `## ${title}`,
      tableOf(priced, (model) => model.own_pricing[at]?.pricing),
    ),
  )
  return [
    '# Models and prices',
    `All prices are in US dollars. Prices of tokens are for a million of them. As of ${models.at}.`,
    'A request is charged at the prices of the moment it came in; its receipt has them written out.',
    titled(
      '## List prices',
      tableOf(priced, ({ pricing }) => pricing),
    ),
    ...own,
    titled('## Names', namesOf(models)),
  ]
    .join('\n\n')
    .concat('\n')
}

const titled = (title: string, text: string): string => `${title}\n\n${text}`

const tableOf = (models: readonly PublicModel[], priceOf: (model: PublicModel) => unknown): string => {
  const rows = models.map((model) => {
    const price = priceOf(model)
    const cells = isPrice(price) ? [...COLUMNS.map(([field]) => cell(price[field])), feesOf(price)] : []
    return row([`\`${model.id}\``, model.provider, model.type, sizeOf(model.context_window), ...cells])
  })
  const head = ['model', 'made by', 'type', 'context', ...COLUMNS.map(([, title]) => title), 'other']
  return [row(head), row(head.map(() => '---')), ...rows].join('\n')
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const isPrice = (value: unknown): value is Price => typeof value === 'object' && value !== null

/** What nobody knows is left empty, never nought. */
const cell = (value: unknown): string => (typeof value === 'string' ? value : '')

/** `per_image 0.04`, and from which input on other prices count. */
const feesOf = (price: Price): string => {
  const fees = Object.entries(price).flatMap(([name, fee]) =>
    name.startsWith('per_') || name.endsWith('_audio') ? [`${name} ${cell(fee)}`] : [],
  )
  const tiers = Array.isArray(price.tiers) ? price.tiers.filter(isPrice) : []
  const dearer = tiers.map(
    (tier) => `above ${String(tier.above_input_tokens)} tokens: ${cell(tier.input)} / ${cell(tier.output)}`,
  )
  return [...fees, ...dearer].join('; ')
}

const sizeOf = (tokens: number | null): string => (tokens === null ? '' : tokens.toLocaleString('en'))

const namesOf = ({ data, retired }: PublicModels): string => {
  const aliases = data.flatMap(({ id, aliases: names }) =>
    names.map((name) => row([`\`${name}\``, `another name of \`${id}\``])),
  )
  const gone = retired.map(({ id, successor }) => row([`\`${id}\``, `retired; use \`${successor}\``]))
  const rows = [...aliases, ...gone]
  return rows.length === 0
    ? 'Every model is asked for by its own name.'
    : [row(['name', 'what it is']), row(['---', '---']), ...rows].join('\n')
}
