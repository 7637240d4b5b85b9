import { existsSync } from 'node:fs'
import { fieldsOf, report, withAdmin } from './admin.ts'
import { baseOf, configurationOf } from './configuration.ts'
import { openCommandBooks } from './database.ts'
import { type Command, CONFIG_OPTION, EXIT, JSON_OPTION } from './io.ts'

export const checkLedger: Command = {
  name: 'ledger check',
  summary: 'Prove that the books balance; exit code 1 when they do not',
  options: { ...CONFIG_OPTION, ...JSON_OPTION },
  run: async (call) => {
    const base = baseOf(call)
    if (!base) return EXIT.configuration
    const { config } = base
    // Opening would make an empty one, and empty books always balance.
    if (config.database.kind === 'sqlite' && !existsSync(config.database.path)) {
      call.io.problem(`There is no database at ${config.database.path}.\n`)
      return EXIT.failure
    }
    return withAdmin(call, base, async (ask) => {
      const answer = await ask('GET', '/api/admin/ledger/check')
      // Printed as JSON either way: it is short, and whoever asks mostly is a script.
      const code = report(call, answer, (body) => JSON.stringify(body, null, 2))
      return code === EXIT.success && fieldsOf(answer.body).ok !== true ? EXIT.failure : code
    })
  },
}

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Bring the database up to date (starting does so too)',
  options: { ...CONFIG_OPTION, ...JSON_OPTION },
  run: async (call) => {
    const config = configurationOf(call)
    if (!config) return EXIT.configuration
    const books = await openCommandBooks(config)
    await books.close()
    const { version, applied } = books.migrated
    const words = applied.length === 0 ? 'Nothing was to be done.' : `Applied: ${applied.join(', ')}.`
    call.io.out(
      call.values.json === true
        ? `${JSON.stringify({ version, applied }, null, 2)}\n`
        : `${words} The database is at version ${version}.\n`,
    )
    return EXIT.success
  },
}
