import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate authority of the tests, and a certificate of it for servers on this machine. */
export interface Authority {
  /** PEM, and the file that it is in. */
  readonly ca: string
  readonly caFile: string
  readonly key: string
  readonly cert: string
  /** Good for another name than any server here has. */
  readonly foreignCert: string
  remove(): void
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export const createAuthority = (): Authority => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-authority-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=authority')
  openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server')
  const certify = (name: string, names: string): string => {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}`)
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`]
    openssl('x509', '-req', '-in', 'server.csr', '-out', `${name}.crt`, ...signed)
    return read(`${name}.crt`)
  }
  return {
    ca: read('ca.crt'),
    caFile: join(folder, 'ca.crt'),
    key: read('server.key'),
    cert: certify('own', 'DNS:localhost,IP:127.0.0.1'),
    foreignCert: certify('foreign', 'DNS:foreign.example'),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
