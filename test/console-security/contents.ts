import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import type { Gateway } from '../harness/gateway.ts'

/** What changes by itself, a little after a request or all the time: nobody's call has to do with it. */
const BY_ITSELF = /^(?:sqlite_.*|daily.*|hourly.*|feeders|payloads|replicas|leases)$/

/** All that is in the database of a gateway with a file, table by table: to compare with what is in it later. */
export const contentsOf = ({ dataFolder, database }: Gateway): Readonly<Record<string, readonly string[]>> => {
  const file = database.replace(/^sqlite:/, '')
  const opened = new Database(file.startsWith('/') ? file : join(dataFolder, file), { readonly: true })
  const tables = opened.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
  const names = tables.all().map(({ name }) => name)
  const contents = names
    .filter((name) => !BY_ITSELF.test(name))
    .map(
      (name) =>
        [
          name,
          opened
            .query(`SELECT * FROM "${name}"`)
            .all()
            .map((row) => JSON.stringify(row))
            .sort(),
        ] as const,
    )
  opened.close()
  return Object.fromEntries(contents)
}
