import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { err, ok, type Result } from '../result.ts'

/** Where a PostgreSQL database is, and as whom to go there. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** `false`: without TLS. */
  readonly ssl: false | ConnectionOptions
  readonly applicationName: string
  /** The same without the password, for messages. */
  readonly shown: string
}

const EXAMPLE = 'postgres://user:password@host:5432/database'
const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert', 'application_name'])

/**
 * Reads `postgres://user:password@host:port/database`, with `sslmode` (`disable`, `require`, `verify-ca`, `verify-full`
 * as in libpq; `disable` when left out), `sslrootcert` and `application_name` as parameters. Fails with what to write
 * instead; no message holds the password.
 */
export const readPostgresAddress = (address: string): Result<PostgresAddress, string> => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || url.pathname.length < 2)
    return err(`expected an address such as ${EXAMPLE}; in a password, write / as %2F, # as %23, @ as %40, : as %3A`)
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name))
  if (unknown !== undefined) return err(`${unknown} is not known; there are ${[...PARAMETERS].join(', ')}`)
  const ssl = tlsOf(url.searchParams.get('sslmode') ?? 'disable', url.searchParams.get('sslrootcert'))
  if (!ssl.ok) return ssl
  const decoded = decodedParts(url)
  if (!decoded.ok) return decoded
  const port = url.port === '' ? 5_432 : Number(url.port)
  return ok({
    ...decoded.value,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    ssl: ssl.value,
    applicationName: url.searchParams.get('application_name') ?? 'tollgate',
    shown: `postgres://${url.hostname}:${port}${url.pathname}`,
  })
}

const decodedParts = (url: URL): Result<Pick<PostgresAddress, 'user' | 'password' | 'database'>, string> => {
  try {
    return ok({
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    })
  } catch (error) {
    if (error instanceof URIError) return err('a % in a name or password is written as %25')
    throw error
  }
}

const tlsOf = (mode: string, certificate: string | null): Result<PostgresAddress['ssl'], string> => {
  const read = readCertificate(certificate)
  if (!read.ok) return read
  const ca = read.value
  switch (mode) {
    case 'disable':
      return ok(false)
    case 'require':
      return ok({ ...ca, rejectUnauthorized: false })
    case 'verify-ca':
      return ok({ ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined })
    case 'verify-full':
      return ok({ ...ca, rejectUnauthorized: true })
    default:
      return err('sslmode is one of disable, require, verify-ca, verify-full')
  }
}

const readCertificate = (path: string | null): Result<{ readonly ca?: string }, string> => {
  if (path === null) return ok({})
  try {
    return ok({ ca: readFileSync(path, 'utf8') })
  } catch (error) {
    return err(`sslrootcert cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
