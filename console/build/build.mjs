// Builds the console, where it is not built from its sources as they are now. Plain Node, as the rest of the start.
import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CONSOLE, isBuilt } from './sources.mjs'

/**
 * Says whether there is a build afterwards. Built aside and moved into place as a whole, so that a server that reads it
 * meanwhile, or a second start, never sees half of one.
 * @param {(line: string) => void} say
 */
export const buildIfNeeded = (say) => {
  if (!existsSync(join(CONSOLE, 'src'))) return existsSync(join(CONSOLE, 'dist'))
  if (isBuilt()) return true
  const vite = findVite()
  if (vite === undefined) {
    say('The console is not built: Vite is not installed. Run `npm ci` without --omit, then `npm run console`.\n')
    return false
  }
  say('Building the console, which takes some seconds after every change of it ...\n')
  const folder = `dist.${process.pid}`
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: CONSOLE,
    env: { ...process.env, CONSOLE_OUT: folder, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (built.status === 0) moveIntoPlace(folder)
  else say('The console could not be built; see above. `npm run console` tries again.\n')
  rmSync(join(CONSOLE, folder), { recursive: true, force: true })
  return built.status === 0
}

const moveIntoPlace = (folder) => {
  const target = join(CONSOLE, 'dist')
  const old = join(CONSOLE, `dist.old.${process.pid}`)
  if (existsSync(target)) renameSync(target, old)
  renameSync(join(CONSOLE, folder), target)
  rmSync(old, { recursive: true, force: true })
}

const findVite = () => {
  try {
    return join(dirname(createRequire(join(CONSOLE, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js')
  } catch (error) {
    // Not there, as after `npm ci --omit`; anything else is worth seeing.
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
