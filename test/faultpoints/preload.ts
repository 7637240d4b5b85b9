/// Loaded before the gateway under test: puts wrappers around some of its parts. The gateway itself is the one that is
/// shipped, started by its own command, and knows nothing of this.
import { plugin } from 'bun'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..', '..')
const WRAPS = join(import.meta.dir, 'wraps.ts')

/** Modules of `src`, what is wrapped of each, and with what. */
const WRAPPED = [
  ['runtime/listen.ts', 'listen', 'wrapListen'],
  ['gateway/handle.ts', 'createHandle', 'wrapHandle'],
  ['main/limiters.ts', 'openLimiters', 'wrapLimiters'],
  ['ledger/ledger.ts', 'openLedger', 'wrapLedger'],
  ['ledger/shared/ledger.ts', 'openSharedLedger', 'wrapSharedLedger'],
  ['runtime/database.ts', 'openDatabase', 'wrapDatabase'],
  ['runtime/postgres.ts', 'openPostgres', 'wrapPostgres'],
  ['runtime/http-client.ts', 'createHttpClient', 'wrapHttpClient'],
  ['db/store.ts', 'openStore', 'wrapStore'],
] as const

plugin({
  name: 'fault points',
  setup: (build) => {
    for (const [path, wrapped, wrapper] of WRAPPED) {
      const file = join(ROOT, 'src', path)
      const filter = new RegExp(`^${file.replaceAll(/[.\\]/g, '\\$&')}$`)
      const real = JSON.stringify(`${file}?wrapped`)
      build.onLoad({ filter }, () => ({
        loader: 'ts',
        contents: `import { ${wrapped} as real } from ${real}
          import { ${wrapper} } from ${JSON.stringify(WRAPS)}
          export * from ${real}
          export const ${wrapped} = ${wrapper}(real)`,
      }))
    }
  },
})
