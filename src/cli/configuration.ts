import {
  type Base,
  type Config,
  type ConfigFault,
  formatFault,
  loadBase,
  loadConfig,
  type LoadRequest,
} from '../config/load.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, JSON_OPTION, textOf } from './io.ts'

/**
 * Loads the configuration a command was called with. `undefined` when there are mistakes: each is printed to standard
 * error, and the command ends with `EXIT.configuration`.
 */
export const configurationOf = (call: Call, options: LoadRequest['options'] = []): Config | undefined =>
  baseOf(call, options)?.config

/** The same for commands that add to it what administrators set. */
export const baseOf = (call: Call, options: LoadRequest['options'] = []): Base | undefined => {
  const loaded = loadBase({ path: textOf(call, 'config'), environment: call.io.environment, options })
  if (!loaded.ok) {
    call.io.problem(`${describeMistakes(loaded.error)}\n`)
    return undefined
  }
  return loaded.value
}

const describeMistakes = (faults: readonly ConfigFault[]): string => {
  const count = faults.length === 1 ? 'a mistake' : `${faults.length} mistakes`
  return [
    `The configuration has ${count}. Nothing was started.`,
    ...faults.map((fault) => `  ${formatFault(fault)}`),
  ].join('\n')
}

export const checkConfig: Command = {
  name: 'check-config',
  summary: 'Name every mistake in the configuration; exit code 78 when there is one',
  options: { ...CONFIG_OPTION, ...JSON_OPTION },
  run: async (call) => {
    if (call.values.json !== true) {
      const config = configurationOf(call)
      for (const warning of config?.warnings ?? []) call.io.problem(`warning: ${warning}\n`)
      if (config) call.io.out(`${describe(config)}\n`)
      return config ? EXIT.success : EXIT.configuration
    }
    const loaded = loadConfig({ path: textOf(call, 'config'), environment: call.io.environment })
    const answer = loaded.ok
      ? { ok: true, mistakes: [], warnings: loaded.value.warnings }
      : { ok: false, mistakes: loaded.error, warnings: [] }
    call.io.out(`${JSON.stringify(answer, null, 2)}\n`)
    return loaded.ok ? EXIT.success : EXIT.configuration
  },
}

const describe = (config: Config): string => {
  const source = config.file ?? 'The configuration (no file, all defaults)'
  return `${source} is right. Providers: ${[...config.providers.keys()].join(', ')}. Channels: ${config.channels.map(({ id }) => id).join(', ')}.`
}
