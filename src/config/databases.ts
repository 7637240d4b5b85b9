/** Where everything durable is. */
export type DatabaseConfig =
  | {
      readonly kind: 'sqlite'
      /** Relative to the working directory. */
      readonly path: string
    }
  | {
      readonly kind: 'postgres'
      /** With the password: it is not for showing. */
      readonly url: string
    }

export const DATABASE_EXPECTED =
  '`sqlite:` and a path, such as `sqlite:./data/tollgate.db`, or an address such as ' +
  '`postgres://user:password@host:5432/database` (in a password, `/` is written `%2F`, `#` `%23`, `@` `%40`)'

export const REDIS_EXPECTED = 'an address such as `redis://:password@host:6379/0`, with `rediss:` for TLS, or null'

/** Reads `database:` of a configuration; `undefined` when it is none. */
export const readDatabase = (written: string): DatabaseConfig | undefined => {
  if (/^sqlite:./.test(written)) return { kind: 'sqlite', path: written.replace(/^sqlite:/, '') }
  const url = addressOf(written, /^postgres(ql)?:$/)
  return url && url.pathname.length > 1 ? { kind: 'postgres', url: written } : undefined
}

/** Whether `redis:` of a configuration is an address that can be tried. */
export const isRedisAddress = (written: string): boolean => {
  const url = addressOf(written, /^rediss?:$/)
  return url !== undefined && /^(\/\d{0,4})?$/.test(url.pathname)
}

/** The name of a database in messages: its path, or its address without the one who may go there. */
export const databaseName = (database: DatabaseConfig): string => {
  if (database.kind === 'sqlite') return database.path
  const { host, pathname } = new URL(database.url)
  return `postgres://${host}${pathname}`
}

const addressOf = (written: string, protocol: RegExp): URL | undefined => {
  const url = URL.canParse(written) ? new URL(written) : undefined
  return url && protocol.test(url.protocol) && url.hostname !== '' && canDecode(url) ? url : undefined
}

const canDecode = ({ username, password, pathname }: URL): boolean => {
  try {
    return [username, password, pathname].every((part) => decodeURIComponent(part) !== undefined)
  } catch (error) {
    if (error instanceof URIError) return false
    throw error
  }
}
