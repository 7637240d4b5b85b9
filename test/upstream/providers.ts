import type { GatewayOptions } from '../harness/gateway.ts'

type Config = NonNullable<GatewayOptions['config']>

/** Who failed is asked again at once: one fault after the other is what these tests are made of. */
export const FORGIVING = { health: { cool_down: '1ms', cool_down_max: '1ms' } }

/** The providers of a stage's configuration, each with its changes. */
export const changed = (
  own: Config,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> => {
  const providers = own['providers'] as Readonly<Record<string, object>>
  return Object.fromEntries(Object.entries(providers).map(([id, provider]) => [id, { ...provider, ...changes[id] }]))
}

/** The same change to each of them. */
export const everyChanged = (own: Config, change: (provider: { readonly base_url: string }) => object) => {
  const providers = own['providers'] as Readonly<Record<string, { readonly base_url: string }>>
  return changed(
    own,
    Object.fromEntries(Object.entries(providers).map(([id, provider]) => [id, { ...change(provider) }])),
  )
}
