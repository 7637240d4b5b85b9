import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Config } from '../config/load.ts'
import type { Store } from '../db/types.ts'
import { type EncryptionKey, encryptionKeyOf, isWholeKey, newEncryptionKey, wholeKeyOf } from '../keys/encryption.ts'
import { createKeyring, type Keyring, type SpareKeys } from '../keys/keyring.ts'
import { err, ok } from '../result.ts'

type KeyringConfig = Pick<Config, 'database' | 'encryptionKey' | 'encryptionKeys'>

/** What passphrases are made keys with: one for all who share the database, or none could read another's. */
const SALT = 'encryption_salt'

/**
 * The encryption keys of a configuration. On SQLite there may be one that is not in it: a file beside the database, which
 * is made when the first secret is to be stored and no key is configured.
 */
export const openKeyring = async (config: KeyringConfig, settings: Store['settings']): Promise<Keyring> => {
  const texts = [...(config.encryptionKey === null ? [] : [config.encryptionKey]), ...config.encryptionKeys]
  const salt = texts.every(isWholeKey) ? '' : await settings.add(SALT, randomBytes(16).toString('base64url'))
  const keys: EncryptionKey[] = []
  // One after the other: each takes 32 MiB while it is made.
  for (const text of texts) keys.push(await encryptionKeyOf(text, salt))
  return createKeyring(keys, spareKeysOf(config))
}

/** Whether secrets can be stored: a key is configured, or there is a place to keep one that is not. */
export const canStoreSecrets = (config: KeyringConfig): boolean =>
  config.encryptionKey !== null || config.encryptionKeys.length > 0 || keyFileOf(config) !== undefined

const keyFileOf = ({ database }: Pick<KeyringConfig, 'database'>): string | undefined =>
  database.kind === 'sqlite' && database.path !== ':memory:' ? `${database.path}.key` : undefined

const spareKeysOf = (config: KeyringConfig): SpareKeys => {
  const path = keyFileOf(config)
  if (path === undefined) return { find: () => undefined, make: () => err(NO_KEY) }
  let known: EncryptionKey | undefined
  const find = (): EncryptionKey | undefined => {
    known ??= readKeyFile(path)
    return known
  }
  return {
    find,
    make: () => {
      if (!find()) makeKeyFile(path)
      const made = find()
      return made ? ok(made) : err(`${path} holds no encryption key. Restore it from a backup, or set encryption_key.`)
    },
  }
}

const NO_KEY =
  'There is no encryption key to store a provider key with. Set `encryption_key` in the configuration of every replica, or ' +
  'TOLLGATE_ENCRYPTION_KEY in its environment, to the output of `openssl rand -base64 32`, and start again.'

const readKeyFile = (path: string): EncryptionKey | undefined => {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return isWholeKey(text) ? wholeKeyOf(text) : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Of several processes that make it at once, one does, and the others find it. */
const makeKeyFile = (path: string): void => {
  try {
    writeFileSync(path, `${newEncryptionKey()}\n`, { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
