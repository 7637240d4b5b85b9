import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Folders } from '../providers/claude-cli/process.ts'

/** For nobody but the user that Tollgate runs as. */
const OWN_FOLDER = { mode: 0o700, recursive: true }
const OWN_FILE = { mode: 0o600 }

/** Folders below a new one among the system's temporary files, made when first asked for. */
export const createFolders = (name: string): Folders => {
  let root: Promise<string> | undefined
  const placeOf = async (place: number): Promise<string> => {
    root ??= mkdtemp(join(tmpdir(), `${name}-`))
    return join(await root, String(place))
  }
  const clear = async (place: number): Promise<void> => rm(await placeOf(place), { recursive: true, force: true })
  return {
    make: async (place, text) => {
      await clear(place)
      const [folder, file] = [join(await placeOf(place), 'work'), join(await placeOf(place), 'instructions.txt')]
      await mkdir(folder, OWN_FOLDER)
      await writeFile(file, text, OWN_FILE)
      return { folder, file }
    },
    clear,
    close: async () => {
      if (root) await rm(await root, { recursive: true, force: true })
    },
  }
}
