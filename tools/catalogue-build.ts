import type { CatalogueRow, RowFees, RowPrices, RowVersion } from '../src/providers/catalogue-rows.ts'
import { ADDITIONS, type AddedPrices, type Addition } from '../src/providers/overlay-additions.ts'
import { MEDIA_ADDITIONS, type MediaAddition } from '../src/providers/overlay-media.ts'
import {
  CAPABILITIES,
  CONTEXT_WINDOWS,
  DROPPED,
  longestPrefix,
  OUTPUT_LIMITS,
  RELEASED,
  TYPES,
} from '../src/providers/overlay.ts'
import { SEARCH_FEES } from '../src/providers/overlay-searches.ts'
import { SERVICE_TIERS } from '../src/providers/overlay-service-tiers.ts'
import { undatedForm } from '../src/providers/dated.ts'
import { parsePartsPerMillion, parseUsdPerMtok } from '../src/units.ts'
import { type SourceModel, type SourcePeriod, type SourcePrice, sourceModels } from './catalogue-source.ts'

/** In order of precedence: where two vendors use one id, the one that made the model keeps it. */
const VENDORS = [
  'openai',
  'anthropic',
  'google',
  'deepseek',
  'mistral',
  'x-ai',
  'moonshotai',
  'cohere',
  'perplexity',
  'groq',
  'cerebras',
  'together',
  'fireworks',
]

/** Fees that no usage bucket expresses: such a model would be sold below its cost. */
const UNBILLABLE = ['output_citation_mtok']

/** Builds every row of the built-in catalogue, sorted by id. Deterministic: same source, same rows. */
export const buildCatalogue = (): readonly CatalogueRow[] => {
  const rows = new Map<string, CatalogueRow>()
  for (const vendor of VENDORS) {
    const models = sourceModels(vendor).filter((model) => isSold(model))
    for (const row of models.flatMap((model) => rowsOf(vendor, model))) {
      if (!isDropped(vendor, row.id) && !rows.has(row.id)) rows.set(row.id, row)
    }
  }
  for (const addition of ADDITIONS) {
    if (rows.has(addition.id)) throw new Error(`the price source has ${addition.id} now: drop it from ADDITIONS`)
    rows.set(addition.id, rowOfAddition(addition))
  }
  for (const addition of MEDIA_ADDITIONS) {
    if (rows.has(addition.id)) throw new Error(`the price source has ${addition.id} now: drop it from MEDIA_ADDITIONS`)
    rows.set(addition.id, rowOfMedia(addition))
  }
  const ids = new Set(rows.keys())
  return [...rows.values()].map((row) => withoutTaken(row, ids)).sort((a, b) => (a.id < b.id ? -1 : 1))
}

const isSold = (model: SourceModel): boolean =>
  !model.deprecated && model.periods.every(({ prices }) => prices.input_mtok && !UNBILLABLE.some((key) => prices[key]))

const isDropped = (vendor: string, id: string): boolean =>
  DROPPED.some((rule) => rule.vendor === vendor && rule.pattern.test(id))

/** A spelling that is somebody's id means that model. */
const withoutTaken = (row: CatalogueRow, ids: ReadonlySet<string>): CatalogueRow => {
  const { spellings, ...rest } = row
  const free = (spellings ?? []).filter((spelling) => !ids.has(spelling)).sort()
  return free.length > 0 ? { ...rest, spellings: free } : rest
}

/** One source entry may stand for several names at one price; each name that is a model of its own becomes a row. */
const rowsOf = (vendor: string, model: SourceModel): readonly CatalogueRow[] => {
  const id = vendor === 'fireworks' ? (model.equals[0] ?? model.id) : model.id
  const names = [...new Set([...model.equals, ...model.startsWith])].filter((name) => name !== id)
  const spellings = names.filter((name) => isSpelling(vendor, id, name, names))
  const known = new Set([id, ...names])
  const siblings = model.equals
    .filter((name) => name !== id && !spellings.includes(name) && isPlainId(vendor, name))
    .filter((name) => !known.has(undatedForm(name) ?? '') && !isDottedTwin(name, names))
  const created = createdAt(id, names)
  if (!isPlainId(vendor, id)) return []
  return [
    rowOf(vendor, id, model, {
      spellings: spellings.filter((name) => isPlainId(vendor, name)),
      created,
      name: model.name,
    }),
    ...siblings.map((name) =>
      rowOf(vendor, name, model, { spellings: [], created: createdAt(name, []), name: undefined }),
    ),
  ]
}

