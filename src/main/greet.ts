import type { Config } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import type { Channel } from '../routing/types.ts'
import type { Listener } from '../runtime/types.ts'
import { VERSION } from '../version.ts'
import { renderFirstScreen } from './banner.ts'
import type { FirstStart } from './first-start.ts'

interface Surroundings {
  readonly channels: readonly Channel[]
  readonly catalogue: Catalogue
  readonly environment: Environment
}

/** The first screen of this start. */
export const greet = (config: Config, listener: Listener, start: FirstStart, around: Surroundings): string => {
  const { channels, catalogue, environment } = around
  return renderFirstScreen({
    version: VERSION,
    host: listener.host,
    port: listener.port,
    auth: config.auth,
    adminKey: start.adminKey,
    apiKey: start.apiKey,
    providers: [...config.providers].map(([id, { kind }]) => ({ id, kind })),
    keyVariables: Object.values(PROVIDER_KINDS).flatMap(({ keyVariable }) => keyVariable ?? []),
    format: channels[0]?.provider.formats.includes('openai-chat') === false ? 'anthropic-messages' : 'openai-chat',
    model: firstModel(channels, catalogue),
    file: config.file,
    databasePath: config.database.path,
    colour: process.stdout.isTTY === true && !environment.NO_COLOR,
  })
}

/** A chat model that is served, for the command to copy: the newest of the first channel. */
const firstModel = ([channel]: readonly Channel[], catalogue: Catalogue): string => {
  const served = channel?.models
  if (served) return [...served][0] ?? ''
  const vendors = channel?.provider.kind.vendors ?? []
  const newest = catalogue
    .models()
    .filter(({ vendor, type }) => type === 'chat' && vendors.includes(vendor))
    .toSorted((a, b) => b.createdAt - a.createdAt)
  return newest[0]?.id ?? ''
}
