import type { Model } from '../canon/model.ts'
import { databaseName } from '../config/databases.ts'
import type { Config } from '../config/load.ts'
import type { Environment } from '../config/substitute.ts'
import type { Catalogue } from '../providers/catalogue.ts'
import { PROVIDER_KINDS } from '../providers/kinds.ts'
import type { Channel } from '../routing/types.ts'
import type { Listener } from '../runtime/types.ts'
import { VERSION } from '../version.ts'
import { type Example, renderFirstScreen } from './banner.ts'
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
    example: firstExample(channels, catalogue, start.apiKey !== undefined || config.auth === 'none'),
    file: config.file,
    databasePath: databaseName(config.database),
    colour: process.stdout.isTTY === true && !environment.NO_COLOR,
  })
}

/**
 * A chat model that is served with a price, and a format to ask it in. Group `default` comes first; `defaultOnly`: and
 * no other, for that is the group of the key on the screen, and of local mode.
 */
export const firstExample = (
  channels: readonly Channel[],
  catalogue: Catalogue,
  defaultOnly: boolean,
): Example | undefined => {
  const usable = channels.filter(({ provider }) => provider.keys.length > 0)
  const first = usable.filter(({ groups }) => groups.has('default'))
  for (const channel of defaultOnly ? first : [...first, ...usable]) {
    const format = FORMATS.find((each) => channel.provider.formats.includes(each))
    const model = firstModel(channel, catalogue)
    if (format && model) return { format, model: model.id }
  }
  return undefined
}

const FORMATS = ['openai-chat', 'anthropic-messages'] as const

/** The first that the channel names, else the newest of its vendors. A server of one's own serves who knows what. */
const firstModel = ({ models, provider }: Channel, catalogue: Catalogue): Model | undefined => {
  const isAskable = (model: Model | undefined): model is Model =>
    model?.type === 'chat' && model.priceVersions.length > 0
  if (models) return [...models].map((id) => catalogue.find(id)).find(isAskable)
  const { vendors } = provider.kind
  return catalogue
    .models()
    .filter((model) => vendors.includes(model.vendor) && isAskable(model))
    .toSorted((a, b) => b.createdAt - a.createdAt)[0]
}
