import type { Change, Client, Condition, Place, System } from './types.ts'

/** What is filled into paths and values. */
export interface Filling {
  readonly base: string
  readonly key: string
  readonly model: string
  /** What the gateway serves, newest first: names that `isModelName` lets through, and no others. */
  readonly models: readonly string[]
}

/** What decides between places and changes, as one machine has it. */
export interface Surroundings {
  readonly system: System
  readonly homeFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether a file or folder is there. A star at the end stands for anything. */
  readonly exists: (path: string) => boolean
}

/** Addresses, keys and names without any character that a syntax of files or shells would read as something else. */
export const isBaseUrl = (text: string): boolean =>
  /^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/.test(text)
export const isKey = (text: string): boolean => /^[A-Za-z0-9._~+-]{8,256}$/.test(text)
export const isModelName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$/.test(text)

/** `{base}`, `{key}`, `{model}` and `{model:…}` in a text. */
export const fill = (text: string, filling: Filling): string =>
  text
    .replace(
      /\{model:([^}]+)\}/g,
      (_, start: string) => filling.models.find((name) => name.startsWith(start)) ?? '{model}',
    )
    .replace(/\{(base|key|model)\}/g, (_, name: 'base' | 'key' | 'model') => filling[name])

/** The path of a place on this machine. */
export const resolvePlace = ({ variable, folder, names }: Place, around: Surroundings): string => {
  const moved = variable === undefined ? undefined : around.environment[variable]
  const isMoved = moved !== undefined && /^(?:\/|[A-Za-z]:[\\/])/.test(moved)
  const root = isMoved ? moved.replace(/[\\/]+$/, '') : folder.replace('~', around.homeFolder)
  const paths = names.map((name) => (name === '.' ? root : `${root}/${name}`))
  return paths.find(around.exists) ?? paths[0] ?? root
}

/** Whether something is meant for a system. */
export const isFor = (systems: readonly System[] | undefined, system: System): boolean =>
  systems === undefined || systems.includes(system)

const holds = (when: Condition | undefined, around: Surroundings): boolean => {
  if (when === undefined) return true
  const [kind, name = ''] = when.split(' ')
  if (kind === 'extension') return around.exists(`${around.homeFolder}/.vscode/extensions/${name}-*`)
  return (around.environment.SHELL ?? '').endsWith(`/${name}`)
}

/** A change of one file of this machine, its path filled in; the value still has `{key}`, and nothing else, to fill in. */
export interface Step {
  readonly file: string
  readonly syntax: Change['syntax']
  readonly path: readonly string[]
  readonly value: string
  readonly ifAbsent: boolean
}

/** What setting up a client comes to on this machine. */
export const planOf = (client: Client, { base, model, models }: Omit<Filling, 'key'>, around: Surroundings): Step[] => {
  const filling = { base, model, models, key: '{key}' }
  return client.changes
    .filter(({ systems, when }) => isFor(systems, around.system) && holds(when, around))
    .map(({ place, syntax, path, value, ifAbsent }) => ({
      file: resolvePlace(place, around),
      syntax,
      path: path.map((segment) => fill(segment, filling)),
      value: fill(value, filling),
      ifAbsent: ifAbsent === true,
    }))
}

/** The model to set a client up with, of all that are served, newest first. */
export const chooseModel = ({ prefers }: Client, models: readonly string[]): string | undefined => {
  for (const start of prefers) {
    const found = models.find((served) => served.startsWith(start))
    if (found !== undefined) return found
  }
  return models[0]
}

/** Where a client is looked for, on this machine. */
export const signsOf = (client: Client, around: Surroundings): readonly string[] =>
  client.signs.filter(({ systems }) => isFor(systems, around.system)).map(({ place }) => resolvePlace(place, around))
