import { readFileSync } from 'node:fs'
import type { Config, ProviderConfig } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import { builtInCatalogue } from '../providers/built-in.ts'
import { type Catalogue, idMeant } from '../providers/catalogue.ts'
import { readCatalogueFile } from '../providers/catalogue-file.ts'
import { demoFetch } from '../providers/demo/send.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { createPricedCatalogue, type PricedCatalogue } from '../providers/set-prices.ts'
import type { ProviderKind } from '../providers/types.ts'
import { ok, type Result } from '../result.ts'
import { plainKeys } from '../routing/provider-keys.ts'
import type { Channel, Provider, ProviderKey } from '../routing/types.ts'
import { fetchExchange } from '../upstream/fetch-exchange.ts'
import { failedExchange, type OpenExchange } from '../upstream/exchange.ts'
import { environmentProxy, type HttpProxy, parseProxy } from '../upstream/http1/proxy.ts'
import { createSend } from '../upstream/send.ts'
import type { Send } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'
import { type Commands, commandUrl } from './commands.ts'

/** The catalogue: built in, with the operator's file on top. The file was checked with the configuration. */
export const catalogueOf = (config: Config): PricedCatalogue => {
  const builtIn = builtInCatalogue()
  const file =
    config.catalogue === null ? undefined : readCatalogueFile(readFileSync(config.catalogue, 'utf8'), builtIn.models)
  if (file && !file.ok) throw new Error(`the catalogue changed since it was checked: ${file.error[0]?.message}`)
  return createPricedCatalogue({
    builtIn,
    overrides: file?.value ?? [],
    aliases: Object.fromEntries(config.aliases),
    retired: Object.fromEntries(config.retired),
  })
}

/** Providers as configured, also those that no channel uses. */
export const providersOf = (config: Pick<Config, 'providers'>): readonly Provider[] =>
  [...config.providers].map(([id, provider]) => providerOf(id, provider))

/** Channels with their providers, as configured; models by their ids, whatever they are called there. */
export const channelsOf = (config: Config, catalogue: Pick<Catalogue, 'resolve'>): readonly Channel[] => {
  const idOf = (name: string): string => idMeant(catalogue, name) ?? name
  const providers = new Map(providersOf(config).map((provider) => [provider.id, provider]))
  return config.channels.flatMap((channel) => {
    const provider = providers.get(channel.provider)
    if (!provider) return []
    return [
      {
        id: channel.id,
        provider,
        groups: new Set(channel.groups),
        models: channel.models === null ? null : new Set(channel.models.map(idOf)),
        // What is said of a model by its id counts before what is said by another name.
        modelMap: Object.fromEntries([
          ...[...channel.modelMap].map(([name, upstream]) => [idOf(name), upstream] as const),
          ...channel.modelMap,
        ]),
        priority: channel.priority,
        weight: channel.weight,
      },
    ]
  })
}

/** A provider without any key is passed over, so one that needs none has the empty one, which is never sent. */
const NO_KEY = plainKeys('')

const keysOf = (kind: ProviderKind, { keys }: Pick<ProviderConfig, 'keys'>): readonly ProviderKey[] =>
  keys.length === 0 && (kind.inProcess || kind.keyOptional)
    ? NO_KEY
    : keys.map(({ key, id, weight, rpm, tpm, itpm, otpm, concurrency }, index) => ({
        id: id ?? String(index + 1),
        secret: key,
        weight,
        limits: { rpm, tpm, itpm, otpm, concurrency },
      }))

/** A provider as configured. */
export const providerOf = (id: string, provider: ProviderConfig): Provider => {
  const kind = PROVIDER_KINDS[provider.kind]
  const baseUrl = kind?.runsCommand ? commandUrl(kind, id) : (provider.baseUrl ?? kind?.baseUrl)
  if (!kind || baseUrl === undefined) throw new Error(`provider ${id} was let through without a kind or an address`)
  return {
    id,
    kind,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    keys: keysOf(kind, provider),
    timeouts: provider.timeouts,
    proxy: provider.proxy,
    passThrough: provider.passThrough,
    costMultiplier: provider.costMultiplier,
    ...(provider.protocol === null
      ? { formats: kind.formats, ...(kind.formatsByVendor && { formatsByVendor: kind.formatsByVendor }) }
      : { formats: [provider.protocol] }),
  }
}

export interface SendParts {
  readonly watchdog: Watchdog
  readonly retriesUntouched: number
  /** Our own HTTP client. */
  readonly open: OpenExchange
  readonly environment: Environment
  readonly commands: Pick<Commands, 'fetch'>
}

/** How requests reach a provider: within the process or by our own client, through a proxy where one stands between. */
export const sendsOf = ({
  watchdog,
  retriesUntouched,
  open,
  environment,
  commands,
}: SendParts): ((provider: Pick<Provider, 'kind' | 'baseUrl' | 'proxy'>) => Send) => {
  const demo = createSend({
    open: fetchExchange((url, init) => demoFetch(new Request(url, init))),
    watchdog,
    retriesUntouched: 0,
  })
  const command = createSend({
    open: fetchExchange((url, init) => commands.fetch(new Request(url, init))),
    watchdog,
    retriesUntouched: 0,
  })
  const through = (baseUrl: string, configured: string | null): Send => {
    const proxy = proxyFor(baseUrl, configured, environment)
    if (proxy.ok) return createSend({ open, watchdog, retriesUntouched, proxy: proxy.value })
    return createSend({ open: () => failedExchange('connect', proxy.error), watchdog, retriesUntouched })
  }
  const sends = new Map<string, Send>()
  return ({ kind, baseUrl, proxy }) => {
    if (kind.runsCommand) return command
    if (kind.inProcess) return demo
    const way = `${proxy ?? ''} ${baseUrl}`
    const known = sends.get(way)
    if (known) return known
    const send = through(baseUrl, proxy)
    sends.set(way, send)
    return send
  }
}

/** What stands between here and a provider; `configured`: as its configuration says. */
export const proxyFor = (
  baseUrl: string,
  configured: string | null,
  environment: Environment,
): Result<HttpProxy | undefined, string> => {
  if (configured === null) return environmentProxy(baseUrl, environment)
  return configured === 'direct' ? ok(undefined) : parseProxy(configured)
}
