import type { Place, Sign } from './types.ts'

/** Folders that clients keep their settings in. */
export const home = (...names: readonly [string, ...string[]]): Place => ({ folder: '~', names })

/** A folder of the home folder that a variable can move. */
export const moved = (variable: string, folder: string, ...names: readonly [string, ...string[]]): Place => ({
  variable,
  folder,
  names,
})

/** Settings below `~/.config`, on every system. */
export const config = (...names: readonly [string, ...string[]]): Place =>
  moved('XDG_CONFIG_HOME', '~/.config', ...names)

const macos = (name: string): Place => ({ folder: '~/Library/Application Support', names: [name] })
const roaming = (name: string): Place => moved('APPDATA', '~/AppData/Roaming', name)
const local = (name: string): Place => moved('LOCALAPPDATA', '~/AppData/Local', name)

/** Where programs with windows keep their data, system by system. */
export const applicationData = (name: string): readonly Required<Sign>[] => [
  { systems: ['linux'], place: config(name) },
  { systems: ['macos'], place: macos(name) },
  { systems: ['windows'], place: roaming(name) },
]

/** The same for what belongs to one machine, which differs on Windows. */
export const machineData = (name: string): readonly Required<Sign>[] => [
  ...applicationData(name).slice(0, 2),
  { systems: ['windows'], place: local(name) },
]

/** The user settings of VS Code. */
export const VS_CODE = applicationData('Code/User/settings.json')

/** An extension of VS Code, by its full name. */
export const extension = (name: string): Sign => ({ place: home(`.vscode/extensions/${name}-*`) })
