import { loadBase, type LoadRequest } from '../config/load.ts'
import { baseOf } from './configuration.ts'
import { type Call, type Command, CONFIG_OPTION, EXIT, textOf } from './io.ts'

/** Options that stand for keys of the configuration and go above everything else it says. */
const SHORTCUTS = { host: ['listen', 'host'], port: ['listen', 'port'] } as const

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Start the gateway (what happens without a command)',
  options: {
    ...CONFIG_OPTION,
    host: { argument: '<address>', help: 'Address to listen on, instead of listen.host' },
    port: { argument: '<port>', help: 'Port to listen on, instead of listen.port; 0 takes a free one' },
  },
  run: async (call) => {
    const options = shortcutsOf(call)
    const base = baseOf(call, options)
    if (!base) return EXIT.configuration
    // Loaded only now: the other commands need none of it.
    const { serve, UnusableConfiguration } = await import('../main.ts')
    const { environment } = call.io
    try {
      await serve(base, environment, () => loadBase({ path: textOf(call, 'config'), environment, options }))
      return undefined
    } catch (error) {
      if (!(error instanceof UnusableConfiguration)) throw error
      call.io.problem(`${error.message}\n`)
      return EXIT.configuration
    }
  },
}

const shortcutsOf = (call: Call): NonNullable<LoadRequest['options']> =>
  Object.entries(SHORTCUTS).flatMap(([option, path]) => {
    const value = textOf(call, option)
    return value === undefined ? [] : [{ path, value, option: `--${option}` }]
  })
