export interface Entry {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** The part of a package-lock.json that matters here. */
export interface Lock {
  readonly packages: Readonly<Record<string, Entry>>
}

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/
const PLATFORM =
  /-(android|darwin|freebsd|linux|win32|openharmony|wasm32)(?:-(arm64|x64|arm|riscv64|ppc64|s390x|ia32|loong64))?/

/** Adds what packages list as optional at an exact version and the lock does not hold, each as what its name says. */
export const completeLock = ({ packages, ...rest }: Lock): { completed: Lock; added: readonly string[] } => {
  const missing = new Map<string, Entry & { readonly version: string }>()
  for (const [at, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`
      if (!EXACT.test(version) || packages[`${at}/${place}`] || packages[place] || missing.has(place)) continue
      missing.set(place, {
        version,
        ...(entry.dev && { dev: true }),
        ...(entry.license !== undefined && { license: entry.license }),
        optional: true,
        ...platformOf(name),
      })
    }
  }
  const all = Object.entries({ ...packages, ...Object.fromEntries(missing) })
  const sorted = all.sort(([one], [other]) => (one < other ? -1 : 1))
  const added = [...missing].map(([place, { version }]) => `${place.replace('node_modules/', '')}@${version}`)
  return { completed: { ...rest, packages: Object.fromEntries(sorted) }, added }
}

/** For which machines a package is, going by its name: `oxide-linux-arm64-musl`. */
const platformOf = (name: string): Pick<Entry, 'os' | 'cpu'> => {
  const [, system, processor] = PLATFORM.exec(name) ?? []
  if (system === undefined) return {}
  if (system === 'wasm32') return { cpu: ['wasm32'] }
  return { os: [system], ...(processor !== undefined && { cpu: [processor] }) }
}