/** Fine-tunes, routes with options (`:free`), clouds' suffixes (`@`) and unfinished names are nobody's model id. */
const isPlainId = (vendor: string, name: string): boolean =>
  !/[:@\s]|[-./]$|^ft|\.ft-|-20\d\d$/.test(name) &&
  (!name.includes('/') || ['groq', 'together', 'fireworks'].includes(vendor))

const dashed = (name: string): string => name.replaceAll('.', '-')
const words = (name: string): string =>
  dashed(name)
    .replace(/-latest$/, '')
    .replace(/-0$/, '')
    .split('-')
    .sort()
    .join('-')

/** `claude-sonnet-4.6` and `claude-4-6-sonnet` are claude-sonnet-4-6; `gpt-5-codex` is not gpt-5. */
const isSpelling = (vendor: string, id: string, name: string, names: readonly string[]): boolean =>
  dashed(name) === dashed(id) || (vendor === 'anthropic' && words(name) === words(id) && !names.includes(`${name}-`))

/** `gpt-5-1-codex` beside `gpt-5.1-codex`: the source's guess at how people mistype it. */
const isDottedTwin = (name: string, names: readonly string[]): boolean =>
  !name.includes('.') && names.some((other) => other !== name && other.includes('.') && dashed(other) === name)

interface Naming {
  readonly spellings: readonly string[]
  readonly created: number | undefined
  readonly name: string | undefined
}

const rowOf = (vendor: string, id: string, model: SourceModel, naming: Naming): CatalogueRow => {
  const type = TYPES.find((rule) => rule.pattern.test(id))?.type ?? 'chat'
  // A speech or embedding model shares its family's name but not its limits.
  const isText = type === 'chat' || type === 'completion'
  const context = (type === 'audio' ? undefined : longestPrefix(CONTEXT_WINDOWS, id)) ?? model.contextWindow
  const output = isText || type === 'image' ? longestPrefix(OUTPUT_LIMITS, id) : undefined
  const capabilities = isText ? longestPrefix(CAPABILITIES, id) : undefined
  return {
    id,
    vendor,
    type,
    name: naming.name ?? id,
    ...(context !== undefined && { context }),
    ...(output !== undefined && { output }),
    ...(naming.created !== undefined && { created: naming.created }),
    ...(capabilities && { capabilities }),
    ...(naming.spellings.length > 0 && { spellings: naming.spellings }),
    ...serviceTiersOf(vendor, id),
    versions: versionsOf(model.periods, type === 'embedding').map((version) =>
      withSearchFees(vendor, id, type, version),
    ),
  }
}

const rowOfAddition = (added: Addition): CatalogueRow => {
  const output = longestPrefix(OUTPUT_LIMITS, added.id)
  const capabilities = longestPrefix(CAPABILITIES, added.id)
  return {
    id: added.id,
    vendor: added.vendor,
    type: 'chat',
    name: added.name,
    context: added.context,
    ...(output !== undefined && { output }),
    created: unixSeconds(added.released),
    ...(capabilities && { capabilities }),
    ...(added.spellings.length > 0 && { spellings: added.spellings }),
    ...serviceTiersOf(added.vendor, added.id),
    versions: added.versions.map((version) => ({
      fromMs: version.from ? unixSeconds(version.from) * 1_000 : 0,
      prices: addedPrices(version.prices),
      ...feesOf([ADDED_FEES[added.vendor] ?? {}]),
      ...(version.tiers && {
        tiers: version.tiers.map((tier) => ({ above: tier.above, prices: addedPrices(tier.prices) })),
      }),
    })),
  }
}

