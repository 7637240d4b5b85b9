import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { err, ok, type Result } from '../../result.ts'
import { type Manifest, parseManifest, renderManifest } from '../../setup/manifest.ts'
import { writeWhole } from './files.ts'

/** What is kept of setting up one client: the manifest, and each file as it was before. */
export interface Kept {
  readonly manifest: Manifest
  /** By the place of the file in the manifest. Bytes, one a character. */
  readonly backups: readonly string[]
}

const OWNER_FOLDER = 0o700

const folderOf = (homeFolder: string, client: string): string => join(homeFolder, '.tollgate', 'setup', client)
const manifestOf = (folder: string): string => join(folder, 'manifest')
const backupOf = (folder: string, index: number): string => join(folder, `backup-${index + 1}`)

/** What was kept; `undefined`: the client was not set up, or was undone. */
export const readKept = (homeFolder: string, client: string): Result<Kept | undefined, string> => {
  const folder = folderOf(homeFolder, client)
  if (!existsSync(manifestOf(folder))) return ok(undefined)
  const manifest = parseManifest(readFileSync(manifestOf(folder), 'utf8'))
  if (!manifest.ok) return err(`${manifestOf(folder)} ${manifest.error}.`)
  const backups = manifest.value.files.map(({ existed }, index) =>
    existed ? readFileSync(backupOf(folder, index), 'latin1') : '',
  )
  return ok({ manifest: manifest.value, backups })
}

/** Keeps it, before any file is changed. */
export const keep = (homeFolder: string, { manifest, backups }: Kept): void => {
  const folder = folderOf(homeFolder, manifest.client)
  mkdirSync(folder, { recursive: true, mode: OWNER_FOLDER })
  for (const [index, { existed }] of manifest.files.entries()) {
    const text = backups[index]
    if (existed && text !== undefined) writeWhole(backupOf(folder, index), text, { mode: undefined, isSecret: true })
  }
  writeWhole(manifestOf(folder), Buffer.from(renderManifest(manifest)).toString('latin1'), {
    mode: undefined,
    isSecret: true,
  })
}

/** Forgets it, with the folders it was in where nothing else is. */
export const forget = (homeFolder: string, client: string): void => {
  const folder = folderOf(homeFolder, client)
  rmSync(folder, { recursive: true, force: true })
  for (let above = dirname(folder); above !== homeFolder && isEmptyFolder(above); above = dirname(above))
    rmdirSync(above)
}

/** Whether there is a folder, and nothing in it. */
export const isEmptyFolder = (folder: string): boolean => existsSync(folder) && readdirSync(folder).length === 0
