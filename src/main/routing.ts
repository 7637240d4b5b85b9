import { readFileSync } from 'node:fs'
import type { Config } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import { builtInCatalogue } from '../providers/built-in.ts'
import { readCatalogueFile } from '../providers/catalogue-file.ts'
import { demoFetch } from '../providers/demo/send.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import { createPricedCatalogue, type PricedCatalogue } from '../providers/set-prices.ts'
import type { ProviderKind } from '../providers/types.ts'
import type { Channel, Provider } from '../routing/types.ts'
import { fetchExchange } from '../upstream/fetch-exchange.ts'
import type { OpenExchange } from '../upstream/exchange.ts'
import { usesProxy } from '../upstream/http1/proxy.ts'
import { createSend } from '../upstream/send.ts'
import type { Send } from '../upstream/types.ts'
import type { Watchdog } from '../upstream/watchdog.ts'

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

/** Channels with their providers, as configured. */
export const channelsOf = (config: Config): readonly Channel[] => {
  const providers = new Map([...config.providers].map(([id, provider]) => [id, providerOf(id, provider)]))
  return config.channels.flatMap((channel) => {
    const provider = providers.get(channel.provider)
    if (!provider) return []
    return [
      {
        id: channel.id,
        provider,
        groups: new Set(channel.groups),
        models: channel.models === null ? null : new Set(channel.models),
        modelMap: Object.fromEntries(channel.modelMap),
        priority: channel.priority,
        weight: channel.weight,
      },
    ]
  })
}

/** A provider without any key is passed over, so one that needs none has the empty one, which is never sent. */
const NO_KEY = ['']

const keysOf = (kind: ProviderKind, keys: readonly string[]): readonly string[] =>
  keys.length === 0 && (kind.inProcess || kind.keyOptional) ? NO_KEY : keys

const providerOf = (
  id: string,
  provider: Config['providers'] extends ReadonlyMap<string, infer P> ? P : never,
): Provider => {
  const kind = PROVIDER_KINDS[provider.kind]
  const baseUrl = provider.baseUrl ?? kind?.baseUrl
  if (!kind || baseUrl === undefined) throw new Error(`provider ${id} was let through without a kind or an address`)
  return {
    id,
    kind,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    keys: keysOf(kind, provider.keys),
    timeouts: provider.timeouts,
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
}

/** How requests reach a provider: within the process, by our own client, or by `fetch` where a proxy stands between. */
export const sendsOf = ({
  watchdog,
  retriesUntouched,
  open,
  environment,
}: SendParts): ((provider: Pick<Provider, 'kind' | 'baseUrl'>) => Send) => {
  const network = createSend({ open, watchdog, retriesUntouched })
  const proxied = createSend({ open: fetchExchange(fetch), watchdog, retriesUntouched })
  const demo = createSend({
    open: fetchExchange((url, init) => demoFetch(new Request(url, init))),
    watchdog,
    retriesUntouched: 0,
  })
  const behindProxy = new Map<string, boolean>()
  const isBehindProxy = (baseUrl: string): boolean => {
    const known = behindProxy.get(baseUrl) ?? usesProxy(baseUrl, environment)
    behindProxy.set(baseUrl, known)
    return known
  }
  return ({ kind, baseUrl }) => {
    if (kind.inProcess) return demo
    return isBehindProxy(baseUrl) ? proxied : network
  }
}

/** Takes a provider's keys in turn. */
export const createKeyPicker = (): ((provider: Provider) => string) => {
  const turns = new Map<string, number>()
  return ({ id, keys }) => {
    const turn = turns.get(id) ?? 0
    turns.set(id, (turn + 1) % Math.max(1, keys.length))
    return keys[turn % keys.length] ?? ''
  }
}
