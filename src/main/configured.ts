import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { namedFaults } from '../config/administered.ts'
import { type Base, type Config, type ConfigFault, formatFault } from '../config/load.ts'
import type { ProviderKeyRecord, Store, StoredObjects } from '../db/types.ts'
import { entriesOf } from '../http/admin/stored-entries.ts'
import type { Keyring } from '../keys/keyring.ts'
import { err, type Result } from '../result.ts'
import { openKeyring } from './keyring.ts'
import { createReload, createTurns, type Reload, type ReloadParts } from './reload.ts'
import { mergeReloaded } from './reloaded.ts'

/** The configuration: what the file says, and what administrators set. */
export interface Configured {
  /** What the file says that is in use. */
  readonly base: () => Base
  /** All of it, for a start. Throws `UnusableConfiguration`. */
  readonly first: () => Promise<Config>
  /** How another is put to use from then on. */
  readonly renewals: (inUse: Pick<ReloadParts, 'current' | 'use'>) => Renewals
}

export interface Renewals {
  readonly reload: Reload
  /** Takes notice of what administrators have set; what does not fit stays out, and the log says why. */
  readonly readObjects: () => Promise<void>
}

/** A start is given up. The message says what is wrong and what to do. */
export class UnusableConfiguration extends Error {}

export interface ConfiguredParts {
  readonly base: Base
  /** Reads the file again. */
  readonly load: () => Result<Base, ConfigFault[]>
  readonly objects: Pick<Store['objects'], 'read'>
  readonly keyring: Pick<Keyring, 'unseal'>
  readonly log: Logger
}

/** Opens what administrators set, for a start. Throws `UnusableConfiguration` where it cannot be used. */
export const openConfigured = async (base: Base, load: ConfiguredParts['load'], store: Store, log: Logger) => {
  const keyring = await openKeyring(base.config, store.settings)
  const configured = createConfigured({ base, load, objects: store.objects, keyring, log })
  return { ...configured, keyring, config: await configured.first() }
}

export const createConfigured = (parts: ConfiguredParts): Configured => {
  const { load, objects, log } = parts
  let { base } = parts
  const secrets = createSecrets(parts.keyring)
  const wholeOf = (file: Base, stored: StoredObjects): Result<Config, ConfigFault[]> => {
    const entries = entriesOf(stored, secrets.of)
    const whole = file.with(entries)
    return whole.ok ? whole : err(namedFaults(file.merged(entries), entries, whole.error))
  }
  const read = async (): Promise<StoredObjects> => {
    const stored = await objects.read()
    const unreadable = secrets.read(stored.keys)
    if (unreadable.length > 0) log.error({ keys: unreadable }, UNREADABLE)
    return stored
  }
  return {
    base: () => base,
    first: async () => {
      const stored = await objects.read()
      const unreadable = secrets.read(stored.keys)
      if (unreadable.length > 0) throw new UnusableConfiguration(describeUnreadable(unreadable))
      const whole = wholeOf(base, stored)
      if (!whole.ok) throw new UnusableConfiguration(describeMistakes(whole.error))
      return whole.value
    },
    renewals: ({ current, use }) => {
      const inTurn = createTurns()
      let loaded = base
      const reload = createReload({
        load: async () => {
          const file = load()
          if (!file.ok) return file
          loaded = file.value
          return wholeOf(loaded, await read())
        },
        current,
        use: async (config) => {
          const used = await use(config)
          base = loaded
          return used
        },
        inTurn,
        log,
      })
      const readObjects = (): Promise<void> =>
        inTurn(async () => {
          const whole = wholeOf(base, await read())
          if (!whole.ok) {
            const mistakes = whole.error.map(formatFault)
            log.error(
              { mistakes },
              'what administrators set does not fit the file of this replica: nothing has changed here',
            )
            return
          }
          const { config, reloaded } = mergeReloaded(current(), whole.value)
          if (isDeepStrictEqual(config, current())) return
          await use(config)
          log.info({ changed: reloaded.changed }, 'what administrators set counts from now on')
        })
      return { reload, readObjects }
    },
  }
}

const UNREADABLE =
  'provider keys in the database cannot be read with the encryption keys of this replica: those it knew go on being used, ' +
  'others are left out'

/** Keys of providers as they are sent. One that was read once is remembered for as long as it is stored. */
const createSecrets = (keyring: Pick<Keyring, 'unseal'>) => {
  let known: ReadonlyMap<string, string> = new Map()
  return {
    of: ({ secretId }: ProviderKeyRecord): string | undefined => known.get(secretId),
    /** Reads all; gives the names of those that cannot be read. */
    read: (keys: readonly ProviderKeyRecord[]): readonly string[] => {
      const unreadable: string[] = []
      const read = new Map<string, string>()
      for (const key of keys) {
        const secret = keyring.unseal(key.sealed, key)
        const before = known.get(key.secretId)
        if (secret.ok) read.set(key.secretId, secret.value)
        else {
          unreadable.push(
            `${key.providerId}/${key.id} (${secret.error === 'damaged' ? 'changed in the database' : `key ${key.sealed.sealedBy}`})`,
          )
          // What was changed in the database is not what was set; only a key that is not known here changes nothing.
          if (before !== undefined && secret.error === 'unknown-key') read.set(key.secretId, before)
        }
      }
      known = read
      return unreadable
    },
  }
}

const describeUnreadable = (keys: readonly string[]): string =>
  [
    'Provider keys in the database cannot be read. Nothing was started.',
    ...keys.map((key) => `  ${key}`),
    'Set `encryption_key` (TOLLGATE_ENCRYPTION_KEY) to what they were encrypted with, or add that to `encryption_keys`. Where',
    'it was a file beside the database, restore it. Where it is lost, `tollgate providers remove-key` takes them away.',
  ].join('\n')

const describeMistakes = (faults: readonly ConfigFault[]): string =>
  [
    'The configuration and what was set through the admin API do not fit together. Nothing was started.',
    ...faults.map((fault) => `  ${formatFault(fault)}`),
  ].join('\n')
