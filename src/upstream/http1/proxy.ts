/**
 * Whether the environment names an HTTP proxy for an address, as curl reads it: `HTTPS_PROXY`, `HTTP_PROXY`, else
 * `ALL_PROXY`, less what `NO_PROXY` lists, in either case of letters.
 */
export const usesProxy = (url: string, environment: Readonly<Record<string, string | undefined>>): boolean => {
  const target = URL.parse(url)
  if (!target) return false
  const scheme = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const proxy = variable(environment, scheme) || variable(environment, 'all_proxy')
  if (proxy === '') return false
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  const exceptions = variable(environment, 'no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
  return !exceptions.some((entry) => entry !== '' && isExcepted(entry, target.hostname, port))
}

const variable = (environment: Readonly<Record<string, string | undefined>>, name: string): string =>
  (environment[name] || environment[name.toUpperCase()] || '').trim()

/** An entry is `*`, a host that stands for its subdomains too (`.example.com`, `*.example.com`), each with a port or not. */
const isExcepted = (entry: string, hostname: string, port: string): boolean => {
  if (entry === '*') return true
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const listed = splitPort(entry)
  if (listed.port !== undefined && listed.port !== port) return false
  const name = listed.host.replace(/^\*?\./, '')
  return name !== '' && (host === name || host.endsWith(`.${name}`))
}

const splitPort = (entry: string): { readonly host: string; readonly port: string | undefined } => {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry)
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] }
  const named = /^([^:]*):(\d+)$/.exec(entry)
  return named ? { host: named[1] ?? '', port: named[2] } : { host: entry, port: undefined }
}