const rowOfMedia = ({ id, vendor, type, name, prices, from }: MediaAddition): CatalogueRow => {
  const { input = '0', image, imagesBy, inputHour, millionCharacters, searchUnit } = prices
  const fees = {
    ...(image !== undefined && { images: nanoPerMtok(image) }),
    ...(inputHour !== undefined && { inputSeconds: Math.ceil(nanoPerMtok(inputHour) / SECONDS_PER_HOUR) }),
    ...(millionCharacters !== undefined && { characters: nanoPerMtok(millionCharacters) }),
    ...(searchUnit !== undefined && { searchUnits: nanoPerMtok(searchUnit) }),
  }
  const others = Object.entries(imagesBy ?? {}).map(([variant, usd]) => [variant, nanoPerMtok(usd)] as const)
  const version: RowVersion = {
    fromMs: from ? unixSeconds(from) * 1_000 : 0,
    prices: { input: nanoPerMtok(input) },
    ...(Object.keys(fees).length > 0 && { fees }),
    ...(others.length > 0 && { imagesBy: Object.fromEntries(others) }),
  }
  return { id, vendor, type, name, versions: [version] }
}

const SECONDS_PER_HOUR = 3_600

/** What the vendor asks for a search, as the source has it for every other model of theirs. */
const ADDED_FEES: Readonly<Record<string, Readonly<Record<string, SourcePrice>>>> = {
  anthropic: { web_searches_kcount: { base: '10', tiers: [] } },
  openai: { web_searches_kcount: { base: '10', tiers: [] } },
}

const addedPrices = (prices: AddedPrices): RowPrices => ({
  input: nanoPerMtok(prices.input),
  output: nanoPerMtok(prices.output),
  cacheRead: nanoPerMtok(prices.cacheRead),
  cacheWrite5m: nanoPerMtok(prices.cacheWrite5m),
  ...(prices.cacheWrite1h !== undefined && { cacheWrite1h: nanoPerMtok(prices.cacheWrite1h) }),
})

/** The earliest date among a model's names; vendors date their snapshots by release. */
const createdAt = (id: string, names: readonly string[]): number | undefined => {
  const released = RELEASED[id]
  if (released) return unixSeconds(released)
  const dates = [id, ...names].flatMap((name) => {
    const match = /(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])$/.exec(name)
    return match ? [unixSeconds(`${match[1]}-${match[2]}-${match[3]}`)] : []
  })
  return dates.length > 0 ? Math.min(...dates) : undefined
}

const unixSeconds = (date: string): number => {
  const ms = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(ms)) throw new Error(`not a date: ${date}`)
  return ms / 1_000
}

/**
 * Prices that change with the hour of the day are taken at their dearest, at all hours: a hold must cover the worst
 * hour, and a receipt must not depend on which side of a clock's tick the vendor counted.
 */
const versionsOf = (periods: readonly SourcePeriod[], isEmbedding: boolean): readonly RowVersion[] => {
  const hourly = periods.filter((period) => period.timeOfDay)
  const dated = periods.filter((period) => !period.timeOfDay).sort((a, b) => a.fromMs - b.fromMs)
  const versions: RowVersion[] = []
  for (const period of dated) {
    const version = versionOf(period.fromMs, [period, ...hourly], isEmbedding)
    const last = versions.at(-1)
    if (last && JSON.stringify({ ...last, fromMs: 0 }) === JSON.stringify({ ...version, fromMs: 0 })) continue
    versions.push(version)
  }
  return versions
}

const versionOf = (fromMs: number, periods: readonly SourcePeriod[], isEmbedding: boolean): RowVersion => {
  const sizes = periods.flatMap(({ prices }) =>
    Object.values(prices).flatMap(({ tiers }) => tiers.map((tier) => tier.above)),
  )
  const tiers = [...new Set(sizes)]
    .sort((a, b) => a - b)
    .map((above) => ({ above, prices: rowPrices(periods, above, isEmbedding) }))
  return {
    fromMs,
    prices: rowPrices(periods, undefined, isEmbedding),
    ...(tiers.length > 0 && { tiers }),
    ...feesOf(periods.map(({ prices }) => prices)),
  }
}

