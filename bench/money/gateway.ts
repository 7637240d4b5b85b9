// Tollgate as it is, but for a clock around its ledger and for one group of customers who are served without money.
// Arguments as for `tollgate`. Asked over the channel to its parent, it tells the times it took since it was last asked.
import { join } from 'node:path'
import { takeTimes } from './ledger.ts'

const OURS = join(import.meta.dir, 'ledger.ts')

Bun.plugin({
  name: 'a clock around the ledger',
  setup: (build) => {
    build.onResolve({ filter: /\/ledger\.ts$/ }, ({ importer }) =>
      importer.endsWith('/src/main/books.ts') ? { path: OURS } : undefined,
    )
  },
})

process.on('message', () => void process.send?.(takeTimes()))

// Only now: what is imported before the plugin is there is not seen by it.
const { runCommand } = await import('../../src/cli/main.ts')
const code = await runCommand(process.argv.slice(2), {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  problem: (text) => void process.stderr.write(text),
})
if (code !== undefined) process.exit(code)
