import type { Customer } from '../harness/admin.ts'
import { sharedPostgres } from '../harness/databases.ts'
import { type Gateway, startGateway } from '../harness/gateway.ts'
import { type RedisServer, startRedis } from '../harness/redis.ts'
import { until } from '../harness/server-process.ts'
import { CATALOGUE, startVendor, type Vendor } from './vendor.ts'

/** Gateways in front of one vendor. */
export interface Stage {
  readonly gateways: readonly Gateway[]
  readonly vendor: Vendor
  /** Where there are several gateways. */
  readonly redis: RedisServer | undefined
  readonly customer: Customer
  ask(gateway?: Gateway, model?: string): Promise<Asked>
  stop(): Promise<void>
}

export interface Asked {
  readonly status: number
  readonly code: string | undefined
  readonly retryAfter: string | null
  readonly requestId: string
}

export const START_MS = 120_000

/** A block as administrators see it. */
export interface Shown {
  readonly id: string
  readonly standing: string
  readonly block: { readonly kind: string; readonly reason: string; readonly until: string | null } | null
  readonly spend: { readonly day_usd: string; readonly day_stop_usd: string | null }
}
export interface ShownProvider extends Shown {
  readonly paused: boolean
  readonly paused_by: string | null
  readonly pause_reason: string | null
  readonly keys: readonly Shown[]
  readonly channels: readonly (Shown & { readonly models: readonly (Shown & { readonly model: string })[] })[]
}

/** One on a file, or several on PostgreSQL and Redis. `config`: given the vendor's address. */
export const startStage = async (
  count: number,
  config: (url: string) => Readonly<Record<string, unknown>>,
): Promise<Stage> => {
  const vendor = await startVendor()
  const redis = count > 1 ? await startRedis() : undefined
  const storage = redis ? { database: await (await sharedPostgres()).createDatabase(), redis: redis.url } : {}
  const whole = { log: { level: 'info' }, ...storage, ...config(vendor.url) }
  const gateways = await Promise.all(
    Array.from({ length: count }, () => startGateway({ catalogue: CATALOGUE, config: whole })),
  )
  const [first] = gateways
  if (!first) throw new Error('no gateway')
  const customer = await first.createCustomer('1000000')
  return {
    ...{ gateways, vendor, redis, customer },
    ask: async (gateway = first, model = 'dear') => {
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello, who are you?' }] }),
      })
      const body = (await answer.json()) as { readonly error?: { readonly code: string } }
      return {
        status: answer.status,
        code: body.error?.code,
        retryAfter: answer.headers.get('retry-after'),
        requestId: answer.headers.get('x-request-id') ?? '',
      }
    },
    stop: async () => {
      for (const gateway of gateways) await gateway.stop()
      await vendor.stop()
      await redis?.stop()
    },
  }
}

/** A provider as a gateway's administrators see it. */
export const providerOn = async (gateway: Gateway, id = 'acme'): Promise<ShownProvider> => {
  const answer = await gateway.call('GET', '/api/admin/health')
  const { providers } = answer.body as { readonly providers: readonly ShownProvider[] }
  const found = providers.find((provider) => provider.id === id)
  if (!found) throw new Error(`there is no provider ${id}`)
  return found
}

export const keyOn = async (gateway: Gateway, key: string, provider = 'acme'): Promise<Shown> => {
  const found = (await providerOn(gateway, provider)).keys.find(({ id }) => id === key)
  if (!found) throw new Error(`there is no key ${key}`)
  return found
}

/** Waits until every gateway has a key stand so. */
export const untilKeys = (gateways: readonly Gateway[], key: string, standing: string): Promise<void> =>
  until(`key ${key} is ${standing}`, async () =>
    (await Promise.all(gateways.map((gateway) => keyOn(gateway, key)))).every((one) => one.standing === standing),
  )

export const resume = async (gateway: Gateway, subject: string): Promise<unknown> => {
  const answer = await gateway.call('POST', '/api/admin/health/resume', { subject })
  if (answer.status !== 200) throw new Error(`resuming ${subject} was answered ${answer.status}`)
  return answer.body
}

/** The key that answered, as the receipt says. */
export const answeredBy = async (gateway: Gateway, { requestId }: Asked, { key }: Customer): Promise<unknown> => {
  const { attempts } = await gateway.receipt(requestId, key)
  return (attempts.at(-1) as { readonly key?: string } | undefined)?.key
}
