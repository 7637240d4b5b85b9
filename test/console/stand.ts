import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { type Gateway, type GatewayOptions, startGateway } from '../harness/gateway.ts'

const ROOT = join(import.meta.dir, '..', '..')

/** Builds the console where its sources are not those of the build: what `npm start` does first. */
export const buildConsole = (): void => {
  const built = spawnSync('node', [join(ROOT, 'bin', 'console.mjs')], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`the console could not be built:\n${built.stdout}${built.stderr}`)
}

/** A gateway with the console as it is in the sources. */
export const startWithConsole = async (options: GatewayOptions = {}): Promise<Gateway> => {
  buildConsole()
  return startGateway(options)
}

/** Every path of the console's route table, with something in place of what a path names. */
export const pagePaths = (): readonly string[] => {
  const table = readFileSync(join(ROOT, 'console', 'src', 'app', 'routes.ts'), 'utf8')
  const paths = [...table.matchAll(/(?:path: |admin\()'(\/[^']*)'/g)].map(([, path = '']) => path)
  return paths.map((path) => path.replace(/\$(\w*)$/, (_, name: string) => (name === '' ? 'quick-start' : 'unknown')))
}

/** Signs a browser in with the admin key. */
export const signInAsOperator = async (context: BrowserContext, gateway: Gateway): Promise<void> => {
  const answer = await context.request.post(`${gateway.url}/api/session/admin-key`, {
    data: { admin_key: gateway.adminKey },
    headers: { 'x-tollgate-console': '1', origin: gateway.url },
  })
  if (!answer.ok()) throw new Error(`the admin key was refused: ${answer.status()}`)
}
