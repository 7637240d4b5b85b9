import { existsSync, readdirSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { APIS, type Interaction, loadInteractions } from '../replay/interaction.ts'

const ROOT = join(import.meta.dir, '..', '..')

/** Our own fixtures: always there. */
export const FIXTURES = join(ROOT, 'test', 'fixtures')

/** The folder of recorded traffic, if this machine has one: `TOLLGATE_RECORDINGS`, else beside the checkout. */
export const recordingsFolder = (): string | undefined => {
  const named = process.env['TOLLGATE_RECORDINGS'] ?? '../shared/recordings'
  const path = isAbsolute(named) ? named : resolve(ROOT, named)
  return APIS.some((api) => existsSync(join(path, api))) ? path : undefined
}

/** How many recorded interactions of any kind are in the folder. */
export const countRecordings = (folder: string): number =>
  readdirSync(folder, { recursive: true }).filter((name) => /^[^\\/]+[\\/][^\\/]+\.json$/.test(String(name))).length

const answered = (interactions: readonly Interaction[]): Interaction[] =>
  interactions.filter(({ response }) => response.status === 200)

export const ownFixtures = (): Interaction[] => answered(loadInteractions(FIXTURES))

/** Recorded interactions whose answer was a 200; none without a folder. */
export const recordings = (): Interaction[] => {
  const folder = recordingsFolder()
  return folder === undefined ? [] : answered(loadInteractions(folder))
}
