import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { hashOfSources, STAMP } from './sources.mjs'

/** Notes in the build what it was built from; taken before it begins, so that an edit meanwhile is seen as one. */
export const stamped = (): Plugin => {
  let folder = ''
  const before = hashOfSources()
  return {
    name: 'tollgate-stamped',
    apply: 'build',
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir)
    },
    writeBundle: () => writeFileSync(join(folder, STAMP), before),
  }
}