/** Images and video have no bucket of their own: a model that prices them apart is priced at the dearest throughout. */
const BUCKETS: readonly [keyof RowPrices, readonly string[]][] = [
  ['input', ['input_mtok', 'input_image_mtok', 'input_video_mtok']],
  ['output', ['output_mtok', 'output_image_mtok', 'output_video_mtok', 'output_reasoning_mtok']],
  ['cacheRead', ['cache_read_mtok', 'cache_image_read_mtok']],
  ['cacheWrite5m', ['cache_write_mtok']],
  ['cacheWrite1h', ['cache_write_1h_mtok']],
  ['inputAudio', ['input_audio_mtok']],
  ['outputAudio', ['output_audio_mtok']],
]

const rowPrices = (periods: readonly SourcePeriod[], above: number | undefined, isEmbedding: boolean): RowPrices => {
  const prices: { -readonly [bucket in keyof RowPrices]: RowPrices[bucket] } = { input: 0 }
  for (const [bucket, keys] of BUCKETS) {
    // Some sources give embeddings an output price; there is no output to pay for.
    if (bucket === 'output' && isEmbedding) continue
    const stated = periods.flatMap((period) => keys.flatMap((key) => period.prices[key] ?? []))
    if (stated.length > 0) prices[bucket] = Math.max(...stated.map((price) => nanoPerMtok(priceAbove(price, above))))
  }
  return prices
}

const priceAbove = (price: SourcePrice, above: number | undefined): string =>
  price.tiers.filter((tier) => above !== undefined && tier.above <= above).sort((a, b) => b.above - a.above)[0]
    ?.price ?? price.base

/** Fees stated in USD for a thousand; of several, as they differ by the hour or the size of a search, the dearest. */
const FEES: readonly [keyof RowFees, string][] = [
  ['request', 'requests_kcount'],
  ['webSearches', 'web_searches_kcount'],
]

const feesOf = (stated: readonly Readonly<Record<string, SourcePrice>>[]): { readonly fees?: RowFees } => {
  const fees = FEES.flatMap(([name, key]) => {
    const prices = stated.flatMap((prices) => prices[key] ?? [])
    return prices.length === 0 ? [] : [[name, Math.max(...prices.map(({ base }) => nanoForOne(base)))] as const]
  })
  return fees.length === 0 ? {} : { fees: Object.fromEntries(fees) }
}

const withSearchFees = (vendor: string, id: string, type: string, version: RowVersion): RowVersion => {
  const fees = type === 'chat' ? longestPrefix(SEARCH_FEES[vendor] ?? [], id) : undefined
  if (!fees || version.fees?.webSearches !== undefined) return version
  const { search, searchedRequest } = fees
  const stated = {
    ...(search !== undefined && { webSearches: nanoForOne(search) }),
    ...(searchedRequest !== undefined && { searchedRequest: nanoForOne(searchedRequest) }),
  }
  return { ...version, fees: { ...version.fees, ...stated } }
}

/** USD for a thousand → whole nano-dollars for one, rounded up. */
const nanoForOne = (usd: string): number => Math.ceil(nanoPerMtok(usd) / 1_000)

const serviceTiersOf = (vendor: string, id: string): { readonly serviceTiers?: Readonly<Record<string, number>> } => {
  const factors = longestPrefix(SERVICE_TIERS[vendor] ?? [], id)
  if (!factors) return {}
  const parts = Object.entries(factors).map(([tier, factor]) => [tier, Number(parsePartsPerMillion(factor))] as const)
  if (parts.some(([, factor]) => Number.isNaN(factor))) throw new Error(`not a factor among those of ${id}`)
  return { serviceTiers: Object.fromEntries(parts) }
}

/** USD per million tokens as decimal text → whole nano-dollars, exactly. */
const nanoPerMtok = (usd: string): number => {
  const nano = parseUsdPerMtok(usd)
  if (nano === undefined || nano > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`not a price: ${usd}`)
  return Number(nano)
}
